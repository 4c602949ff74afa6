import { hasEnded } from '../entities/assessment-state.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { RequestError, UnavailableError } from '../errors.ts';
import { OwnError } from '../own-error.ts';
import { LatestValue } from './latest-value.ts';

/** One end, and the cursor after which a new feed goes on without missing any; it may repeat some. */
export type Finished = { kind: 'finished'; cursor: string; assessment: AssessmentView };
/** The cursor leads nowhere: another database's, a restored one's, or too many have ended since. */
export type InvalidCursor = { kind: 'invalid-cursor' };

type Options = {
  sessionId: string;
  /** What was passed when the feed was opened. */
  cursor: string;
  owedFrom: string | undefined;
  toPublic: (cursor: string) => string;
  read: (assessmentId: string) => Promise<AssessmentView | undefined>;
  onClose: () => void;
};

type Item = { id: string } | { passed: string };

/** A reader who leaves more than this unread loses the feed, and comes back with the cursor. */
const QUEUED_MAX = 10_000;
/** Beyond this a hint is dropped: it may be forged, and what has ended the sweep offers as well. */
const HINTED_MAX = 1_000;
/** So many ends are remembered, to tell none of them twice. */
const TOLD_MAX = 1_000;

/**
 * The ends of one session's assessments for one reader. Only ids wait here: a row is read when its turn has come, so
 * that a slow reader costs little. A hand-made iterator, since leaving it must end it while it waits.
 */
export class SessionFeed implements AsyncIterableIterator<Finished | InvalidCursor> {
  /** The cursor from which this reader is still owed what has ended; until it has that, it gets nothing newer. */
  owedFrom: string | undefined;
  isReplaying = false;
  readonly #options: Options;
  readonly #news: LatestValue<'news'>;
  readonly #queue: Item[] = [];
  readonly #queued = new Set<string>();
  readonly #told = new Map<string, number>();
  #cursor: string;
  #refused = false;

  constructor(options: Options) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.owedFrom = options.owedFrom;
    this.#news = new LatestValue(options.onClose);
  }

  /** This one has ended, says a message. */
  hint(id: string): void {
    if (this.#queued.size < HINTED_MAX) this.offer(id);
  }

  /** This one has ended, says the database. */
  offer(id: string): void {
    if (this.#queued.has(id)) return;
    if (this.#queued.size >= QUEUED_MAX) return this.fail(tooSlow());
    this.#queued.add(id);
    this.#queue.push({ id });
    this.#news.push('news');
  }

  /** Everything that had ended when this cursor was taken was offered. */
  passed(cursor: string): void {
    const last = this.#queue.at(-1);
    if (last !== undefined && 'passed' in last) last.passed = cursor;
    else this.#queue.push({ passed: cursor });
    // Also a reader who could not be served while the database was away goes on now.
    if (this.#queued.size > 0) this.#news.push('news');
  }

  /** Was told, or will be. */
  knows(id: string, version: number): boolean {
    return this.#queued.has(id) || (this.#told.get(id) ?? 0) >= version;
  }

  /** The cursor that the reader came with leads nowhere. */
  refuse(): void {
    this.#refused = true;
    this.#news.push('news');
  }

  fail(error: unknown): void {
    this.#news.fail(error instanceof Error ? error : new OwnError('the feed failed', { cause: error }));
  }

  async next(): Promise<IteratorResult<Finished | InvalidCursor, undefined>> {
    for (;;) {
      if (this.#refused) return this.#leave();
      const item = this.owedFrom === undefined ? this.#queue[0] : undefined;
      const finished = item !== undefined && 'id' in item ? await this.#finished(item.id) : undefined;
      if (finished === 'unavailable' || item === undefined) {
        const { done } = await this.#news.next();
        if (done === true) return { value: undefined, done: true };
        continue;
      }
      this.#queue.shift();
      if ('passed' in item) this.#cursor = item.passed;
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

  /** Undefined where it is gone, another session's, was begun anew meanwhile, or was told before. */
  async #finished(id: string): Promise<AssessmentView | 'unavailable' | undefined> {
    let row: AssessmentView | undefined;
    // From here on a hint means something newer than what is read now.
    this.#queued.delete(id);
    try {
      row = await this.#options.read(id);
    } catch (error) {
      if (!(error instanceof UnavailableError)) throw error;
      this.#queued.add(id);
      return 'unavailable';
    }
    if (row?.sessionId !== this.#options.sessionId || !hasEnded(row.status)) return undefined;
    if ((this.#told.get(id) ?? 0) >= row.version) return undefined;
    this.#told.delete(id);
    this.#told.set(id, row.version);
    const [oldest] = this.#told.keys();
    if (this.#told.size > TOLD_MAX && oldest !== undefined) this.#told.delete(oldest);
    return row;
  }

  #leave(): IteratorResult<InvalidCursor, undefined> {
    this.#refused = false;
    this.#queue.length = 0;
    this.#news.end();
    return { value: { kind: 'invalid-cursor' }, done: false };
  }
}

const tooSlow = (): RequestError =>
  new RequestError('RATE_LIMITED', 'Too many ends were left unread. Subscribe again with the last cursor.');
