import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { openStore } from './store.ts';

const DAY_MS = 86_400_000;

test('a session is found by the hash of its token until it ends', async () => {
  await using store = await openStore();
  const [id, hash] = [randomUUID(), randomUUID()];
  const started = await store.sessions.start(id, hash, 30 * DAY_MS);
  expect(started.expiresAt.getTime() - started.createdAt.getTime()).toBe(30 * DAY_MS);
  expect(await store.sessions.find(hash)).toEqual(started);
  expect(await store.sessions.find(randomUUID())).toBeUndefined();
  await store.sessions.end(id);
  expect(await store.sessions.find(hash)).toBeUndefined();
  const [before] = await store.sql('SELECT ended_at FROM session');
  await store.sessions.end(id);
  expect(await store.sql('SELECT ended_at FROM session')).toEqual([before]);
});

test('an expired session is not found, by the database’s clock', async () => {
  await using store = await openStore();
  const hash = randomUUID();
  await store.sessions.start(randomUUID(), hash, 60_000);
  expect(await store.sessions.find(hash)).toBeDefined();
  await store.sql(`UPDATE session SET expires_at = now() - interval '1 ms'`);
  expect(await store.sessions.find(hash)).toBeUndefined();
});

test('ended, expired and erased sessions are found among many', async () => {
  await using store = await openStore();
  const [open, ended, expired, erased] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
  for (const id of [open, ended, expired]) await store.sessions.start(id, randomUUID(), DAY_MS);
  await store.sessions.end(ended);
  await store.sql(`UPDATE session SET expires_at = now() WHERE id = $1`, [expired]);
  expect((await store.sessions.over([open, ended, expired, erased])).toSorted()).toEqual(
    [ended, expired, erased].toSorted(),
  );
  store.statements.length = 0;
  expect(await store.sessions.over([])).toEqual([]);
  expect(store.statements).toEqual([]);
});
