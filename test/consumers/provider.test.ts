import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withoutLimit, type Limiter } from '../../src/consumers/limiter.ts';
import type { Look } from '../../src/entities/model-setup.ts';
import { ProviderFailure, ProviderPause, ProviderRefusal } from '../../src/entities/provider-failure.ts';
import { Permanent } from '../../src/errors.ts';
import { claimOf, DIALECT, fits, gate, pass, startWorker, type WorkerHarness } from './worker-harness.ts';
import { ANSWERED, FACTS, FAILED, PLAYED, REFUSED, scriptedLooks, UNFIT, type ScriptedLooks } from './looks.ts';
import type { AskedModel } from '../../src/consumers/job.ts';
import { withoutLooks } from '../../src/consumers/look.ts';
import { watchUsage } from '../../src/consumers/usage.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { notZero } from '../support/metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refuses = (error: Error) => () => {
  throw error;
};
const down = refuses(new ProviderFailure('the model provider failed (503)', { mayHaveCharged: false }));
const silent = refuses(new ProviderFailure('the model call did not end in time', { mayHaveCharged: true }));

/** Runs one assessment after another, each with one behaviour of the model. */
async function callInSequence(worker: WorkerHarness, ...behaviours: WorkerHarness['script']): Promise<void> {
  for (const behaviour of behaviours) {
    worker.script.push(behaviour);
    worker.deliver();
    await pass();
  }
}

async function pausedBy({ metrics }: WorkerHarness): Promise<string[]> {
  const values = await notZero(metrics.modelPaused);
  return values.filter(({ value }) => value === 1).map(({ labels }) => String(labels.reason));
}

test('a rate limit stops new work for its delay and counts no attempt', async () => {
  const worker = startWorker({ concurrency: 5, random: () => 0 });
  // The time since the worker's start makes no difference.
  await pass(60_000);
  await callInSequence(worker, refuses(new ProviderPause({ delayMs: 10_000 })));
  expect(worker.released).toMatchObject([{ delayMs: 10_000, returnAttempt: true }]);
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
  const { pulls } = worker;
  await pass(9_999);
  expect([worker.slots(), worker.pulls]).toEqual([0, pulls]);
  await pass(1);
  expect(worker.slots()).toBe(1);
  expect(worker.pulls).toBeGreaterThan(pulls);
  expect(await pausedBy(worker)).toEqual([]);
  await callInSequence(worker, () => fits());
  expect(worker.slots()).toBe(5);
});

test('the longest of several delays decides', async () => {
  const worker = startWorker({ concurrency: 5 });
  const calls = [10_000, 60_000, 1_000].map((delayMs) => ({ delayMs, replying: gate<ReturnType<typeof fits>>() }));
  for (const { replying } of calls) {
    worker.script.push(() => replying.promise);
    worker.deliver();
  }
  await pass();
  for (const { delayMs, replying } of calls) replying.fail(new ProviderPause({ delayMs }));
  await pass(59_999);
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
  await pass(1);
  expect(worker.slots()).toBe(1);
  expect(await pausedBy(worker)).toEqual([]);
});

test('the pull for messages is renewed as soon as a pause leaves no slots', async () => {
  const worker = startWorker({ concurrency: 5 });
  // The attempt is not over before it is given back.
  worker.store.release = () => gate<boolean>().promise;
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  worker.deliver();
  await pass();
  const { pulls } = worker;
  replying.fail(new ProviderPause({ delayMs: 10_000 }));
  await pass();
  expect(worker.pulls).toBeGreaterThan(pulls);
});

