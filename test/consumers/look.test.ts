import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { SetupState } from '../../src/adapters/database/model-setups.ts';
import type { Dialect, Learned, Model } from '../../src/adapters/model.ts';
import { openLooks, withoutLooks } from '../../src/consumers/look.ts';
import type { Used } from '../../src/consumers/usage.ts';
import type { Look } from '../../src/entities/model-setup.ts';
import { ModelRefusal, ProviderFailure, ProviderPause, ProviderRefusal } from '../../src/entities/provider-failure.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { notZero } from '../support/metrics.ts';
import { driveByGlobalTimers } from '../support/promise-timers.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';
import { ANSWERED, FACTS } from './looks.ts';
import { fits, gate, pass } from './worker-harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TIMEOUT_MS = 10_000;
const LEASE_MS = 15_000;
/** After so long a worker looks although another one has the task. */
const PATIENCE_MS = 4 * TIMEOUT_MS;
const FIRST: Dialect = {
  tokensParameter: 'max_completion_tokens',
  format: 'json_schema',
  streamUsage: true,
  streams: true,
  tokensMax: 4_000,
};
const YOURS: SetupState = { kind: 'yours', look: null, hasFitted: false };
const OTHERS: SetupState = { kind: 'others' };
const known = (look: Look, hasFitted = false): SetupState => ({ kind: 'known', look, hasFitted });

type Script = {
  /** The answers of the database, from the front; after the last one: this worker has to look. */
  states?: (SetupState | Error)[];
  learn?: () => Promise<Learned> | Learned;
  resetsAt?: Date;
  contents?: (typeof wellbeing)[];
};

/** Looks of one worker. The test stands for the database and the model. */
function startLooks({ states = [], learn = () => learned(), resetsAt, contents = [wellbeing] }: Script = {}) {
  driveByGlobalTimers();
  const seen = {
    claims: [] as number[],
    saved: [] as (Look | undefined)[],
    fits: 0,
    asked: [] as Parameters<Model['learn']>[0][],
    calls: 0,
    tokens: 0,
    counted: [] as Used[],
    logs: [] as Record<string, unknown>[],
    metrics: createMetrics(),
    saveFails: false,
    dialect: FIRST,
  };
  const looks = openLooks({
    model: {
      model: 'asked-for',
      host: 'provider.invalid',
      get dialect() {
        return seen.dialect;
      },
      set dialect(dialect) {
        seen.dialect = dialect;
      },
      async learn(request, { onCharged, onReply }) {
        seen.asked.push(request);
        onCharged?.();
        const learned = await learn();
        onReply(learned.reply);
        return learned;
      },
    },
    setups: {
      async claimLook(_, maxAgeMs, leaseMs) {
        expect(leaseMs).toBe(LEASE_MS);
        seen.claims.push(Math.round(maxAgeMs));
        const state = states.shift() ?? YOURS;
        if (state instanceof Error) throw state;
        return state;
      },
      async renewLook() {},
      async saveLook(_, look) {
        if (seen.saveFails) throw new Error('the database is away');
        seen.saved.push(look);
      },
      async saveFit() {
        if (seen.saveFails) throw new Error('the database is away');
        seen.fits++;
      },
    },
    hash: 'hash',
    contents,
    budgets: {
      resetsAt: () => resetsAt,
      takeCall: () => void seen.calls++,
      takeTokens: (count) => void (seen.tokens += count),
    },
    usage: { count: (used) => void seen.counted.push(used) },
    metrics: seen.metrics,
    log: createLog('debug', 'worker', { write: (line) => void seen.logs.push(JSON.parse(line)) }),
    timeoutMs: TIMEOUT_MS,
  });
  return Object.assign(seen, { looks, now: () => looks.look(performance.now()) });
}

const learned = (reply: Partial<Learned['reply']> = {}, dialect: Partial<Dialect> = {}): Learned => ({
  dialect: { ...FIRST, ...dialect },
  reply: fits({ promptTokens: 1_000, ...reply }),
});
const refuses = (error: Error) => async () => {
  throw error;
};

describe('a look that the fleet has', () => {
  test('is used without a call, with its dialect', async () => {
    const dialect = { ...FIRST, format: 'none', streams: false };
    const worker = startLooks({ states: [known({ kind: 'answered', fits: true, dialect })] });
    expect(await worker.now()).toMatchObject({ kind: 'answered', dialect });
    expect(worker.asked).toEqual([]);
    expect(worker.saved).toEqual([]);
    expect(worker.dialect).toEqual(dialect);
  });

  test('is asked for by its age', async () => {
    const worker = startLooks({ states: [known(ANSWERED), known(ANSWERED)] });
    await worker.looks.look(performance.now() - 60_000);
    await worker.now();
    expect(worker.claims).toEqual([60_000, 0]);
  });

  test('that is a refusal leaves the dialect as it is', async () => {
    const worker = startLooks({ states: [known({ kind: 'refused', reason: 'quota', facts: FACTS })] });
    expect(await worker.now()).toEqual({ kind: 'refused', reason: 'quota', facts: FACTS });
    expect(worker.dialect).toEqual(FIRST);
  });
});

