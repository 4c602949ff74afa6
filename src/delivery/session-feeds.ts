import type { ReadStore, SweepStore, Sweep } from '../adapters/database.ts';
import { UnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
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

/** Brings the ends of all assessments of a session to those who listen for them here, now and after having been away. */
export class SessionFeeds {
  readonly #deps: SessionFeedsDeps;
  readonly #bySession = new Map<string, Set<SessionFeed>>();
  #cursor = '';

  constructor(deps: SessionFeedsDeps) {
    this.#deps = deps;
  }

  /** Where a feed has to begin so that it misses nothing that ends from now on. */
  get cursor(): string {
    return toPublic(this.#cursor);
  }

  /** Each end in the session from now on; with `after`, first what has ended since that cursor was given. */
  open(sessionId: string, after: string | undefined): AsyncIterableIterator<Finished | InvalidCursor> {
    const feeds = this.#bySession.get(sessionId) ?? new Set();
    this.#bySession.set(sessionId, feeds);
    const feed = new SessionFeed({
      sessionId,
      cursor: after === undefined ? this.#cursor : fromPublic(after),
      owedFrom: after,
      toPublic,
      read: this.#deps.reading.byId,
      onClose: () => {
        feeds.delete(feed);
        if (feeds.size === 0 && this.#bySession.get(sessionId) === feeds) this.#bySession.delete(sessionId);
      },
    });
    // Attached first, then asked for what was before: nothing lies between.
    feeds.add(feed);
    void this.#replay(feed, sessionId);
    return feed;
  }

  /** This one has ended, says the broker. */
  hint(sessionId: string, assessmentId: string): void {
    for (const feed of this.#bySession.get(sessionId) ?? []) feed.hint(assessmentId);
  }

  /** All that has ended since the sweep before, and where this one leaves off. */
  swept({ ends, cursor }: Sweep): void {
    for (const end of ends) {
      const { id, sessionId, version } = end;
      const feeds = [...(this.#bySession.get(sessionId) ?? [])];
      // Who is still owed what was before has not been told by a hint, but will be.
      if (isLate(end) && feeds.some((feed) => feed.owedFrom === undefined && !feed.knows(id, version)))
        this.#deps.metrics.missedByHint.inc();
      for (const feed of feeds) feed.offer(id);
    }
    this.#cursor = cursor;
    for (const [sessionId, feeds] of this.#bySession)
      for (const feed of feeds)
        if (feed.owedFrom === undefined) feed.passed(cursor);
        else void this.#replay(feed, sessionId);
  }

  async #replay(feed: SessionFeed, sessionId: string): Promise<void> {
    const { owedFrom } = feed;
    if (owedFrom === undefined || feed.isReplaying) return;
    feed.isReplaying = true;
    try {
      const found = await this.#deps.sweeping.sweepSession({ sessionId, cursor: fromPublic(owedFrom) });
      if (found === undefined) return feed.refuse();
      for (const { id } of found.ends) feed.offer(id);
      feed.owedFrom = undefined;
      feed.passed(found.cursor);
    } catch (error) {
      if (!(error instanceof UnavailableError)) return feed.fail(error);
      this.#deps.log.debug({ err: error, sessionId }, 'could not replay what has ended: the next sweep tries again');
    } finally {
      feed.isReplaying = false;
    }
  }
}

const toPublic = (cursor: string): string => Buffer.from(cursor).toString('base64url');
const fromPublic = (cursor: string): string => Buffer.from(cursor, 'base64url').toString();
