import { expect, test } from 'vitest';
import { hasEnded, hasFailed, tally } from '../support/providers/judge.ts';
import { ended, startOnProvider, submitMany } from '../support/providers/on-provider.ts';
import { operatorOf } from '../support/providers/operator.ts';
import { statesOf } from '../support/providers/play.ts';
import { scenarioOf } from '../support/providers/scenarios.ts';
import type { Answer } from '../support/providers/scenario.ts';
import { answer } from '../support/providers/shapes.ts';
import { fitting } from '../support/providers/texts.ts';
import { ipipAnswers } from '../support/questionnaires.ts';
import { eventually, until } from '../support/wait.ts';

const MANY = 20;
const FAILED_MAX = 10;

test('a model that never fits costs few people their result: the others wait, and an operator is told', async () => {
  await using world = await startOnProvider(scenarioOf('prose').answer);
  const { app, client } = world;
  const ids = await submitMany(client, MANY);
  await until(async () => (await statesOf(app, ids)).every(hasEnded) || (await operatorOf(app)).isPaused, {
    timeoutMs: 30_000,
  });
  await until(async () => !(await statesOf(app, ids)).some(({ status }) => status === 'processing'));
  const failed = (await statesOf(app, ids)).filter(hasFailed);
  expect(failed.length).toBeLessThanOrEqual(FAILED_MAX);
  expect((await operatorOf(app)).isPaused).toBe(true);
});

const LONG = 'Go for a walk of ten minutes after lunch '.repeat(6).slice(0, 230).trim();

test('a title of 230 characters costs no second call', async () => {
  const [first, ...others] = (JSON.parse(fitting()) as Reply).recommendations;
  const content = JSON.stringify({
    summary: 'A mixed fortnight.',
    recommendations: [{ ...first, title: LONG }, ...others],
  });
  await using world = await startOnProvider(answer({ content }));
  const { app, client, provider } = world;
  expect(tally(await ended(app, await submitMany(client, 1), 15_000))).toBe('1 completed');
  expect(provider.peoples()).toHaveLength(1);
});

type Reply = { recommendations: { title: string }[] };

/** No text has so many characters a token: the rest of the prompt did not reach the model. */
const CHARACTERS_A_TOKEN = 20;

/** A server that cuts the prompt to its context without a word: only the usage shows it. */
const cutting: Answer = (exchange) => {
  const characters = (exchange.body.messages ?? []).reduce((sum, { content }) => sum + String(content).length, 0);
  const read = Math.floor(characters / CHARACTERS_A_TOKEN);
  answer({ usage: { prompt_tokens: read, completion_tokens: 300, total_tokens: read + 300 } })(exchange);
};

test('a server that reads only a part of the prompt is told to an operator', async () => {
  await using world = await startOnProvider(cutting);
  const { app, client } = world;
  const answers = ipipAnswers((index) => 1 + (index % 5));
  const ids = await submitMany(client, 1, { questionnaire: 'ipip-neo-120', answers });
  await until(async () => (await statesOf(app, ids)).every(hasEnded) || (await operatorOf(app)).isPaused);
  await eventually(async () => expect((await operatorOf(app)).warnings).toBeGreaterThan(0));
});
