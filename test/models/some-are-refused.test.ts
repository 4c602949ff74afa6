import { expect, test } from 'vitest';
import { hasEnded, tally } from '../support/providers/judge.ts';
import { ended, flaggedAnswers, startOnProvider, submitMany } from '../support/providers/on-provider.ts';
import { statesOf } from '../support/providers/play.ts';
import type { Answer } from '../support/providers/scenario.ts';
import { scenarioOf } from '../support/providers/scenarios.ts';
import { answer, flagged, raw, refuse } from '../support/providers/shapes.ts';
import { isFlagged } from '../support/providers/texts.ts';
import { until } from '../support/wait.ts';

const FEW = 5;
const OTHERS = 125;
const SERVED_WITHIN_MS = 30_000;

const firewall = flagged(raw(403, 'text/html', '<html><title>Request blocked</title></html>'));

test.each<[string, Answer, string | undefined]>([
  ['moderation says that it was', scenarioOf('openrouter-moderated').answer, 'AI_REFUSED'],
  ['a firewall blocks, with a bare 403', firewall, undefined],
  ['a provider does not explain (400)', flagged(refuse(400, 'The request could not be processed.')), undefined],
])('people whose answers %s do not keep others waiting', async (_, refusal, endsAs) => {
  await using world = await startOnProvider(refusal);
  const { app, client } = world;
  await ended(app, await submitMany(client, 1), SERVED_WITHIN_MS);
  const refused = await submitMany(client, FEW, { answers: flaggedAnswers });
  await until(() => world.provider.peoples().some(({ body }) => isFlagged(body)));
  const others = await submitMany(client, OTHERS);
  const states = await ended(app, others, SERVED_WITHIN_MS);
  expect(tally(states)).toBe(`${OTHERS} completed`);
  if (endsAs === undefined) return;
  expect(tally(await ended(app, refused, SERVED_WITHIN_MS))).toBe(`${FEW} failed ${endsAs}`);
});

const FAILURES = 5;

test('a provider that fails for one person alone serves the others as ever', async () => {
  const failing = flagged(refuse(500, 'Internal error', { type: 'server_error' }));
  await using world = await startOnProvider(failing);
  const { app, client, provider } = world;
  const [it = ''] = await submitMany(client, 1, { answers: flaggedAnswers });
  const failures = (): number => provider.peoples().filter(({ body, status }) => isFlagged(body) && status > 0).length;
  const isTried = async (): Promise<boolean> => failures() >= FAILURES || (await statesOf(app, [it])).every(hasEnded);
  await until(isTried, { label: 'five failures', timeoutMs: 90_000, intervalMs: 100 });
  expect(tally(await ended(app, await submitMany(client, 1), 10_000))).toBe('1 completed');
});

/** Streams break for some answers, so that a look at the provider finds nothing wrong. */
const breaksStreams: Answer = (exchange) => {
  const isBroken = exchange.body.stream === true && isFlagged(exchange.body);
  (isBroken ? scenarioOf('vllm-stream-error').answer : answer())(exchange);
};

test('a provider whose streams break serves everybody who does not watch, and those who watch without a stream', async () => {
  await using world = await startOnProvider(breaksStreams);
  const { app, client, provider } = world;
  const watched = await submitMany(client, FEW, { watch: true, answers: flaggedAnswers });
  await until(() => provider.peoples().filter(({ stream }) => stream).length >= FEW);
  expect(tally(await ended(app, await submitMany(client, OTHERS), SERVED_WITHIN_MS))).toBe(`${OTHERS} completed`);
  expect(tally(await ended(app, watched, SERVED_WITHIN_MS))).toBe(`${FEW} completed`);
});
