import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { createSessions } from '../../src/assessments/sessions.ts';
import type { StoredSession } from '../../src/entities/session.ts';

/** Sessions over a store in memory that counts its reads. */
function start() {
  const rows = new Map<string, StoredSession>();
  const harness = { reads: 0 };
  const sessions = createSessions(
    {
      start: async (id, tokenHash, ttlMs) => {
        const session = { id, createdAt: new Date(), expiresAt: new Date(Date.now() + ttlMs) };
        rows.set(tokenHash, session);
        return session;
      },
      find: async (tokenHash) => {
        harness.reads++;
        return rows.get(tokenHash);
      },
      end: async (id) => {
        for (const [hash, session] of rows) if (session.id === id) rows.delete(hash);
      },
      over: async () => [],
    },
    60_000,
  );
  return Object.assign(harness, { sessions });
}

test('a session is looked up once, and again after a hint of its end, which may be forged', async () => {
  const harness = start();
  const [{ session, token }, other] = [await harness.sessions.start(), await harness.sessions.start()];
  for (let count = 0; count < 3; count++) expect(await harness.sessions.authenticate(token)).toEqual(session);
  expect(await harness.sessions.authenticate(other.token)).toEqual(other.session);
  expect(harness.reads).toBe(2);
  for (let count = 0; count < 3; count++) harness.sessions.forget(session.id);
  harness.sessions.forget(randomUUID());
  expect(await harness.sessions.authenticate(token)).toEqual(session);
  expect(await harness.sessions.authenticate(other.token)).toEqual(other.session);
  expect(harness.reads).toBe(3);
  harness.sessions.forget(session.id);
  await harness.sessions.authenticate(token);
  expect(harness.reads).toBe(4);
});

test('an ended session is not authenticated', async () => {
  const harness = start();
  const { session, token } = await harness.sessions.start();
  await harness.sessions.authenticate(token);
  await harness.sessions.end(session.id);
  expect(await harness.sessions.authenticate(token)).toBeUndefined();
});

test('a hundred thousand hints for unknown sessions take less than five seconds', async () => {
  const harness = start();
  for (let count = 0; count < 2_000; count++) {
    const { token } = await harness.sessions.start();
    await harness.sessions.authenticate(token);
  }
  const id = randomUUID();
  const began = performance.now();
  for (let count = 0; count < 100_000; count++) harness.sessions.forget(id);
  // A scan of all cached sessions for each hint would take minutes.
  expect(performance.now() - began).toBeLessThan(5_000);
});