test('after a rate limit one call goes first, and the pauses grow while it is refused again', async () => {
  const worker = startWorker({ concurrency: 5, random: () => 0 });
  const delays: number[] = [];
  for (const waitMs of [5_000, 10_000, 20_000, 40_000]) {
    await callInSequence(worker, refuses(new ProviderPause()));
    delays.push(worker.released.at(-1)?.delayMs ?? 0);
    await pass(waitMs - 1);
    expect(worker.slots()).toBe(0);
    await pass(1);
    expect(worker.slots()).toBe(1);
  }
  await callInSequence(worker, () => fits(), refuses(new ProviderPause()));
  await pass(5_000);
  expect(worker.slots()).toBe(1);
});

test('a reply that says that nothing remains of a limit stops new calls until the reset, before any is refused', async () => {
  const worker = startWorker({ concurrency: 5 });
  await callInSequence(worker, () => fits({ restMs: 20_000 }));
  expect(worker.finished).toHaveLength(1);
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
  const { pulls } = worker;
  await pass(19_999);
  expect([worker.slots(), worker.pulls]).toEqual([0, pulls]);
  await pass(1);
  expect(worker.slots()).toBe(5);
  expect(worker.pulls).toBeGreaterThan(pulls);
  expect(await pausedBy(worker)).toEqual([]);
});

describe('with a known limit', () => {
  const limited = (permits: number): Limiter => ({
    ...withoutLimit,
    isKnown: () => true,
    permitted: (wanted) => Math.min(wanted, permits),
  });

  test('no more work is begun than there are permits, claimed work included', async () => {
    const worker = startWorker({ concurrency: 5, limiter: limited(3) });
    const claiming = gate<ReturnType<typeof claimOf>>();
    worker.store.claim = () => claiming.promise;
    expect(worker.slots()).toBe(3);
    worker.deliver();
    expect(worker.slots()).toBe(2);
  });

  test('the pause ends for all slots at once, is a second where the provider names no time, and does not grow', async () => {
    const worker = startWorker({ concurrency: 5, limiter: limited(5) });
    for (let nth = 0; nth < 3; nth++) {
      await callInSequence(worker, refuses(new ProviderPause()));
      expect(worker.slots()).toBe(0);
      await pass(1_000);
      expect(worker.slots()).toBe(5);
    }
  });

  test('a reply that says that nothing remains does not stop work: the permits are enough', async () => {
    const worker = startWorker({ concurrency: 5, limiter: limited(5) });
    await callInSequence(worker, () => fits({ restMs: 20_000 }));
    expect(worker.slots()).toBe(5);
  });
});

