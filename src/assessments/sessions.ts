import { hash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { SessionStore } from '../adapters/database.ts';
import type { StoredSession } from '../entities/session.ts';
import { RequestError } from '../errors.ts';
import { newId } from './new-id.ts';

export type Session = StoredSession;
export type Sessions = ReturnType<typeof createSessions>;

/** Marks session tokens, so that they can't be confused with other secrets or the operator's token. */
const PREFIX = 'as_';
const TOKEN = /^as_[A-Za-z0-9_-]{43}$/;

/**
 * Lifetime of a session in the cache, which keeps the look-up off the hot path. An ended session leaves the cache of a
 * process with the hint of its end, or after this time.
 */
const CACHE_MS = 5_000;
const CACHE_MAX = 20_000;
/** A write for each request would cost more than the request. */
const RENEW_EVERY_MS = 24 * 60 * 60_000;
/** How often the cache reads the clock, with a timer each time. */
const CLOCK_MS = 100;

/** Sessions of visitors, known by a secret token, of which only the hash is stored and cached. */
export function createSessions(store: SessionStore, ttlMs: number) {
  /** The key in the cache of each cached session, by session id. */
  const keys = new Map<string, string>();
  const cache = new LRUCache<string, Session>({
    max: CACHE_MAX,
    ttl: CACHE_MS,
    ttlResolution: CLOCK_MS,
    dispose: ({ id }, _key, reason) => {
      if (reason !== 'set') keys.delete(id);
    },
  });
  const renewEveryMs = Math.min(RENEW_EVERY_MS, ttlMs / 2);
  return {
    /** Starts a session. Its token is returned only here. @throws UnavailableError */
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

    /**
     * Makes a session that is in use last longer, at most once a day; undefined if that is not due, or it has ended.
     * @throws UnavailableError
     */
    async renew(session: Session): Promise<Session | undefined> {
      const usedMs = ttlMs - (session.expiresAt.getTime() - Date.now());
      if (usedMs <= renewEveryMs) return undefined;
      const renewed = await store.renew(session.id, ttlMs, renewEveryMs);
      const key = keys.get(session.id);
      if (renewed !== undefined && key !== undefined) cache.set(key, renewed);
      return renewed;
    },

    /** @throws UnavailableError */
    async end(id: string): Promise<void> {
      await store.end(id);
      this.forget(id);
    },

    /** Ends it, and leaves nothing of it. @throws UnavailableError */
    async remove(id: string): Promise<void> {
      await store.remove(id);
      this.forget(id);
    },

    /** Drops the session from this process's cache: the next request looks it up. Harmless after a forged hint. */
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
