import { expect, test } from 'vitest';
import { createClient } from 'graphql-ws';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, startEmbeddedApp, type TestApp } from '../support/app.ts';
import { clientWith, COMPLETED, socketUrl, socketWith, type Client } from '../support/client.ts';
import { newestWellbeing, wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';

const ENDED = { status: 'COMPLETED', version: 3, round: 1, failure: null };

/** Submits, waits for the end and reads it again; resolves to the visitor and the id. */
async function wholeLoop(app: Pick<TestApp, 'client'>): Promise<{ client: Client; id: string }> {
  const client = await app.client();
  const id = await client.submit();
  const [event, ...more] = await client.completion(id);
  expect(more).toEqual([]);
  const { assessment } = event.data.recommendationCompleted;
  expect(assessment).toMatchObject({ id, ...ENDED });
  expect(assessment.result.recommendations.length).toBeGreaterThan(0);

  const stored = await client.read(id);
  expect(stored).toMatchObject({ id, ...ENDED, questionnaire: { id: newestWellbeing }, answers: wellbeingAnswers });
  expect(stored.result.scores.map(({ area }: { area: string }) => area)).toEqual([
    'sleep',
    'energy',
    'stress',
    'mood',
    'focus',
  ]);
  expect(new Date(stored.endedAt).getTime()).toBeGreaterThanOrEqual(new Date(stored.startedAt).getTime());
  return { client, id };
}

test('a submission is pushed as a result, which can be read again', async () => {
  await using app = await startApp();
  await wholeLoop(app);
  expect(app.world.model.calls).toHaveLength(1);
});

test('the same holds on the embedded database and broker with the demo model, also after a restart', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'assay-loop-'));
  const env = { DATA_DIR: folder.path };
  const first = await startEmbeddedApp(env);
  const { client, id } = await wholeLoop(first);
  // A new folder is no trouble: nothing is to be told.
  expect(first.logs.filter(({ level }) => level === 'error' || level === 'warn')).toEqual([]);
  await first.close();
  await using second = await startEmbeddedApp(env);
  expect(await clientWith(second.url, client.cookie).read(id)).toMatchObject({ id, ...ENDED });
  await wholeLoop(second);
});

test('the headers of OPENAI_CUSTOM_HEADERS and its like reach the provider', async () => {
  const env = { OPENAI_ORG_ID: 'org-1', OPENAI_PROJECT_ID: 'proj-1', OPENAI_CUSTOM_HEADERS: 'x-team: a b\nX-Two: 2' };
  await using app = await startApp({ env });
  await wholeLoop(app);
  const headers = { 'openai-organization': 'org-1', 'openai-project': 'proj-1', 'x-team': 'a b', 'x-two': '2' };
  expect(app.world.model.calls[0]?.headers).toMatchObject(headers);
});

test('over REST: accepted with 202, then polled until it has a result', async () => {
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
    const response = await client.rest('GET', `/api/assessment/${data['assessment_id']}`);
    const { data: state } = (await response.json()) as { data: { status: string; result: unknown; failure: unknown } };
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
  const { data: assessment } = (await submitted.json()) as { data: { assessment_id: string } };
  const socket = createClient({
    url: socketUrl(app.url),
    webSocketImpl: socketWith({}),
    connectionParams: { Authorization: authorization },
    retryAttempts: 0,
  });
  const events: unknown[] = [];
  const variables = { id: assessment.assessment_id };
  for await (const event of socket.iterate({ query: COMPLETED, variables })) events.push(event);
  await socket.dispose();
  expect(events).toMatchObject([{ data: { recommendationCompleted: { assessment: { ...variables, ...ENDED } } } }]);
});

test('with an idempotency key, a repeat gets the first assessment, also at the same moment and with another order of keys', async () => {
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

test('invalid answers get all their issues at once and leave no row', async () => {
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