describe('a refusal that is not explained', () => {
  const refused = refuses(new ProviderRefusal('unexplained', FACTS));

  test('of one assessment is its own if a made-up one is answered: it counts, and nobody waits', async () => {
    const looks = scriptedLooks(ANSWERED, ANSWERED);
    const worker = startWorker({ concurrency: 5, looks, maxAttempts: 2 });
    await pass();
    const assessmentId = randomUUID();
    for (const attempts of [1, 2]) {
      worker.store.claim = (id, token) => claimOf(id, token, { attempts });
      worker.script.push(refused);
      worker.deliver({ assessmentId });
      await pass();
      expect(worker.slots()).toBe(5);
    }
    expect(worker.released).toMatchObject([{ returnAttempt: false }]);
    expect(worker.finished).toMatchObject([{ outcome: { status: 'failed', code: 'AI_REJECTED' } }]);
    // One at the start, and one before the last attempt counts: a look of some seconds ago was enough before.
    expect(looks.count).toBe(2);
  });

  test('of everybody fails nobody: work waits, one line says what to change, and it goes on by itself', async () => {
    const looks = scriptedLooks(ANSWERED, REFUSED, REFUSED, REFUSED, ANSWERED);
    const worker = startWorker({ concurrency: 5, looks, maxAttempts: 1 });
    await pass();
    await callInSequence(worker, refused);
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual(['configuration']);
    expect(worker.released).toMatchObject([{ returnAttempt: true }]);
    await pass(2_000 + 4_000 + 8_000);
    expect(worker.slots()).toBe(5);
    expect(await pausedBy(worker)).toEqual([]);
    expect(worker.finished).toEqual([]);
    expect(worker.logs.filter(({ level }) => level === 'error')).toEqual([
      expect.objectContaining({ ...FACTS, reason: 'configuration', msg: expect.stringContaining('OPENAI_API_KEY') }),
    ]);
    expect(worker.logs).toContainEqual(expect.objectContaining({ msg: 'the model provider works again' }));
  });

  test('is no attempt if the look has learned another dialect', async () => {
    const looks = scriptedLooks(ANSWERED, ANSWERED);
    const worker = startWorker({ concurrency: 5, looks, maxAttempts: 1, random: () => 0 });
    await pass();
    looks.onLook = () => (worker.dialect = { ...worker.dialect, format: 'none' });
    await callInSequence(worker, refused);
    expect(worker.released).toMatchObject([{ returnAttempt: true, delayMs: 100 }]);
    expect(worker.slots()).toBe(5);
  });

  test('of several assessments is judged by one look, and by another one after three of them', async () => {
    const looks = scriptedLooks(ANSWERED, ANSWERED, ANSWERED);
    const worker = startWorker({ concurrency: 5, looks });
    await pass();
    await callInSequence(worker, refused, refused, refused);
    expect(looks.count).toBe(1);
    await callInSequence(worker, refused);
    expect(looks.count).toBe(2);
    expect(worker.released.map(({ returnAttempt }) => returnAttempt)).toEqual([false, false, false, false]);
  });

  test('is judged by the provider again if the look is at its rate limit: work rests, and nothing counts', async () => {
    const limited: Look = { kind: 'refused', reason: 'rate-limit', facts: null };
    const looks = scriptedLooks(ANSWERED, limited);
    const worker = startWorker({ concurrency: 5, looks, maxAttempts: 1, random: () => 0 });
    await pass();
    await callInSequence(worker, refused);
    expect(worker.released).toMatchObject([{ returnAttempt: true, delayMs: 5_000 }]);
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual(['rate-limit']);
  });

  test('of a call in the dialect of before is no attempt, and leads to no look', async () => {
    const looks = scriptedLooks(ANSWERED);
    const worker = startWorker({ concurrency: 5, looks, maxAttempts: 1 });
    await pass();
    worker.script.push(() => {
      worker.dialect = { ...worker.dialect, format: 'none' };
      return refused();
    });
    worker.deliver();
    await pass();
    expect(worker.released).toMatchObject([{ returnAttempt: true }]);
    expect(looks.count).toBe(1);
  });

  test('because the prompt is longer than the context fails it at once if others are answered', async () => {
    const looks = scriptedLooks(ANSWERED, ANSWERED);
    const worker = startWorker({ concurrency: 5, looks });
    await pass();
    await callInSequence(worker, refuses(new ProviderRefusal('too-long', FACTS)));
    expect(looks.count).toBe(2);
    expect(worker.finished).toMatchObject([
      { outcome: { code: 'AI_REJECTED', lastError: expect.stringContaining('context') } },
    ]);
  });
});

