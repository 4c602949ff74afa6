import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { modelBudgets } from '../../src/assessments/model-budgets.ts';
import { Rates } from '../../src/assessments/rates.ts';
import { ModelRefusal, ProviderFailure, ProviderPause, ProviderRefusal } from '../../src/entities/provider-failure.ts';
import type { ModelReply, ModelRequest } from '../../src/adapters/model.ts';
import { claimOf, fits, gate, pass, startWorker, untilAborted, type WorkerOptions } from './worker-harness.ts';
import { FACTS } from './looks.ts';
import { notZero } from '../support/metrics.ts';

const HOUR_MS = 3_600_000;

beforeEach(() => void vi.useFakeTimers({ now: Date.UTC(2026, 10, 30, 12) }));
afterEach(() => void vi.useRealTimers());

function startBudgeted(perDay: { calls?: number; tokens?: number }, options: WorkerOptions = {}) {
  const rates = new Rates();
  const budgets = modelBudgets(rates, { calls: 0, tokens: 0, ...perDay });
  const worker = startWorker({ concurrency: 5, budgets, ...options });
  /** The tokens that were taken since the last look. */
  const tokensTaken = (): number =>
    rates.drain(10).find(({ bucket }) => bucket.startsWith('model-tokens'))?.spent ?? Number.NaN;
  const said = (level: string) => worker.logs.filter((line) => line['level'] === level);
  return { ...worker, worker, rates, budgets, tokensTaken, said };
}

const pausedBy = async ({ metrics }: Pick<ReturnType<typeof startWorker>, 'metrics'>) =>
  (await notZero(metrics.modelPaused)).map(({ labels }) => labels.reason);
const ERROR = 'error';
const INFO = 'info';

test('of ten assessments as many are called for as the budget has, and the others are not even claimed', async () => {
  const { worker } = startBudgeted({ calls: 3 });
  let claims = 0;
  worker.store.claim = (id, token) => {
    claims++;
    return claimOf(id, token);
  };
  for (let count = 0; count < 10 && worker.slots() > 0; count++) {
    worker.deliver();
    if (worker.slots() === 0) await pass();
  }
  await pass(60_000);
  expect([worker.asked.length, claims, worker.slots()]).toEqual([3, 3, 0]);
  expect(worker.released).toEqual([]);
});

test('slots that are already reserved count, so that the last calls of a budget are not claimed for twice', async () => {
  const { worker } = startBudgeted({ calls: 3 });
  const replies = gate<ModelReply>();
  worker.script.push(() => replies.promise);
  worker.deliver();
  await pass();
  expect(worker.slots()).toBe(1);
  replies.open(fits());
  await pass();
  expect(worker.slots()).toBe(2);
});

test('at UTC midnight work goes on by itself', async () => {
  const { worker, said } = startBudgeted({ calls: 1 });
  worker.deliver();
  await pass(12 * HOUR_MS - 1);
  expect(worker.slots()).toBe(0);
  const { pulls } = worker;
  await pass(1_001);
  expect(worker.slots()).toBe(1);
  expect(worker.pulls).toBeGreaterThan(pulls);
  expect(await pausedBy(worker)).toEqual([]);
  expect(said(INFO).at(-1)).toMatchObject({ msg: expect.stringContaining('work goes on') });
  worker.deliver();
  await pass();
  expect(worker.asked).toHaveLength(2);
});

test('a used up budget is told once: which, its value, when it goes on and what to change; and by the gauge of pauses', async () => {
  const { worker, said, budgets, metrics } = startBudgeted({ calls: 2, tokens: 45 });
  worker.deliver();
  await pass(1_000);
  expect(await pausedBy(worker)).toEqual([]);
  worker.deliver();
  await pass(HOUR_MS);
  expect(await pausedBy(worker)).toEqual(['budget']);
  const common = { goesOnAt: '2026-12-01T00:00:00.000Z', msg: expect.stringContaining('the next UTC day') };
  expect(said(ERROR)).toMatchObject([
    { ...common, setting: 'DAILY_MODEL_CALLS', perDay: 2 },
    { ...common, setting: 'DAILY_TOKENS', perDay: 45 },
  ]);
  expect(said(ERROR)[1]?.['msg']).toContain('raise DAILY_TOKENS and restart');
  budgets.measure(metrics);
  expect((await metrics.budgetLeft.get()).values.map(({ labels, value }) => [labels.budget, value])).toEqual([
    ['model-calls', 0],
    ['model-tokens', -15],
  ]);
});

