import type { SessionStore, SweepStore, Sweep, SweptEnd } from '../adapters/database.ts';
import type { Log } from '../log.ts';

export type SweepDeps = {
  store: Pick<SweepStore, 'sweep'>;
  sessions: Pick<SessionStore, 'over'>;
  /** Called once for each sweep, with the new ends. The first call has no ends and only gives the cursor. */
  onSwept: (found: Sweep) => void;
  /** Ids of the sessions with an open WebSocket or event stream in this process. */
  openSessions: () => string[];
  /** Called with the open sessions that have ended or expired. */
  onSessionsOver: (ids: string[]) => void;
  log: Log;
  everyMs?: number;
};

/** With the reads of the sweep and of the row, an end whose hint was lost arrives within 6 s. */
const EVERY_MS = 4_500;
/** Spreads the sweeps of all processes after a reconnect to the broker. */
const JITTER_MS = 1_000;

/** Whether the hint of an end must have been lost. Hints arrive within milliseconds, but a sweep may be faster. */
export const isLate = ({ endedMsAgo }: Pick<SweptEnd, 'endedMsAgo'>): boolean => endedMsAgo > 1_000;

export type Sweeper = {
  /** Sweeps within a second. For a reconnect to the broker, after which hints may have been lost. */
  soon(): void;
  stop(): Promise<void>;
};

/**
 * Finds ends whose hints were lost: every few seconds one range query reads all assessments that have ended since the query
 * before, and another one the ended sessions of open channels.
 * @throws UnavailableError if the first cursor can't be read
 */
export async function startSweep(deps: SweepDeps): Promise<Sweeper> {
  const { everyMs = EVERY_MS, log } = deps;
  // Read before the first subscriber comes, so that no later end is missed.
  const begin = await deps.store.sweep(undefined);
  deps.onSwept(begin);
  let { cursor } = begin;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isWantedSoon = false;

  const sweep = async (): Promise<void> => {
    try {
      const found = await deps.store.sweep(cursor);
      deps.onSwept(found);
      cursor = found.cursor;
      const over = await deps.sessions.over(deps.openSessions());
      if (over.length > 0) deps.onSessionsOver(over);
    } catch (error) {
      // The cursor has not moved, so the next sweep finds the same ends.
      log.warn({ err: error }, 'could not sweep for ended assessments: the next sweep tries again');
    }
  };
  const soonMs = (): number => Math.random() * JITTER_MS;
  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (stopping) return;
    timer = setTimeout(() => {
      running = sweep().finally(() => {
        running = undefined;
        schedule(isWantedSoon ? soonMs() : everyMs);
        isWantedSoon = false;
      });
    }, ms);
    timer.unref();
  };
  schedule(everyMs);

  return {
    soon() {
      // A sweep that runs may have queried before the hints were lost, so another one follows it.
      if (running === undefined) schedule(soonMs());
      else isWantedSoon = true;
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}