describe('a look that is this worker’s task', () => {
  test('asks a made-up assessment, under a key of its own, and tells the fleet what it has seen', async () => {
    const worker = startLooks({ learn: () => learned({}, { format: 'reduced' }) });
    const look = { kind: 'answered', fits: true, dialect: { ...FIRST, format: 'reduced' } };
    expect(await worker.now()).toEqual(look);
    expect(worker.saved).toEqual([look]);
    await worker.now();
    const [one, other] = worker.asked;
    expect(one?.idempotencyKey).toMatch(/^look:/);
    expect(other?.idempotencyKey).not.toBe(one?.idempotencyKey);
    expect(JSON.stringify(one?.messages)).toContain('no person has filled it in');
    expect(worker.calls).toBe(2);
    expect(await notZero(worker.metrics.modelLooks)).toMatchObject([{ labels: { outcome: 'answered' }, value: 2 }]);
  });

  test('starts with the dialect that the fleet knew, and asks with the questionnaire of the longest prompt', async () => {
    const dialect = { ...FIRST, tokensParameter: 'max_tokens' };
    const look: Look = { kind: 'answered', fits: true, dialect };
    let asked: Dialect | undefined;
    const worker = startLooks({
      states: [{ kind: 'yours', look, hasFitted: true }],
      contents: [wellbeing, ipip],
      learn: () => {
        asked = worker.dialect;
        return learned();
      },
    });
    await worker.now();
    expect(asked).toEqual(dialect);
    expect(JSON.stringify(worker.asked[0]?.messages)).toContain('ipip-neo-120@1');
    expect(worker.looks.hasFitted()).toBe(true);
  });

  test('tells how the provider is asked, once for each look', async () => {
    const worker = startLooks({ learn: () => learned({ completionTokens: 50 }, { format: 'json_object' }) });
    await worker.now();
    expect(worker.logs).toEqual([
      expect.objectContaining({
        level: 'info',
        model: 'asked-for',
        host: 'provider.invalid',
        format: 'json_object',
        tokensParameter: 'max_completion_tokens',
        streams: true,
        fits: true,
        promptTokens: 1_000,
        completionTokens: 50,
      }),
    ]);
    expect(worker.tokens).toBe(1_050);
    expect(worker.counted).toMatchObject([{ promptTokens: 1_000 }]);
  });

  test('whose reply is of no use says so, and what to do', async () => {
    const worker = startLooks({ learn: () => learned({ text: 'prose' }) });
    expect(await worker.now()).toMatchObject({ kind: 'answered', fits: false });
    expect(worker.logs.filter(({ level }) => level === 'warn')).toEqual([
      expect.objectContaining({ model: 'asked-for', msg: expect.stringContaining('response_format') }),
    ]);
  });

  test.each([
    ['far fewer tokens than the prompt has', 50, 1],
    ['about as many tokens as the prompt has', 1_000, 0],
    ['tokens that it does not count', null, 0],
  ])('of a provider that has read %s tells that prompts are cut, or not', async (_, promptTokens, warnings) => {
    const worker = startLooks({ learn: () => learned({ promptTokens }) });
    expect(await worker.now()).toMatchObject({ kind: 'answered', fits: true });
    const told = worker.logs.filter(({ msg }) => String(msg).includes('it cuts prompts'));
    expect(told).toHaveLength(warnings);
    const line = { level: 'warn', promptTokens, msg: expect.stringContaining('OLLAMA_CONTEXT_LENGTH') };
    expect(told).toMatchObject(told.map(() => line));
  });

  test.each<[string, Error, Look]>([
    ['a refusal', new ProviderRefusal('unexplained', FACTS), { kind: 'refused', reason: 'unexplained', facts: FACTS }],
    ['a used-up quota', new ProviderRefusal('quota', FACTS), { kind: 'refused', reason: 'quota', facts: FACTS }],
    ['a rate limit', new ProviderPause({ delayMs: 1 }), { kind: 'refused', reason: 'rate-limit', facts: null }],
    [
      'a failure',
      new ProviderFailure('the model provider failed (503)', { mayHaveCharged: false }),
      { kind: 'failed' },
    ],
    ['an error of this program', new TypeError('a mistake'), { kind: 'failed' }],
    ['a refusal of the model', new ModelRefusal(), { kind: 'answered', fits: false, dialect: FIRST }],
  ])('that ends with %s says so to the fleet', async (_, error, look) => {
    const worker = startLooks({ learn: refuses(error) });
    expect(await worker.now()).toEqual(look);
    expect(worker.saved).toEqual([look]);
    expect(await notZero(worker.metrics.modelLooks)).toMatchObject([{ labels: { outcome: look.kind }, value: 1 }]);
  });

  test('is not made while a budget is used up, and is free for others', async () => {
    const worker = startLooks({ resetsAt: new Date('2026-01-01') });
    expect(await worker.now()).toBeUndefined();
    expect([worker.asked, worker.calls, worker.saved]).toEqual([[], 0, [undefined]]);
  });

  test('is shared by all who need one at the same time', async () => {
    const replying = gate<Learned>();
    const worker = startLooks({ learn: () => replying.promise });
    const looks = [worker.now(), worker.now(), worker.now()];
    await pass();
    expect(worker.asked).toHaveLength(1);
    replying.open(learned());
    const [one, ...more] = await Promise.all(looks);
    expect(more).toEqual([one, one]);
    expect(worker.asked).toHaveLength(1);
  });
});

