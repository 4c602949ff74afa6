import type { SessionStore, SweepStore, Sweep, SweptEnd } from '../adapters/database.ts';
import type { Log } from '../log.ts';

export type SweepDeps = {
  store: Pick<SweepStore, 'sweep' | 'open' | 'forgetForeign'>;
  sessions: Pick<SessionStore, 'over'>;
  /** Called once for each sweep, with the new ends. The first call has no ends and only gives the cursor. */
  onSwept: (found: Sweep) => void;
  /**
   * Called in place of `onSwept` once the database has another history, as after a fail-over: what has ended since the
   * sweep before is unknown, and earlier cursors are of no use. `begin` is the new cursor, without ends.
   */
  onNewHistory: (begin: Sweep) => void;
  /** Ids of some followed assessments, all of them in turn. */
  toCheck: () => string[];
  /** Called with the checked assessments that have ended or are gone. */
  onNotOpen: (ids: string[]) => void;
  /** Ids of the sessions with an open WebSocket or event stream in this process. */
  openSessions: () => string[];
  /** Called with the open sessions that have ended or expired. */
  onSessionsOver: (ids: string[]) => void;
  log: Log;
  everyMs?: number;
};

/** With the reads of the sweep and of the row, an end whose hint was lost arrives within 6 s. */
const EVERY_MS = 4_500;
/** Foreign numbers that one sweep forgets, in pages of the store: some seconds. The next sweep goes on. */
const FORGOTTEN_PAGES = 20;
/** Spreads the sweeps of all processes after a reconnect to the broker. */
const JITTER_MS = 1_000;

/** Whether the hint of an end must have been lost. Hints arrive within milliseconds, but a sweep may be faster. */
export const isLate = ({ endedMsAgo }: Pick<SweptEnd, 'endedMsAgo'>): boolean => endedMsAgo > 1_000;

export type Sweeper = {
  /** Sweeps within a second. For a reconnect to the broker, after which hints may have been lost. */
  soon(): void;
  /** Sweeps at once, after the sweep that runs. Calls until it begins share it. Never rejects. */
  now(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * Finds ends whose hints were lost: every few seconds one range query reads all assessments that have ended since the query
 * before. Two more find followed assessments and sessions of open channels that have ended in another way: their rows may be
 * gone.
 * @throws UnavailableError if the first cursor can't be read
 */
export async function startSweep(deps: SweepDeps): Promise<Sweeper> {
  const { everyMs = EVERY_MS, log } = deps;
  const forget = async (): Promise<void> => {
    try {
      const count = await deps.store.forgetForeign(FORGOTTEN_PAGES);
      log.warn({ count }, FOREIGN);
    } catch (error) {
      // Sweeps leave the numbers out, so they work all the same.
      log.warn({ err: error }, 'could not forget the numbers of another database server: the next sweep tries again');
    }
  };
  const beginning = async (): Promise<Sweep> => {
    const found = await deps.store.sweep(undefined);
    if (!found.hasForeign) return found;
    await forget();
    return await deps.store.sweep(undefined);
  };
  // Read before the first subscriber comes, so that no later end is missed.
  const begin = await beginning();
  deps.onSwept(begin);
  let { cursor } = begin;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let isWantedSoon = false;

  const sweepEnds = async (): Promise<void> => {
    const found = await deps.store.sweep(cursor);
    if (found.isContinued) {
      deps.onSwept(found);
      ({ cursor } = found);
      if (found.hasForeign) await forget();
      return;
    }
    log.warn({ history: found.history }, NEW_HISTORY);
    const anew = await beginning();
    deps.onNewHistory(anew);
    ({ cursor } = anew);
  };
  const sweep = async (): Promise<void> => {
    try {
      await sweepEnds();
      const over = await deps.sessions.over(deps.openSessions());
      if (over.length > 0) deps.onSessionsOver(over);
      const ids = deps.toCheck();
      const open = new Set(await deps.store.open(ids));
      const notOpen = ids.filter((id) => !open.has(id));
      if (notOpen.length > 0) deps.onNotOpen(notOpen);
    } catch (error) {
      // If the cursor has not moved, the next sweep finds the same ends.
      log.warn({ err: error }, 'could not sweep for ended assessments: the next sweep tries again');
    }
  };
  const soonMs = (): number => Math.random() * JITTER_MS;
  const run = async (): Promise<void> => {
    clearTimeout(timer);
    running ??= sweep().finally(() => {
      running = undefined;
      schedule(isWantedSoon ? soonMs() : everyMs);
      isWantedSoon = false;
    });
    await running;
  };
  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (stopping) return;
    timer = setTimeout(() => void run(), ms);
    timer.unref();
  };
  const runNext = async (): Promise<void> => {
    // It may have begun on the server that was there before the change.
    await running;
    next = undefined;
    if (!stopping) await run();
  };
  schedule(everyMs);

  return {
    soon() {
      // A sweep that runs may have queried before the hints were lost, so another one follows it.
      if (running === undefined) schedule(soonMs());
      else isWantedSoon = true;
    },
    now() {
      return (next ??= runNext());
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}

const NEW_HISTORY =
  'the database has another history than before (fail-over, recovery, or another database): every followed assessment is ' +
  'read again, and clients of assessmentFinished read their list again';
const FOREIGN =
  'rows had the transaction numbers of another database server, as after the restore of a dump: these are forgotten';