test('a pause of the provider that ends does not hide that a budget is used up', async () => {
  const { worker } = startBudgeted({ calls: 2 });
  const replying = gate<ModelReply>();
  worker.script.push(
    () => replying.promise,
    () => {
      throw new ProviderPause({ delayMs: 9_500 });
    },
  );
  worker.deliver();
  worker.deliver();
  await pass(2_000);
  expect(await pausedBy(worker)).toEqual(['rate-limit', 'budget']);
  // Between two looks at the budgets.
  await pass(7_600);
  expect(await pausedBy(worker)).toEqual(['budget']);
  replying.open(fits());
  await pass();
  expect(worker.finished).toHaveLength(1);
});

describe('an assessment that meets the end of the budget', () => {
  test('between claim and call is handed back without an attempt, and due again after a minute, since the budget may be raised by then', async () => {
    const { worker, budgets } = startBudgeted({ calls: 1 });
    worker.store.claim = async (id, token) => {
      // Another process takes the last call meanwhile.
      budgets.takeCall();
      return claimOf(id, token, { attempts: 5 });
    };
    const { acks } = worker.deliver();
    await pass();
    expect(worker.asked).toEqual([]);
    expect(worker.released).toMatchObject([{ returnAttempt: true }]);
    expect(worker.released[0]?.delayMs).toBeGreaterThanOrEqual(60_000);
    expect(worker.released[0]?.delayMs).toBeLessThanOrEqual(66_000);
    expect([worker.finished, acks]).toEqual([[], ['nak']]);
  });

  test('shortly before midnight is due again at midnight', async () => {
    vi.setSystemTime(Date.UTC(2026, 10, 30, 23, 59, 50));
    const { worker, budgets } = startBudgeted({ calls: 1 }, { random: () => 0 });
    worker.store.claim = async (id, token) => {
      budgets.takeCall();
      return claimOf(id, token);
    };
    worker.deliver();
    await pass();
    expect(worker.released).toMatchObject([{ delayMs: 10_000 }]);
  });

  test('before its repair keeps the reply that was paid for, and no attempt is counted, even at the last one', async () => {
    const { worker } = startBudgeted({ calls: 1 });
    worker.store.claim = (id, token) => claimOf(id, token, { attempts: 5 });
    worker.script.push(() => fits({ text: 'nonsense' }));
    worker.deliver();
    await pass();
    expect(worker.asked).toHaveLength(1);
    expect(worker.finished).toEqual([]);
    expect(worker.released).toMatchObject([{ returnAttempt: true, rejectedAnswer: { text: 'nonsense' } }]);
  });
});

const REJECTED = { text: 'nonsense', problems: ['No JSON.'], cutOff: false, promptTokens: 1, completionTokens: 1 };

