import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { hasEnded, hasFailed } from '../support/providers/judge.ts';
import { ended, paused, submitMany } from '../support/providers/on-provider.ts';
import { operatorOf } from '../support/providers/operator.ts';
import { statesOf } from '../support/providers/play.ts';
import { scenarios } from '../support/providers/scenarios.ts';
import { startProviders } from '../support/providers/server.ts';
import { until } from '../support/wait.ts';

/** Until the next probe of a pause, and the work after it. */
const MENDED_WITHIN_MS = 60_000;
const MANY = 1_000;
/** Each slot may have begun a call before the first refusal, and a look may ask several times. */
const CALLS_MAX = 25;

test('while the key is wrong everybody waits, an operator is told at the price of few calls, and all complete afterwards', async () => {
  await using providers = await startProviders(scenarios);
  providers.use('gemini-wrong-key');
  await using app = await startApp({ env: { OPENAI_BASE_URL: providers.switchUrl, MAX_ATTEMPTS: '3' } });
  const ids = await submitMany(await app.client(), MANY);
  await paused(app);
  await until(async () => !(await statesOf(app, ids)).some(({ status }) => status === 'processing'));
  expect((await statesOf(app, ids)).filter(hasFailed)).toEqual([]);
  expect((await operatorOf(app)).warnings).toBeGreaterThan(0);
  expect(providers.calls('gemini-wrong-key').length).toBeLessThanOrEqual(CALLS_MAX);
  providers.use('openai');
  const states = await ended(app, ids, MENDED_WITHIN_MS);
  expect(states.filter(({ status }) => status !== 'completed')).toEqual([]);
});

const REPLAY = 'mutation { replayDeadLetters(filter: { code: AI_REJECTED }) { replayed } }';

test('assessments that were rejected for a mistake in the set-up complete after a replay', async () => {
  await using providers = await startProviders(scenarios);
  providers.use('openai-context');
  const token = 'op_replayreplayreplayreplay00';
  await using app = await startApp({ env: { OPENAI_BASE_URL: providers.switchUrl, OPERATOR_TOKEN: token } });
  const client = await app.client();
  const ids = await submitMany(client, 6);
  await until(async () => (await statesOf(app, ids)).every(hasEnded) || (await operatorOf(app)).isPaused);
  const rejected = (await statesOf(app, ids)).filter(({ code }) => code === 'AI_REJECTED').length;
  providers.use('openai');
  const { data } = await client.graphql(REPLAY, {}, { authorization: `Bearer ${token}` });
  expect(data.replayDeadLetters.replayed).toBe(rejected);
  const completed = async (): Promise<boolean> =>
    (await statesOf(app, ids)).every(({ status }) => status === 'completed');
  await until(completed, { timeoutMs: MENDED_WITHIN_MS });
});
