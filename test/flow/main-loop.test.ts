import { expect, test } from 'vitest';
import { startApp, startEmbeddedApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';

const ENDED = { status: 'COMPLETED', version: 3, round: 1, failure: null };

async function wholeLoop(app: Pick<TestApp, 'client'>): Promise<void> {
  const client = await app.client();
  const id = await client.submit();
  const [event, ...more] = await client.completion(id);
  expect(more).toEqual([]);
  const { assessment } = event.data.recommendationCompleted;
  expect(assessment).toMatchObject({ id, ...ENDED });
  expect(assessment.result.recommendations.length).toBeGreaterThan(0);

  const stored = await client.read(id);
  expect(stored).toMatchObject({ id, ...ENDED, questionnaire: { id: 'wellbeing-check@1' }, answers: wellbeingAnswers });
  expect(stored.result.scores.map(({ area }: { area: string }) => area)).toEqual([
    'sleep',
    'energy',
    'stress',
    'mood',
    'focus',
  ]);
  expect(new Date(stored.endedAt).getTime()).toBeGreaterThanOrEqual(new Date(stored.startedAt).getTime());
}

test('what is submitted comes back as a result by itself, and can be read again', async () => {
  await using app = await startApp();
  await wholeLoop(app);
  expect(app.world.model.calls).toHaveLength(1);
});

test('the same holds on the embedded database and broker with the demo model, also after a restart', async () => {
  await using app = await startEmbeddedApp();
  await wholeLoop(app);
});

test('the headers that are set for the provider reach it', async () => {
  const env = { OPENAI_ORG_ID: 'org-1', OPENAI_PROJECT_ID: 'proj-1', OPENAI_CUSTOM_HEADERS: 'x-team: a b\nX-Two: 2' };
  await using app = await startApp({ env });
  await wholeLoop(app);
  const headers = { 'openai-organization': 'org-1', 'openai-project': 'proj-1', 'x-team': 'a b', 'x-two': '2' };
  expect(app.world.model.calls[0]?.headers).toMatchObject(headers);
});

test('over REST: accepted with 202, then polled until the result is there', async () => {
  await using app = await startApp();
  const client = await app.client();
  const accepted = await client.rest('POST', '/api/assessment/submit', {
    questionnaire: 'wellbeing-check',
    answers: wellbeingAnswers,
  });
  expect(accepted.status).toBe(202);
  const { success, data } = (await accepted.json()) as { success: boolean; data: Record<string, string> };
  expect({ success, status: data['status'] }).toEqual({ success: true, status: 'submitted' });
  const body = await until(async () => {
    const answer = await client.rest('GET', `/api/assessment/${data['assessment_id']}`);
    const { data: state } = (await answer.json()) as { data: { status: string; result: unknown; failure: unknown } };
    return state.status === 'completed' ? state : undefined;
  });
  expect(body).toMatchObject({ failure: null, result: { model: expect.any(String) } });
});

test('a bearer session works without any cookie, over HTTP and over a socket', async () => {
  await using app = await startApp();
  const started = await fetch(`${app.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(started.status).toBe(201);
  const { data } = (await started.json()) as { data: { token: string } };
  expect(data.token).toMatch(/^as_[\w-]{43}$/);
  const authorization = `Bearer ${data.token}`;
  const submitted = await fetch(`${app.url}/api/assessment/submit`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization },
    body: JSON.stringify({ questionnaire: 'wellbeing-check', answers: wellbeingAnswers }),
  });
  expect(submitted.status).toBe(202);
});

test('with an idempotency key, a repeat is the first assessment, also at the same moment and with other key order', async () => {
  await using app = await startApp();
  const client = await app.client();
  const idempotencyKey = 'form-1';
  const reversed = Object.fromEntries(Object.entries(wellbeingAnswers).toReversed());
  const ids = await Promise.all(
    [wellbeingAnswers, reversed, wellbeingAnswers, reversed].map((answers) =>
      client.submit({ answers, idempotencyKey }),
    ),
  );
  expect(new Set(ids).size).toBe(1);
  expect(await client.submit({ idempotencyKey })).toBe(ids[0]);
  expect(await client.trySubmit({ idempotencyKey, answers: { ...wellbeingAnswers, mood: 1 } })).toMatchObject({
    __typename: 'IdempotencyConflictError',
  });
  await client.completion(ids[0] as string);
  expect(app.world.model.calls).toHaveLength(1);
});

test('wrong answers get all their problems at once and leave nothing behind', async () => {
  await using app = await startApp();
  const client: Client = await app.client();
  const { mood: _mood, ...incomplete } = wellbeingAnswers;
  const result = await client.trySubmit({ answers: { ...incomplete, stress: 99, unknown_question: 1 } });
  expect(result.__typename).toBe('InvalidAnswersError');
  expect(result.issues.map(({ path }: { path: string }) => path).toSorted()).toEqual([
    '/mood',
    '/stress',
    '/unknown_question',
  ]);
  expect(await app.world.sql('SELECT 1 FROM test_assessment')).toEqual([]);
});
