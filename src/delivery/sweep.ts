import type { SessionStore, SweepStore, Sweep, SweptEnd } from '../adapters/database.ts';
import type { Log } from '../log.ts';

export type SweepDeps = {
  store: Pick<SweepStore, 'sweep'>;
  sessions: Pick<SessionStore, 'over'>;
  /** What it finds, which it says only once; the first time only where it begins. */
  onSwept: (found: Sweep) => void;
  /** Ids of the sessions that have a socket or an event stream open here. */
  openSessions: () => string[];
  /** These have ended or expired. */
  onSessionsOver: (ids: string[]) => void;
  log: Log;
  everyMs?: number;
};

/** With the reading that follows, an end whose hint was lost arrives within 6 s. */
const EVERY_MS = 4_500;
/** After a reconnect all processes of the fleet sweep, but not in the same moment. */
const JITTER_MS = 1_000;

/** A hint comes within milliseconds of the end. A sweep that looked in between is no sign that it was lost. */
export const isLate = ({ endedMsAgo }: Pick<SweptEnd, 'endedMsAgo'>): boolean => endedMsAgo > 1_000;

export type Sweeper = {
  /** A sweep out of turn: the broker was away, so hints were lost. */
  soon(): void;
  stop(): Promise<void>;
};

/**
 * The backstop: whatever happened to a hint, one range query a process and few seconds finds every assessment that has
 * ended since the query before, and every open connection's session that is over.
 * @throws UnavailableError if the database can't be asked where to begin.
 */
export async function startSweep(deps: SweepDeps): Promise<Sweeper> {
  const { everyMs = EVERY_MS, log } = deps;
  // Known before the first listener comes: from here on nothing is passed over.
  const begin = await deps.store.sweep(undefined);
  deps.onSwept(begin);
  let { cursor } = begin;
  let stopping = false;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let wantedSoon = false;

  const sweep = async (): Promise<void> => {
    try {
      const found = await deps.store.sweep(cursor);
      deps.onSwept(found);
      cursor = found.cursor;
      const over = await deps.sessions.over(deps.openSessions());
      if (over.length > 0) deps.onSessionsOver(over);
    } catch (error) {
      // The cursor stays where it was, so the next sweep finds it all.
      log.warn({ err: error }, 'could not sweep for ended assessments');
    }
  };
  const soonMs = (): number => Math.random() * JITTER_MS;
  const schedule = (ms: number): void => {
    clearTimeout(timer);
    if (stopping) return;
    timer = setTimeout(() => {
      running = sweep().finally(() => {
        running = undefined;
        schedule(wantedSoon ? soonMs() : everyMs);
        wantedSoon = false;
      });
    }, ms);
    timer.unref();
  };
  schedule(everyMs);

  return {
    soon() {
      // One that runs may have looked before the broker was away: another one follows it.
      if (running === undefined) schedule(soonMs());
      else wantedSoon = true;
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}
