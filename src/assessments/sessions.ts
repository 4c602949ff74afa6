import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { SessionStore } from '../adapters/database.ts';
import type { StoredSession } from '../entities/session.ts';
import { RequestError } from '../errors.ts';
import { newId } from './new-id.ts';

export type Session = StoredSession;
export type Sessions = ReturnType<typeof createSessions>;

/** Tells a session token from other secrets at a glance, and from an operator's token for certain. */
const PREFIX = 'as_';
const TOKEN = /^as_[A-Za-z0-9_-]{43}$/;

/**
 * A known session is not looked up again for this long, so that the look-up stays off the hot path. An ended session
 * is forgotten at once where the news of its end arrives, and after this time everywhere.
 */
const CACHE_MS = 5_000;
const CACHE_MAX = 20_000;
/** How often the cache looks at the clock: it makes a timer each time. */
const CLOCK_MS = 100;

/** Visitors, known by a secret token. Only its hash is stored or kept in memory. */
export function createSessions(store: SessionStore, ttlMs: number) {
  /** The cache's key of each session that is in it. */
  const keys = new Map<string, string>();
  const cache = new LRUCache<string, Session>({
    max: CACHE_MAX,
    ttl: CACHE_MS,
    ttlResolution: CLOCK_MS,
    dispose: ({ id }, _key, reason) => {
      if (reason !== 'set') keys.delete(id);
    },
  });
  return {
    /** A new session and its token, which is shown this once. @throws UnavailableError */
    async start(): Promise<{ session: Session; token: string }> {
      const token = PREFIX + randomBytes(32).toString('base64url');
      return { session: await store.start(newId(), hashOf(token), ttlMs), token };
    },

    /** The session of a token, unless it is unknown, ended or expired. @throws UnavailableError */
    async authenticate(token: string): Promise<Session | undefined> {
      if (!TOKEN.test(token)) return undefined;
      const key = hashOf(token);
      const known = cache.get(key);
      if (known !== undefined && known.expiresAt.getTime() > Date.now()) return known;
      const session = await store.find(key);
      if (session !== undefined) {
        keys.set(session.id, key);
        cache.set(key, session);
      }
      return session;
    },

    /** @throws UnavailableError */
    async end(id: string): Promise<void> {
      await store.end(id);
      this.forget(id);
    },

    /** Takes the session out of this process's cache, perhaps for nothing: the next request looks it up again. */
    forget(id: string): void {
      const key = keys.get(id);
      if (key !== undefined) cache.delete(key);
    },
  };
}

const hashOf = (token: string): string => hash('sha256', token);

/** @throws RequestError (UNAUTHENTICATED) */
export function required(session: Session | undefined): Session {
  if (session !== undefined) return session;
  throw new RequestError(
    'UNAUTHENTICATED',
    'There is no session, or it has ended. Start one with the mutation "startSession" or POST /api/session.',
  );
}
