import { expect, test } from 'vitest';
import { claimed, completed, openStore, submitMany } from './store.ts';

test('places count the assessments that are due, in the order of their dispatch', async () => {
  await using store = await openStore();
  const [first = '', second = '', third = '', later = ''] = await submitMany(store, 4);
  const seconds = [40, 30, 20, 10];
  for (const [index, id] of [first, second, third, later].entries())
    await store.sql(
      `UPDATE test_assessment SET dispatched_at = now() - $2::int * interval '1 s',
         not_before = CASE WHEN $3 THEN now() + interval '1 min' END WHERE id = $1`,
      [id, seconds[index], id === second],
    );
  const places = await Promise.all([first, second, third, later].map((id) => store.placing.place(id)));
  expect(places.map((place) => place?.position)).toEqual([1, null, 2, 3]);
  expect(places[0]).toEqual({ id: first, version: 1, position: 1, processing: 0, elapsedMs: null, meanRunMs: null });
});

test('look-ups that come together share a statement', async () => {
  await using store = await openStore();
  const ids = await submitMany(store, 20);
  store.statements.length = 0;
  const places = await Promise.all(ids.map((id) => store.placing.place(id)));
  expect(places.map((place) => place?.position).toSorted((a = 0, b = 0) => (a ?? 0) - (b ?? 0))).toEqual(
    ids.map((_, index) => index + 1),
  );
  expect(store.statements).toEqual(['places']);
});

test('a place has the number of assessments in work, and the mean time of completed ones with one attempt', async () => {
  await using store = await openStore();
  const [waits = '', works = '', quick = '', slow = '', retried = ''] = await submitMany(store, 5);
  await claimed(store, works);
  for (const [id, tookMs, attempts] of [
    [quick, 1_000, 1],
    [slow, 3_000, 1],
    [retried, 90_000, 2],
  ] as const) {
    const { token } = await claimed(store, id);
    await store.working.finish({ network: null, id, token, outcome: completed });
    await store.sql(
      `UPDATE test_assessment SET started_at = ended_at - $2::int * interval '1 ms', attempts = $3 WHERE id = $1`,
      [id, tookMs, attempts],
    );
  }
  expect(await store.placing.place(waits)).toMatchObject({ position: 1, processing: 1, meanRunMs: 2_000 });
  expect(await store.placing.place(works)).toMatchObject({ version: 2, position: null });
});

test('the oldest run makes room for the first in line, the next one for the second, and so on in turns', async () => {
  await using store = await openStore();
  const [older = '', newer = '', ...waiting] = await submitMany(store, 5);
  for (const [id, seconds] of [
    [newer, 2],
    [older, 7],
  ] as const) {
    await claimed(store, id);
    await store.sql(`UPDATE test_assessment SET started_at = now() - $2::int * interval '1 s' WHERE id = $1`, [
      id,
      seconds,
    ]);
  }
  const places = await Promise.all(waiting.map((id) => store.placing.place(id)));
  const inOrder = places.toSorted((a, b) => (a?.position ?? 0) - (b?.position ?? 0));
  expect(inOrder.map((place) => Math.floor((place?.elapsedMs ?? 0) / 1_000))).toEqual([7, 2, 7]);
});

test('an unknown id has no place', async () => {
  await using store = await openStore();
  expect(await store.placing.place('0190a000-0000-7000-8000-000000000000')).toBeUndefined();
});
