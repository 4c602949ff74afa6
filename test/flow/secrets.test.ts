import { expect, test } from 'vitest';
import { startObserver, type Observer } from '../adapters/broker/broker.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { reply, garbage, status, type Behaviour } from '../support/model-behaviours.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { metricsOf } from '../support/metrics.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { launchProgram } from './program.ts';

/** Texts that may be only in the database, the calls of the model and the owner’s browser. */
const SAID = 'said-by-a-person-in-confidence';
const WRITTEN = 'written-for-a-person-in-confidence';
const answers = { ...wellbeingAnswers, note: SAID };

/** Collects all messages of this world: subjects, headers and payloads. */
function overhear({ connection }: Observer, { world }: TestApp): string[] {
  const heard: string[] = [];
  connection.subscribe(`${world.prefix}.>`, {
    callback: (_, message) => {
      const headers = [...(message.headers ?? [])].flatMap(([key, values]) => [key, ...values]);
      heard.push([message.subject, ...headers, message.string()].join(' '));
    },
  });
  return heard;
}

test.each<[string, Behaviour[], string]>([
  ['succeeds', [reply({ summary: WRITTEN })], 'COMPLETED'],
  ['succeeds after an error that quotes the prompt', [status(500, { message: SAID })], 'COMPLETED'],
  ['is rejected by an error that quotes the prompt', [status(400, { message: `${SAID} sk-test-secret` })], 'FAILED'],
  [
    'gets invalid replies that quote the prompt',
    [garbage(`${SAID} ${WRITTEN}`), garbage(`{"${WRITTEN}":"${SAID}"}`)],
    'FAILED',
  ],
  ['gets replies in another shape', [reply({ [WRITTEN]: SAID }), reply({ summary: `${SAID}\0` })], 'FAILED'],
])('an assessment that %s leaves none of its texts in logs, metrics and messages', async (_, behaviours, end) => {
  await using app = await startApp({ env: end === 'FAILED' ? { MAX_ATTEMPTS: '1' } : {} });
  await using observer = await startObserver(app.world.natsUrl);
  const heard = overhear(observer, app);
  await observer.connection.flush();
  const client = await app.client();
  app.world.model.script(behaviours);
  const id = await client.submit({ answers });
  const [event] = await client.completion(id);
  expect(event.data.recommendationCompleted.assessment.status).toBe(end);
  await until(() => heard.some((message) => message.includes('recommendation_completed')));
  // Proves that the search works: harmless texts are found.
  const places = { logs: JSON.stringify(app.logs), metrics: await metricsOf(app), messages: heard.join('\n') };
  expect(places.logs).toContain(id);
  expect(places.messages).toContain(id);
  expect(places.metrics).toContain('assay_model_calls_total');
  const token = client.cookie.split('=')[1] ?? '';
  expect(token.length).toBeGreaterThan(20);
  for (const [place, text] of Object.entries(places))
    for (const secret of [SAID, WRITTEN, token, 'sk-test-secret', app.world.databaseUrl])
      expect(text, `${place} contain a secret`).not.toContain(secret);
  const letters = await app.world.sql('SELECT last_error FROM dead_letter');
  expect(JSON.stringify(letters)).not.toMatch(new RegExp(`${SAID}|${WRITTEN}|sk-test`));
});

test('a refused key, refused answers and a lost database leave nothing in the logs either', async () => {
  await using app = await startApp();
  const client = await app.client();
  const wrongKey = status(401, { message: 'Incorrect API key provided: sk-test-secret' });
  app.world.model.script(() => wrongKey);
  app.world.model.scriptLooks(wrongKey);
  await client.submit({ answers, idempotencyKey: 'one' });
  await until(() => app.logs.some(({ reason }) => reason === 'configuration'));
  const refused = await client.trySubmit({ answers: { ...answers, mood: SAID, [SAID]: 1 } });
  expect(refused.__typename).toBe('InvalidAnswersError');
  // The error for a missing table quotes the statement.
  await app.world.sql('ALTER TABLE test_assessment RENAME TO gone');
  await client.trySubmit({ answers }).catch(() => undefined);
  await client.graphql(`query { assessment(id: "${SAID}") { id } }`);
  await app.world.sql('ALTER TABLE gone RENAME TO test_assessment');
  const logs = JSON.stringify(app.logs);
  expect(logs).toContain('42P01');
  const token = client.cookie.split('=')[1] ?? '';
  for (const secret of [SAID, token, 'sk-test-secret', 'INSERT INTO']) expect(logs).not.toContain(secret);
});

test('an API key that no header can hold ends the start by the name of its setting, and is never printed', async () => {
  await using world = await createWorld();
  await using program = launchProgram('worker', { ...world.env, OPENAI_API_KEY: 'sk-first-line\nsecond-line' });
  expect(await program.exited).toEqual({ code: 78, signal: null });
  expect(program.stderr()).toContain('OPENAI_API_KEY must be printable ASCII');
  expect(program.stdout() + program.stderr()).not.toMatch(/first-line|second-line/);
});
