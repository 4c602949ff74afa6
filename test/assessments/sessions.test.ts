import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSessions } from '../../src/assessments/sessions.ts';
import type { StoredSession } from '../../src/entities/session.ts';

/** Sessions over a store in memory that counts what it is asked. */
function start() {
  const rows = new Map<string, StoredSession>();
  const play = { reads: 0 };
  const sessions = createSessions(
    {
      start: async (id, tokenHash, ttlMs) => {
        const session = { id, createdAt: new Date(), expiresAt: new Date(Date.now() + ttlMs) };
        rows.set(tokenHash, session);
        return session;
      },
      find: async (tokenHash) => {
        play.reads++;
        return rows.get(tokenHash);
      },
      end: async (id) => {
        for (const [hash, session] of rows) if (session.id === id) rows.delete(hash);
      },
      over: async () => [],
    },
    60_000,
  );
  return Object.assign(play, { sessions });
}

test('a session is looked up once, and again after a message that it has ended, which may be forged', async () => {
  const play = start();
  const [{ session, token }, other] = [await play.sessions.start(), await play.sessions.start()];
  for (let count = 0; count < 3; count++) expect(await play.sessions.authenticate(token)).toEqual(session);
  expect(await play.sessions.authenticate(other.token)).toEqual(other.session);
  expect(play.reads).toBe(2);
  for (let count = 0; count < 3; count++) play.sessions.forget(session.id);
  play.sessions.forget(randomUUID());
  expect(await play.sessions.authenticate(token)).toEqual(session);
  expect(await play.sessions.authenticate(other.token)).toEqual(other.session);
  expect(play.reads).toBe(3);
  play.sessions.forget(session.id);
  await play.sessions.authenticate(token);
  expect(play.reads).toBe(4);
});

test('a session that has ended is known no more', async () => {
  const play = start();
  const { session, token } = await play.sessions.start();
  await play.sessions.authenticate(token);
  await play.sessions.end(session.id);
  expect(await play.sessions.authenticate(token)).toBeUndefined();
});

test('a hundred thousand messages about sessions that nobody knows take no time that counts', async () => {
  const play = start();
  for (let count = 0; count < 2_000; count++) {
    const { token } = await play.sessions.start();
    await play.sessions.authenticate(token);
  }
  const id = randomUUID();
  const began = performance.now();
  for (let count = 0; count < 100_000; count++) play.sessions.forget(id);
  // By walking through all that are known it would take minutes.
  expect(performance.now() - began).toBeLessThan(5_000);
});
