import type { SessionStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';

export type SessionEndsDeps = {
  sessions: Pick<SessionStore, 'over'>;
  /** Ids of the sessions that have a socket or an event stream open here. */
  openSessions: () => string[];
  /** These have ended or expired, says the database. */
  onSessionsOver: (ids: string[]) => void;
  log: Log;
  pauseMs?: number;
};

/** Messages of this time share one look at the database, however many come. */
const PAUSE_MS = 50;
/** More ids than this are left to the next sweep. */
const HINTED_MAX = 10_000;

export type SessionEnds = {
  /** This session has ended, says a message. */
  hint(sessionId: string): void;
  stop(): Promise<void>;
};

/**
 * Asks the database whether sessions have ended where a message says so, since it may be forged: a client whose socket is
 * closed for the end of its session does not come back. Only of sessions that are open here.
 */
export function checkSessionEnds(deps: SessionEndsDeps): SessionEnds {
  const { sessions, openSessions, onSessionsOver, log, pauseMs = PAUSE_MS } = deps;
  const hinted = new Set<string>();
  let stopping = false;
  let running: Promise<void> | undefined;

  const look = async (): Promise<void> => {
    const ids = openSessions().filter((id) => hinted.has(id));
    hinted.clear();
    try {
      const over = await sessions.over(ids);
      if (over.length > 0) onSessionsOver(over);
    } catch (error) {
      log.debug({ err: error }, 'could not look whether sessions have ended: the next sweep tries again');
    }
  };
  const run = async (): Promise<void> => {
    while (hinted.size > 0 && !stopping) {
      // Behind the other messages of the same burst.
      await new Promise((resume) => setImmediate(resume));
      await look();
      await new Promise((resume) => setTimeout(resume, pauseMs));
    }
    running = undefined;
  };

  return {
    hint(sessionId) {
      if (stopping || hinted.size >= HINTED_MAX) return;
      hinted.add(sessionId);
      running ??= run();
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}