describe('a look that another worker makes', () => {
  test('is waited for', async () => {
    const worker = startLooks({ states: [OTHERS, OTHERS, OTHERS, known(ANSWERED, true)] });
    const look = worker.now();
    await pass(749);
    expect(worker.claims).toHaveLength(3);
    await pass(1);
    expect(await look).toEqual(ANSWERED);
    expect(worker.asked).toEqual([]);
    expect(worker.looks.hasFitted()).toBe(true);
    // The look may be older by the time that was waited for.
    expect(worker.claims).toEqual([0, 250, 500, 750]);
  });

  test('is taken over if that worker ends', async () => {
    const worker = startLooks({ states: [OTHERS, YOURS] });
    const look = worker.now();
    await pass(250);
    expect(await look).toMatchObject({ kind: 'answered' });
    expect(worker.saved).toHaveLength(1);
  });

  test('is waited for no longer than it may take', async () => {
    const worker = startLooks({ states: Array.from({ length: 1_000 }, () => OTHERS) });
    const look = worker.now();
    await pass(PATIENCE_MS);
    expect(worker.asked).toEqual([]);
    await pass(500);
    expect(await look).toMatchObject({ kind: 'answered' });
    expect(worker.saved).toEqual([]);
  });

  test('is waited for until this worker stops', async () => {
    const worker = startLooks({ states: Array.from({ length: 1_000 }, () => OTHERS) });
    const look = worker.now();
    await pass(1_000);
    worker.looks.stop();
    await pass();
    expect(await look).toBeUndefined();
    expect(worker.asked).toEqual([]);
  });
});

describe('without the database', () => {
  test('a worker looks by itself', async () => {
    const worker = startLooks({ states: [new Error('the database is away')] });
    expect(await worker.now()).toMatchObject({ kind: 'answered' });
    expect(worker.saved).toEqual([]);
  });

  test('what was seen is used, even if it can not be told', async () => {
    const worker = startLooks();
    worker.saveFails = true;
    expect(await worker.now()).toMatchObject({ kind: 'answered' });
  });

  test('a fit is noted with the next one', async () => {
    const worker = startLooks();
    worker.saveFails = true;
    worker.looks.fitted();
    await pass();
    expect(worker.looks.hasFitted()).toBe(true);
    worker.saveFails = false;
    worker.looks.fitted();
    worker.looks.fitted();
    await pass();
    expect(worker.fits).toBe(1);
  });
});

test('a look is broken off when the worker stops, and says nothing', async () => {
  const worker = startLooks({
    learn: async () => {
      const [request] = worker.asked;
      await new Promise((resolve) => request?.signal.addEventListener('abort', resolve));
      throw new ProviderFailure('the model call did not end in time', { mayHaveCharged: true });
    },
  });
  const look = worker.now();
  await pass();
  worker.looks.stop();
  expect(await look).toBeUndefined();
  expect(worker.saved).toEqual([undefined]);
  expect(await notZero(worker.metrics.modelLooks)).toEqual([]);
  expect(await worker.now()).toBeUndefined();
  expect(worker.asked).toHaveLength(1);
});

test('a reply of use is noted once', async () => {
  const worker = startLooks();
  expect(worker.looks.hasFitted()).toBe(false);
  worker.looks.fitted();
  worker.looks.fitted();
  await pass();
  expect([worker.looks.hasFitted(), worker.fits]).toEqual([true, 1]);
});

test('a model without a provider needs no looks', async () => {
  expect([withoutLooks.areNeeded, withoutLooks.hasFitted()]).toEqual([false, true]);
  expect(await withoutLooks.look(0)).toMatchObject({ kind: 'answered', fits: true });
});
