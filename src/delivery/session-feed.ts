import { hasEnded } from '../entities/assessment-state.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { RequestError, UnavailableError } from '../errors.ts';
import { OwnError } from '../own-error.ts';
import type { Room } from '../memory/room.ts';
import { LatestValue } from './latest-value.ts';

/** One end, with a cursor from which another feed misses no later end; it may repeat some. */
export type Finished = { kind: 'finished'; cursor: string; assessment: AssessmentView };
/** The cursor can't be used: it is of another or a restored database, or too many assessments have ended since. */
export type InvalidCursor = { kind: 'invalid-cursor' };

type Options = {
  sessionId: string;
  /** Cursor of the first event, and its history. */
  cursor: string;
  history: string;
  replayFrom: string | undefined;
  toPublic: (cursor: string) => string;
  read: (assessmentId: string) => Promise<AssessmentView | undefined>;
  onClose: () => void;
  /** For the ends that the subscriber has not read, and those that are remembered. */
  room: Room;
};

/** An assessment to read, or the cursor after all assessments before it. */
type Item = { id: string } | { cursor: string };

/** A client with more unread ends loses the feed, and subscribes again with its last cursor. */
const QUEUED_MAX = 10_000;
/** Hints beyond this limit are dropped: they may be forged, and the sweep finds the real ends. */
const HINTED_MAX = 1_000;
/** Number of ends that are remembered, so that none of them is delivered twice. */
const DELIVERED_MAX = 1_000;
/** Upper estimate for a queued or remembered end: its id, and its places in a list and in a set. */
const END_BYTES = 200;

/**
 * The ends of one session's assessments for one subscriber. The queue holds ids only, and a row is read when its event is
 * due, so that a slow client costs little. It is not a generator, because `return()` must end it also while it waits.
 */
export class SessionFeed implements AsyncIterableIterator<Finished | InvalidCursor> {
  /** Cursor from which ends have to be replayed; undefined after the replay. Until then nothing is delivered. */
  replayFrom: string | undefined;
  isReplaying = false;
  /** The history of the cursor up to which all ends were offered. */
  history: string;
  readonly #options: Options;
  readonly #news: LatestValue<'news'>;
  readonly #queue: Item[] = [];
  readonly #queued = new Set<string>();
  readonly #delivered = new Map<string, number>();
  #cursor: string;
  #isRejected = false;
  #heldEnds = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.history = options.history;
    this.replayFrom = options.replayFrom;
    this.#news = new LatestValue(() => {
      this.#forget(this.#heldEnds);
      options.onClose();
    });
  }

  /** A message says that this assessment has ended. */
  hint(id: string): void {
    if (this.#queued.size < HINTED_MAX) this.offer(id);
  }

  /** The database says that this assessment has ended. */
  offer(id: string): void {
    if (this.#queued.has(id)) return;
    if (this.#queued.size >= QUEUED_MAX || !this.#options.room.hold(END_BYTES)) return this.fail(tooSlow());
    this.#heldEnds++;
    this.#queued.add(id);
    this.#queue.push({ id });
    this.#news.push('news');
  }

  /** All ends before this cursor have been offered. */
  advance(cursor: string): void {
    const last = this.#queue.at(-1);
    if (last !== undefined && 'cursor' in last) last.cursor = cursor;
    else this.#queue.push({ cursor });
    // Wakes a feed whose read has failed.
    if (this.#queued.size > 0) this.#news.push('news');
  }

  /** Whether this end was delivered or is queued. */
  has(id: string, version: number): boolean {
    return this.#queued.has(id) || (this.#delivered.get(id) ?? 0) >= version;
  }

  /** Ends the feed with an `InvalidCursor`. */
  rejectCursor(): void {
    this.#isRejected = true;
    this.#news.push('news');
  }

  /** The queued ends are dropped: its client resumes with its last cursor. */
  fail(error: unknown): void {
    this.#queue.length = 0;
    this.#queued.clear();
    this.#delivered.clear();
    this.#news.fail(error instanceof Error ? error : new OwnError('the feed failed', { cause: error }));
  }

  async next(): Promise<IteratorResult<Finished | InvalidCursor, undefined>> {
    for (;;) {
      if (this.#isRejected) return this.#invalidCursor();
      const item = this.replayFrom === undefined ? this.#queue[0] : undefined;
      const finished = item !== undefined && 'id' in item ? await this.#finished(item.id) : undefined;
      if (finished === 'unavailable' || item === undefined) {
        const { done } = await this.#news.next();
        if (done === true) return { value: undefined, done: true };
        continue;
      }
      this.#queue.shift();
      if ('cursor' in item) this.#cursor = item.cursor;
      if (finished === undefined) continue;
      return {
        value: { kind: 'finished', cursor: this.#options.toPublic(this.#cursor), assessment: finished },
        done: false,
      };
    }
  }

  return(): Promise<IteratorResult<Finished | InvalidCursor, undefined>> {
    this.#queue.length = 0;
    void this.#news.return();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @returns undefined if the row is gone, not this session's, not ended any more, or was delivered before */
  async #finished(id: string): Promise<AssessmentView | 'unavailable' | undefined> {
    let row: AssessmentView | undefined;
    // A hint from here on may mean a newer end than the one that is read now.
    this.#queued.delete(id);
    try {
      row = await this.#options.read(id);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      this.#queued.add(id);
      return 'unavailable';
    }
    if (row?.sessionId !== this.#options.sessionId || !hasEnded(row.status) || this.#wasDelivered(row)) {
      this.#forget(1);
      return undefined;
    }
    if (this.#delivered.delete(id)) this.#forget(1);
    this.#delivered.set(id, row.version);
    const [oldest] = this.#delivered.keys();
    if (this.#delivered.size > DELIVERED_MAX && oldest !== undefined) {
      this.#delivered.delete(oldest);
      this.#forget(1);
    }
    return row;
  }

  #wasDelivered({ id, version }: AssessmentView): boolean {
    return (this.#delivered.get(id) ?? 0) >= version;
  }

  #forget(ends: number): void {
    const held = Math.min(ends, this.#heldEnds);
    this.#heldEnds -= held;
    this.#options.room.release(held * END_BYTES);
  }

  #invalidCursor(): IteratorResult<InvalidCursor, undefined> {
    this.#isRejected = false;
    this.#queue.length = 0;
    this.#news.end();
    return { value: { kind: 'invalid-cursor' }, done: false };
  }
}

const tooSlow = (): RequestError =>
  new RequestError('RATE_LIMITED', 'Too many events were left unread. Subscribe again with the last cursor.');