describe('tokens', () => {
  const LOTS = { tokens: 1_000_000_000_000 };
  const promptOf = ({ messages }: ModelRequest): number =>
    Math.ceil(messages.reduce((sum, { content }) => sum + content.length, 0) / 4);
  const textTokens = Math.ceil(fits().text.length / 4);

  test('are those that the provider reports', async () => {
    const { worker, tokensTaken } = startBudgeted(LOTS);
    worker.deliver();
    await pass();
    expect(tokensTaken()).toBe(30);
  });

  test.each([
    ['none', null, null],
    ['zeros', 0, 0],
    ['absurd ones', 999_999_999, 5_000_000],
  ])('are estimated by the texts if the provider reports %s', async (_, promptTokens, completionTokens) => {
    const { worker, tokensTaken } = startBudgeted(LOTS);
    worker.script.push(() => fits({ promptTokens, completionTokens }));
    worker.deliver();
    await pass();
    expect(tokensTaken()).toBe(promptOf(worker.asked[0] as ModelRequest) + textTokens);
  });

  test('are estimated one count at a time', async () => {
    const { worker, tokensTaken } = startBudgeted(LOTS);
    worker.script.push(() => fits({ promptTokens: 12, completionTokens: null }));
    worker.deliver();
    await pass();
    expect(tokensTaken()).toBe(12 + textTokens);
  });

  const stream = (error: Error, text: string) => async (request: ModelRequest) => {
    for (const piece of text) request.onText?.(piece);
    throw error;
  };
  const sent = new ProviderFailure('the connection failed', { mayHaveCharged: true });
  const unsent = new ProviderFailure('no connection', { mayHaveCharged: false });

  test.each<[what: string, error: Error, text: string, isCharged: boolean]>([
    ['a broken connection', sent, '', true],
    ['a broken connection in the middle of the text', sent, 'x'.repeat(400), true],
    ['no connection', unsent, '', false],
    ['a rate limit', new ProviderPause({ delayMs: 1_000 }), '', false],
    [
      'a rate limit in the middle of the text',
      new ProviderPause({ delayMs: 1_000, countsAttempt: true }),
      'x'.repeat(400),
      true,
    ],
    ['a request that the provider refuses', new ProviderRefusal('unexplained', FACTS), '', false],
    ['a response that is no completion', new ProviderRefusal('configuration', FACTS, { isFree: false }), '', true],
    ['a mistake of this program', new TypeError('x is not a function'), '', true],
  ])('of a failed call: %s', async (_, error, text, isCharged) => {
    const { worker, tokensTaken } = startBudgeted(LOTS);
    worker.store.claim = (id, token) => claimOf(id, token, { watch: true });
    worker.script.push(stream(error, text));
    worker.deliver();
    await pass();
    const expected = isCharged ? promptOf(worker.asked[0] as ModelRequest) + text.length / 4 : 0;
    expect(tokensTaken()).toBe(expected);
  });

  test('of a refusal are those that the provider reports', async () => {
    const { worker, tokensTaken } = startBudgeted(LOTS);
    worker.script.push(() => {
      throw new ModelRefusal({ promptTokens: 7, completionTokens: 5 });
    });
    worker.deliver();
    await pass();
    expect(tokensTaken()).toBe(12);
    expect(worker.finished).toMatchObject([{ outcome: { code: 'AI_REFUSED' } }]);
  });

  test('of a streamed reply without usage are estimated by what came, also where its text was dropped or refused', async () => {
    const { worker, tokensTaken } = startBudgeted(LOTS);
    worker.store.claim = (id, token) => claimOf(id, token, { watch: true, rejectedAnswer: REJECTED });
    worker.script.push(
      (request) => {
        request.onText?.('x'.repeat(4_000));
        return fits({ text: '', promptTokens: 1, completionTokens: null });
      },
      (request) => {
        request.onText?.('x'.repeat(8_000));
        throw new ModelRefusal({ promptTokens: 1, completionTokens: null });
      },
    );
    const taken: number[] = [];
    for (let call = 0; call < 2; call++) {
      worker.deliver();
      await pass();
      taken.push(tokensTaken());
    }
    expect(taken).toEqual([1_001, 2_001]);
  });

  test('of a call that this worker aborts are estimated', async () => {
    const { worker, tokensTaken } = startBudgeted(LOTS);
    worker.script.push(untilAborted);
    worker.deliver();
    await pass();
    const stopped = worker.consumer.stop(1_000);
    await pass(1_000);
    await stopped;
    expect(tokensTaken()).toBe(promptOf(worker.asked[0] as ModelRequest));
  });

  test('that are used up stop further calls, also where calls have no budget', async () => {
    const { worker } = startBudgeted({ tokens: 31 });
    worker.deliver();
    await pass();
    expect(worker.slots()).toBe(5);
    worker.deliver();
    await pass();
    expect(worker.slots()).toBe(0);
  });
});

test('a call counts when it is begun, also if it fails, and so does a repair', async () => {
  const { worker, rates } = startBudgeted({ calls: 100 });
  worker.script.push(
    () => fits({ text: 'nonsense' }),
    () => fits(),
    () => {
      throw new ProviderFailure('no connection', { mayHaveCharged: false });
    },
    untilAborted,
  );
  for (let count = 0; count < 3; count++) {
    worker.deliver();
    await pass();
  }
  expect(rates.drain(10)).toMatchObject([{ bucket: 'model-calls:2026-11-30', spent: 4 }]);
});

test('a budget that is used up after another one is told alone', async () => {
  const { worker, said, budgets } = startBudgeted({ calls: 1, tokens: 31 });
  worker.deliver();
  await pass(2_000);
  budgets.takeTokens(1);
  await pass(2_000);
  expect(said(ERROR).map(({ setting }) => setting)).toEqual(['DAILY_MODEL_CALLS', 'DAILY_TOKENS']);
});

test('without budgets nothing is counted, exchanged or measured', async () => {
  const { worker, rates, budgets, metrics } = startBudgeted({});
  for (let count = 0; count < 20; count++) {
    worker.deliver();
    await pass();
  }
  budgets.measure(metrics);
  expect(rates.drain(10)).toEqual([]);
  expect((await metrics.budgetLeft.get()).values).toEqual([]);
  expect(worker.slots()).toBe(5);
});
