import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createSessions } from '../../src/assessments/sessions.ts';
import type { StoredSession } from '../../src/entities/session.ts';

/** Sessions over a store in memory that counts its reads. */
function start(lifetimeMs = 60_000) {
  const rows = new Map<string, StoredSession>();
  const harness = { reads: 0, renewals: 0 };
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
      renew: async (id, forMs) => {
        const [hash, session] = [...rows].find(([, each]) => each.id === id) ?? [];
        if (hash === undefined || session === undefined) return undefined;
        harness.renewals++;
        const renewed = { ...session, expiresAt: new Date(Date.now() + forMs) };
        rows.set(hash, renewed);
        return renewed;
      },
      remove: async (id) => {
        for (const [hash, session] of rows) if (session.id === id) rows.delete(hash);
      },
      over: async () => [],
    },
    lifetimeMs,
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

const DAY_MS = 24 * 60 * 60_000;

test('a session in use is renewed, and not again within a day', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const harness = start(30 * DAY_MS);
  const { sessions } = harness;
  const { session } = await sessions.start();
  vi.setSystemTime(Date.now() + DAY_MS);
  expect(await sessions.renew(session)).toBeUndefined();
  vi.setSystemTime(Date.now() + 1_000);
  const renewed = await sessions.renew(session);
  expect(renewed?.expiresAt.getTime()).toBe(Date.now() + 30 * DAY_MS);
  expect(renewed && (await sessions.renew(renewed))).toBeUndefined();
  expect(harness.renewals).toBe(1);
});

test('a session of one day is renewed after half of it, and one that has ended never', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { sessions } = start(DAY_MS);
  const { session } = await sessions.start();
  vi.setSystemTime(Date.now() + 13 * 60 * 60_000);
  const renewed = await sessions.renew(session);
  expect(renewed?.expiresAt.getTime()).toBe(Date.now() + DAY_MS);
  await sessions.end(session.id);
  expect(await sessions.renew(session)).toBeUndefined();
});
