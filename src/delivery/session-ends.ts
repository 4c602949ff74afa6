import type { SessionStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';

export type SessionEndsDeps = {
  sessions: Pick<SessionStore, 'over'>;
  /** Ids of the sessions with an open WebSocket or event stream in this process. */
  openSessions: () => string[];
  /** Called with sessions that have ended or expired according to the database. */
  onSessionsOver: (ids: string[]) => void;
  log: Log;
  pauseMs?: number;
};

/** All messages within this time share one query. */
const PAUSE_MS = 50;
/** Ids beyond this limit are left to the next sweep. */
const HINTED_MAX = 10_000;

export type SessionEnds = {
  /** A message says that this session has ended. */
  hint(sessionId: string): void;
  stop(): Promise<void>;
};

/**
 * Checks in the database whether sessions have ended as messages say. A message may be forged, and clients do not reconnect
 * after a close for the end of their session. Only sessions with a channel in this process are checked.
 */
export function checkSessionEnds(deps: SessionEndsDeps): SessionEnds {
  const { sessions, openSessions, onSessionsOver, log, pauseMs = PAUSE_MS } = deps;
  const hinted = new Set<string>();
  let stopping = false;
  let running: Promise<void> | undefined;

  const check = async (): Promise<void> => {
    const ids = openSessions().filter((id) => hinted.has(id));
    hinted.clear();
    try {
      const over = await sessions.over(ids);
      if (over.length > 0) onSessionsOver(over);
    } catch (error) {
      log.debug({ err: error }, 'could not check whether sessions have ended: the next sweep tries again');
    }
  };
  const run = async (): Promise<void> => {
    while (hinted.size > 0 && !stopping) {
      // Lets the other messages of the same burst arrive first.
      await new Promise((resume) => setImmediate(resume));
      await check();
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
