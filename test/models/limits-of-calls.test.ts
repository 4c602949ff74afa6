import { expect, test } from 'vitest';
import { hasFailed, tally } from '../support/providers/judge.ts';
import { ended, startOnProvider, submitMany } from '../support/providers/on-provider.ts';
import { statesOf } from '../support/providers/play.ts';
import { answer, firstThen, refuse } from '../support/providers/shapes.ts';
import { until } from '../support/wait.ts';

const PEOPLE = 12;
const WATCHED_MS = 25_000;

test('429 without a wait, again and again: one call goes first, at growing distances', async () => {
  const refusal = refuse(429, 'Quota for requests per day is used up.', {
    type: 'requests',
    code: 'rate_limit_exceeded',
  });
  await using world = await startOnProvider(refusal);
  const { app, client, provider } = world;
  const ids = await submitMany(client, PEOPLE);
  const from = Date.now();
  // The number of calls in a time is the promise, so this time has to pass.
  await until(() => Date.now() - from > WATCHED_MS, { timeoutMs: 2 * WATCHED_MS, intervalMs: 250 });
  expect((await statesOf(app, ids)).filter(hasFailed)).toEqual([]);
  expect(provider.calls().length).toBeGreaterThan(1);
  expect(provider.calls().length).toBeLessThanOrEqual(PEOPLE);
});

const QUARTER_MS = 15 * 60_000;
/** Not all come back in the same moment. */
const SPREAD = 1.1;

test('a wait of thirty years is taken for a mistake', async () => {
  const refusal = refuse(429, 'Slow down', { code: 'rate_limit_exceeded' }, { 'retry-after': '1000000000' });
  await using world = await startOnProvider(firstThen(refusal, answer()));
  const { app, client } = world;
  const ids = await submitMany(client, 1);
  const delays = (): number[] => app.logs.flatMap(({ delayMs }) => (typeof delayMs === 'number' ? [delayMs] : []));
  await until(
    async () => delays().length > 0 || (await statesOf(app, ids)).every(({ status }) => status === 'completed'),
  );
  expect(Math.max(0, ...delays())).toBeLessThanOrEqual(QUARTER_MS * SPREAD);
});

const RESET_SECONDS = 6;
/** Calls that were under way at the first refusal. */
const BEGUN_MS = 1_500;

test('limits that are reset in bare seconds, as Azure says it: at most one call is made before', async () => {
  const left = (ageMs: number): number => RESET_SECONDS - ageMs / 1_000;
  await using world = await startOnProvider((exchange) => {
    if (left(exchange.ageMs) <= 0) return answer()(exchange);
    const reset = String(Math.ceil(left(exchange.ageMs)));
    const headers = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': reset };
    return refuse(429, 'Requests have exceeded the token rate limit.', { code: '429' }, headers)(exchange);
  });
  const { app, client, provider } = world;
  expect(tally(await ended(app, await submitMany(client, 6), 40_000))).toBe('6 completed');
  const [first, ...others] = provider.calls();
  const ages = others.map(({ at }) => at - (first?.at ?? 0));
  const early = ages.filter((age) => age > BEGUN_MS && age < RESET_SECONDS * 1_000);
  expect(early.length).toBeLessThanOrEqual(1);
});