describe('an outage', () => {
  test('is assumed after failures of five assessments in a row', async () => {
    const worker = startWorker({ concurrency: 5 });
    await callInSequence(worker, down, silent, down, silent);
    expect(worker.slots()).toBe(5);
    await callInSequence(worker, down);
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual(['outage']);
  });

  test('is not assumed because of one assessment, however often it fails', async () => {
    const worker = startWorker({ concurrency: 5 });
    const assessmentId = randomUUID();
    for (let attempt = 0; attempt < 20; attempt++) {
      worker.script.push(down);
      worker.deliver({ assessmentId });
      await pass();
    }
    expect(worker.slots()).toBe(5);
  });

  test('is not assumed because of streams that break off', async () => {
    const worker = startWorker({ concurrency: 5 });
    const broken = refuses(new ProviderFailure('it ended too early', { mayHaveCharged: true, inStream: true }));
    await callInSequence(worker, ...Array.from({ length: 20 }, () => broken));
    expect(worker.slots()).toBe(5);
  });

  test.each<[string, () => ReturnType<typeof fits>]>([
    ['a reply', () => fits()],
    ['a refusal of the model', refuses(new Permanent('AI_REFUSED', 'no'))],
  ])('is not assumed if %s comes in between', async (_, between) => {
    const worker = startWorker({ concurrency: 5 });
    await callInSequence(worker, down, down, down, down, between, down, down, down, down);
    expect(worker.slots()).toBe(5);
  });

  test('is over when a made-up assessment is answered, which is asked at growing distances up to 30 seconds', async () => {
    const looks = scriptedLooks(ANSWERED, FAILED, FAILED, FAILED, FAILED, FAILED, FAILED, ANSWERED);
    const worker = startWorker({ concurrency: 5, looks });
    await pass();
    await callInSequence(worker, down, down, down, down, down);
    for (const waitMs of [2_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
      const { count } = looks;
      await pass(waitMs - 1);
      expect([worker.slots(), looks.count]).toEqual([0, count]);
      expect(await pausedBy(worker)).toEqual(['outage']);
      await pass(1);
      expect(looks.count).toBe(count + 1);
    }
    expect(worker.slots()).toBe(5);
    expect(await pausedBy(worker)).toEqual([]);
    // It costs no attempts after the first five failures, however long it lasts.
    expect(worker.asked).toHaveLength(5);
  });

  test('is also assumed if the calls of more than half of the last twenty assessments failed', async () => {
    const worker = startWorker({ concurrency: 5 });
    const replies = () => fits();
    const half = [down, replies, silent, replies];
    await callInSequence(worker, ...half, ...half, ...half, ...half, ...half);
    expect(worker.slots()).toBe(5);
    await callInSequence(worker, down, down);
    expect(worker.slots()).toBe(0);
    await pass(2_000);
    // The calls before the outage do not count after it.
    await callInSequence(worker, replies, down, down);
    expect(worker.slots()).toBe(5);
  });
});

describe('at the start', () => {
  test('no work is begun before a made-up assessment is answered', async () => {
    const looking = gate<Look>();
    const looks = scriptedLooks(() => looking.promise);
    const worker = startWorker({ concurrency: 5, looks });
    await pass(10_000);
    expect(worker.slots()).toBe(0);
    looking.open(ANSWERED);
    await pass();
    expect(worker.slots()).toBe(5);
  });

  test('a refusal that the fleet saw before is looked at again', async () => {
    const looks = scriptedLooks(REFUSED, ANSWERED);
    const worker = startWorker({ concurrency: 5, looks });
    await pass();
    expect([looks.count, worker.slots()]).toEqual([2, 5]);
  });

  test('what was learned is looked at once more after a minute', async () => {
    const looking = gate<Look>();
    const looks = scriptedLooks(() => looking.promise, ANSWERED);
    const worker = startWorker({ concurrency: 5, looks });
    await pass();
    worker.dialect = { ...worker.dialect, format: 'none' };
    looking.open(ANSWERED);
    await pass(59_999);
    expect(looks.count).toBe(1);
    await pass(1);
    expect(looks.count).toBe(2);
    await pass(600_000);
    expect(looks.count).toBe(2);
  });

  test('a provider at its rate limit is taken to work', async () => {
    const limited: Look = { kind: 'refused', reason: 'rate-limit', facts: null };
    const worker = startWorker({ concurrency: 5, looks: scriptedLooks(limited, limited) });
    await pass();
    expect(worker.slots()).toBe(5);
  });
});

describe('replies that are of no use', () => {
  const useless = [() => fits({ text: 'prose' }), () => fits({ text: 'prose' })];
  const ofFive = Array.from({ length: 5 }, () => useless).flat();
  async function fiveUseless(looks: ScriptedLooks): Promise<WorkerHarness> {
    const worker = startWorker({ concurrency: 5, looks });
    await pass();
    worker.script.push(...ofFive);
    for (let one = 0; one < 5; one++) {
      worker.deliver();
      await pass();
    }
    return worker;
  }

  test('to five assessments, none fitting before, pause the model if it does not fit a made-up one either', async () => {
    const worker = await fiveUseless(scriptedLooks(UNFIT, UNFIT, UNFIT, ANSWERED));
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual(['unfit']);
    expect(worker.logs.filter(({ level }) => level === 'error')).toMatchObject([{ reason: 'unfit' }]);
    await pass(60_000);
    expect(worker.slots()).toBe(0);
    await pass(120_000);
    expect(worker.slots()).toBe(5);
  });

  test('stay a pause while the look is at its rate limit', async () => {
    const limited: Look = { kind: 'refused', reason: 'rate-limit', facts: null };
    const worker = await fiveUseless(scriptedLooks(UNFIT, UNFIT, limited, ANSWERED));
    await pass(60_000);
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual(['unfit']);
    await pass(120_000);
    expect(worker.slots()).toBe(5);
  });

  test('pause nothing if a made-up assessment is answered well, or a reply has fitted before', async () => {
    expect((await fiveUseless(scriptedLooks(ANSWERED, ANSWERED))).slots()).toBe(5);
    const looks = scriptedLooks(UNFIT, UNFIT);
    looks.fits = true;
    expect((await fiveUseless(looks)).slots()).toBe(5);
    expect(looks.count).toBe(1);
  });
});

test('a reply to an earlier call does not end a pause that another call has caused', async () => {
  const worker = startWorker({ concurrency: 5 });
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  worker.deliver();
  await callInSequence(worker, refuses(new ProviderPause({ delayMs: 10_000 })));
  replying.open(fits());
  await pass();
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
});

test('an unexpected error of this program is no outage of the provider', async () => {
  const worker = startWorker({ concurrency: 5 });
  const mistake = refuses(new TypeError('a mistake of ours'));
  await callInSequence(worker, ...Array.from({ length: 6 }, () => mistake));
  expect(worker.slots()).toBe(5);
});

test('calls that this worker aborts say nothing about the provider', async () => {
  const worker = startWorker({ concurrency: 5 });
  worker.store.renew = async () => new Set();
  for (let index = 0; index < 5; index++)
    worker.script.push(async (request) => {
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      throw new ProviderFailure('the model call did not end in time', { mayHaveCharged: true });
    });
  for (let index = 0; index < 5; index++) worker.deliver();
  await pass(5_000);
  expect(worker.consumer.running()).toBe(0);
  expect(worker.slots()).toBe(5);
});

test('calls of a paused model that hang take nothing of what the next model may begin', async () => {
  const wanted: number[] = [];
  const metrics = createMetrics();
  const log = createLog('fatal', 'worker', { write: () => {} });
  const second: AskedModel = {
    model: { ...PLAYED, dialect: DIALECT, ask: async () => fits() },
    looks: withoutLooks,
    limiter: { ...withoutLimit, isKnown: () => true, permitted: (most) => (wanted.push(most), Math.min(most, 1)) },
    usage: watchUsage({ model: PLAYED, prices: new Map(), metrics, log }),
  };
  const worker = startWorker({
    concurrency: 2,
    looks: scriptedLooks(ANSWERED, REFUSED, REFUSED),
    fallback: { models: [second], afterMs: 0 },
  });
  await pass(1_000);
  worker.script.push(() => gate<never>().promise);
  worker.deliver();
  await callInSequence(worker, refuses(new ProviderRefusal('configuration', FACTS)));
  worker.slots();
  await pass(1);
  expect(worker.slots()).toBe(1);
  expect(wanted.at(-1)).toBe(1);
});
