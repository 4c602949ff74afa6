import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { asRead, claimed, completed, failed, newAssessment, openStore, submitMany } from './store.ts';

test('reads that come together share a statement, and each gets its own assessment', async () => {
  await using store = await openStore();
  const ids = await submitMany(store, 30);
  store.statements.length = 0;
  const asked = [...ids, ids[3] ?? '', randomUUID()];
  const views = await Promise.all(asked.map((id) => store.reading.byId(id)));
  expect(views.map((view) => view?.id)).toEqual([...ids, ids[3], undefined]);
  expect(store.statements).toEqual(['read-assessments']);
});

test('a view has the result of the current round only', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  expect(await store.reading.byId(id)).toMatchObject({
    status: 'submitted',
    version: 1,
    startedAt: null,
    result: null,
  });
  const { token } = await claimed(store, id);
  await store.working.finish({ network: null, id, token, outcome: completed });
  const view = await store.reading.byId(id);
  expect(view?.result).toEqual(asRead(completed.result));
  expect(view?.endedAt?.getTime()).toBeGreaterThanOrEqual(view?.startedAt?.getTime() ?? Number.NaN);
  expect(Math.abs((view?.submittedAt.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  await store.sql(`UPDATE test_assessment SET round = 2 WHERE id = $1`, [id]);
  expect(await store.reading.byId(id)).toMatchObject({ round: 2, result: null });
});

test('a session lists its own assessments, newest first, by status, questionnaire and page', async () => {
  await using store = await openStore();
  const sessionId = randomUUID();
  const ids: string[] = [];
  for (let index = 0; index < 6; index++) {
    const questionnaireId = index < 4 ? 'wellbeing-check@1' : 'wellbeing-check-extra@1';
    const row = newAssessment({ sessionId, questionnaireId });
    await store.submitting.insert(row);
    ids.unshift(row.id);
  }
  await submitMany(store, 3);
  const { token } = await claimed(store, ids[2] ?? '');
  await store.working.finish({ network: null, id: ids[2] ?? '', token, outcome: failed });
  const list = async (given: object) =>
    (
      await store.reading.ofSession({
        sessionId,
        status: null,
        questionnaire: null,
        before: null,
        limit: 10,
        ...given,
      })
    ).map(({ id }) => id);
  expect(await list({})).toEqual(ids);
  expect(await list({ limit: 2 })).toEqual(ids.slice(0, 2));
  expect(await list({ limit: 2, before: ids[1] })).toEqual(ids.slice(2, 4));
  expect(await list({ status: 'failed' })).toEqual([ids[2]]);
  // A slug matches the whole name before the version, not the beginning of another name.
  expect(await list({ questionnaire: 'wellbeing-check' })).toEqual(ids.slice(2));
  expect(await list({ questionnaire: 'wellbeing-check-extra@1' })).toEqual(ids.slice(0, 2));
  expect(await list({ questionnaire: 'wellbeing' })).toEqual([]);
});
