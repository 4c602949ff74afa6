import type { ReadStore, SweepStore, Sweep } from '../adapters/database.ts';
import { UnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Room } from '../memory/room.ts';
import type { Metrics } from '../metrics.ts';
import { isLate } from './sweep.ts';
import { SessionFeed, type Finished, type InvalidCursor } from './session-feed.ts';

export type { Finished, InvalidCursor } from './session-feed.ts';

export type SessionFeedsDeps = {
  reading: Pick<ReadStore, 'byId'>;
  sweeping: Pick<SweepStore, 'sweepSession'>;
  metrics: Metrics;
  log: Log;
};

/** Delivers the ends of a session's assessments to its feeds in this process, with those that a client missed before. */
export class SessionFeeds {
  readonly #deps: SessionFeedsDeps;
  readonly #bySession = new Map<string, Set<SessionFeed>>();
  #cursor = '';
  #history = '';
  /** The sweep that runs because the database was seen to have another history than the cursor. */
  #checking: Promise<void> | undefined;
  /** Sweeps at once; never rejects. */
  #sweepNow: () => Promise<void> = async () => {};

  constructor(deps: SessionFeedsDeps) {
    this.#deps = deps;
  }

  /** @param sweepNow sweeps at once; called when the database has another history than the last sweep */
  sweepBy(sweepNow: () => Promise<void>): void {
    this.#sweepNow = sweepNow;
  }

  /** A cursor from which a feed gets every end from now on. */
  get cursor(): string | Promise<string> {
    return this.#checking?.then(() => toPublic(this.#cursor)) ?? toPublic(this.#cursor);
  }

  /**
   * To be awaited before a read to which `cursor` is given: ends after the read come after the cursor. Undefined if there is
   * nothing to wait for.
   */
  get settled(): Promise<void> | undefined {
    return this.#checking;
  }

  /**
   * Every end in the session from now on; with `after`, first the ends since that cursor.
   * @param room for the ends that its client has not read
   */
  open(sessionId: string, after: string | undefined, room: Room): AsyncIterableIterator<Finished | InvalidCursor> {
    const feeds = this.#bySession.get(sessionId) ?? new Set();
    this.#bySession.set(sessionId, feeds);
    const feed = new SessionFeed({
      sessionId,
      cursor: after === undefined ? this.#cursor : fromPublic(after),
      history: this.#history,
      replayFrom: after,
      toPublic,
      read: this.#deps.reading.byId,
      room,
      onClose: () => {
        feeds.delete(feed);
        if (feeds.size === 0 && this.#bySession.get(sessionId) === feeds) this.#bySession.delete(sessionId);
      },
    });
    // Subscribes first and replays second, so that no end in between is missed.
    feeds.add(feed);
    void this.#replay(feed, sessionId);
    return feed;
  }

  /** A message says that this assessment has ended. */
  hint(sessionId: string, assessmentId: string): void {
    for (const feed of this.#bySession.get(sessionId) ?? []) feed.hint(assessmentId);
  }

  /**
   * An assessment of this session was deleted, and no event says which: clients read their list again, as after a cursor that
   * can't be used.
   */
  deleted(sessionId: string): void {
    for (const feed of this.#bySession.get(sessionId) ?? []) feed.rejectCursor();
  }

  /** All ends since the sweep before, and the new cursor. */
  swept({ ends, cursor, history }: Sweep): void {
    for (const end of ends) {
      const { id, sessionId, version } = end;
      const feeds = [...(this.#bySession.get(sessionId) ?? [])];
      // A feed before its replay does not deliver hints yet, so no hint of it was missed.
      if (isLate(end) && feeds.some((feed) => feed.replayFrom === undefined && !feed.has(id, version)))
        this.#deps.metrics.missedByHint.inc();
      for (const feed of feeds) feed.offer(id);
    }
    this.#cursor = cursor;
    this.#history = history;
    for (const [sessionId, feeds] of this.#bySession)
      for (const feed of feeds)
        if (feed.replayFrom !== undefined) void this.#replay(feed, sessionId);
        else if (feed.history === history) feed.advance(cursor);
  }

  /** The database has another history. A feed whose cursor belongs to the earlier history may have missed ends: it is refused. */
  newHistory(begin: Sweep): void {
    for (const feeds of this.#bySession.values())
      for (const feed of feeds)
        if (feed.replayFrom === undefined && feed.history !== begin.history) feed.rejectCursor();
    this.swept(begin);
  }

  async #replay(feed: SessionFeed, sessionId: string): Promise<void> {
    const { replayFrom } = feed;
    if (replayFrom === undefined || feed.isReplaying) return;
    feed.isReplaying = true;
    try {
      const { history, sweep } = await this.#deps.sweeping.sweepSession({ sessionId, cursor: fromPublic(replayFrom) });
      // Otherwise the own cursor, which is of the history before, would be given to this client and refused again.
      if (history !== this.#history) this.#checkHistory();
      if (sweep === undefined) return feed.rejectCursor();
      for (const { id } of sweep.ends) feed.offer(id);
      feed.replayFrom = undefined;
      feed.history = history;
      feed.advance(sweep.cursor);
    } catch (error) {
      if (!(error instanceof UnavailableError)) return feed.fail(error);
      this.#deps.log.debug(
        { err: error, sessionId },
        'could not replay the ends of a session: the next sweep tries again',
      );
    } finally {
      feed.isReplaying = false;
    }
  }

  #checkHistory(): void {
    this.#checking ??= this.#sweepNow().finally(() => (this.#checking = undefined));
  }
}

const toPublic = (cursor: string): string => Buffer.from(cursor).toString('base64url');
const fromPublic = (cursor: string): string => Buffer.from(cursor, 'base64url').toString();
