import { expect, test } from 'vitest';
import type { Untold } from '../../../src/adapters/database.ts';
import { createWorld } from '../../support/world.ts';
import { claimed, completed, failed, openStore, submitMany } from './store.ts';

test('untold ends are given back oldest first, with what their dead letter says, until the stream has confirmed them', async () => {
  await using store = await openStore();
  const ends: Untold[] = [];
  const [one = '', two = ''] = await submitMany(store, 2);
  for (const [id, outcome] of [
    [one, completed],
    [two, failed],
  ] as const) {
    const { token } = await claimed(store, id);
    const end = await store.working.finish({ id, token, network: null, outcome });
    if (end === undefined) throw new Error('not ended');
    const { sessionId, status, version, round } = end;
    ends.push({ id, sessionId, status, version, round, stream: 'events' });
    if (status === 'failed') ends.push({ id, sessionId, status, version, round, stream: 'dead' });
    await store.sql(`UPDATE untold_end SET since = since - interval '1 minute'`);
    await Promise.all(ends.map((each) => store.untold.add(each)));
  }
  const waiting = await store.untold.oldest('events', 10);
  expect(waiting).toMatchObject([ends[0], ends[1]].map((end) => ({ ...end, sinceMs: expect.any(Number) })));
  expect(waiting[0]?.code).toBe(null);
  const [letter] = await store.untold.oldest('dead', 10);
  expect(letter).toMatchObject({ ...ends[2], code: 'AI_REFUSED', attempts: 1, lastError: expect.any(String) });
  expect(await store.untold.oldest('events', 1)).toHaveLength(1);
  await store.untold.told(waiting.slice(0, 1));
  expect(await store.untold.oldest('events', 10)).toHaveLength(1);
  expect(await store.untold.oldest('dead', 10)).toHaveLength(1);
  // An erased assessment is told no more.
  await store.sql('DELETE FROM test_assessment WHERE id = $1', [two]);
  expect(await store.untold.oldest('events', 10)).toEqual([]);
  await store.untold.add(ends[1] as Untold);
  expect(await store.untold.oldest('events', 10)).toEqual([]);
});

test('a database keeps its identity, and another one has another', async () => {
  await using one = await openStore();
  await using again = await openStore({ world: one.world });
  await using other = await openStore({ world: await createWorld() });
  expect(await again.identity()).toBe(await one.identity());
  expect(await other.identity()).not.toBe(await one.identity());
  expect(await one.identity()).toMatch(/^\d+\/\d+$/);
  await other.world.close();
});
