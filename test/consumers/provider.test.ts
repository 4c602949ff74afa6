import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderFailure, ProviderPause } from '../../src/entities/provider-failure.ts';
import { Permanent } from '../../src/errors.ts';
import { fits, gate, pass, startWorker, type WorkerHarness } from './worker-harness.ts';
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

test('a rate limit stops new work for its delay, counts no attempt, and then frees all slots', async () => {
  const worker = startWorker({ concurrency: 5, random: () => 0 });
  // The time since the worker's start makes no difference.
  await pass(60_000);
  await callInSequence(worker, refuses(new ProviderPause('rate-limit', { delayMs: 10_000 })));
  expect(worker.released).toMatchObject([{ delayMs: 10_000, returnAttempt: true }]);
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
  const { pulls } = worker;
  await pass(9_999);
  expect([worker.slots(), worker.pulls]).toEqual([0, pulls]);
  await pass(1);
  expect(worker.slots()).toBe(5);
  expect(worker.pulls).toBeGreaterThan(pulls);
  expect(await pausedBy(worker)).toEqual([]);
});

test('the longest of several delays decides', async () => {
  const worker = startWorker({ concurrency: 5 });
  const calls = [10_000, 60_000, 1_000].map((delayMs) => ({ delayMs, replying: gate<ReturnType<typeof fits>>() }));
  for (const { replying } of calls) {
    worker.script.push(() => replying.promise);
    worker.deliver();
  }
  await pass();
  for (const { delayMs, replying } of calls) replying.fail(new ProviderPause('rate-limit', { delayMs }));
  await pass(59_999);
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
  await pass(1);
  expect(worker.slots()).toBe(5);
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
  replying.fail(new ProviderPause('rate-limit', { delayMs: 10_000 }));
  await pass();
  expect(worker.pulls).toBeGreaterThan(pulls);
});

test.each(['quota', 'configuration'] as const)(
  'a refusal that only a person can mend (%s) fails no assessment: one at a time is the probe until it works',
  async (reason) => {
    const worker = startWorker({ concurrency: 5 });
    const refused = refuses(new ProviderPause(reason, { delayMs: 30_000 }));
    await callInSequence(worker, refused);
    await pass(30_000);
    expect(worker.slots()).toBe(1);
    await callInSequence(worker, refused);
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual([reason]);
    expect(worker.released.map(({ returnAttempt }) => returnAttempt)).toEqual([true, true]);
    expect(worker.finished).toEqual([]);
    await pass(30_000);
    await callInSequence(worker, () => fits());
    expect(worker.slots()).toBe(5);
    expect(await pausedBy(worker)).toEqual([]);
    expect(worker.logs).toContainEqual(expect.objectContaining({ msg: 'the model provider works again' }));
  },
);

describe('an outage', () => {
  test('is assumed after five failures in a row, of any assessments', async () => {
    const worker = startWorker({ concurrency: 5 });
    await callInSequence(worker, down, silent, down, silent);
    expect(worker.slots()).toBe(5);
    await callInSequence(worker, down);
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual(['outage']);
  });

  test.each<[string, () => ReturnType<typeof fits>]>([
    ['a reply', () => fits()],
    ['a refusal of the request', refuses(new Permanent('AI_REJECTED', 'no'))],
  ])('is not assumed if %s comes in between', async (_, between) => {
    const worker = startWorker({ concurrency: 5 });
    await callInSequence(worker, down, down, down, down, between, down, down, down, down);
    expect(worker.slots()).toBe(5);
  });

  test('is probed by one assessment every 30 seconds, and over with the first reply', async () => {
    const worker = startWorker({ concurrency: 5 });
    await callInSequence(worker, down, down, down, down, down);
    for (let probe = 0; probe < 3; probe++) {
      await pass(29_999);
      expect(worker.slots()).toBe(0);
      await pass(1);
      expect(worker.slots()).toBe(1);
      expect(await pausedBy(worker)).toEqual(['outage']);
      const replying = gate<ReturnType<typeof fits>>();
      worker.script.push(() => replying.promise);
      worker.deliver();
      await pass();
      expect(worker.slots()).toBe(0);
      replying.fail(new ProviderFailure('the model provider failed (503)', { mayHaveCharged: false }));
      await pass();
    }
    await pass(30_000);
    await callInSequence(worker, () => fits());
    expect(worker.slots()).toBe(5);
    expect(await pausedBy(worker)).toEqual([]);
  });

  test('costs no attempts after the first five failures, however long it lasts', async () => {
    const worker = startWorker({ concurrency: 5 });
    await callInSequence(worker, down, down, down, down, down);
    for (let probe = 0; probe < 10; probe++) {
      await pass(30_000);
      await callInSequence(worker, down);
    }
    expect(worker.released.map(({ returnAttempt }) => returnAttempt)).toEqual([
      ...Array.from({ length: 5 }, () => false),
      ...Array.from({ length: 10 }, () => true),
    ]);
  });

  test('costs an attempt of an assessment that is the probe twice in a row, since the provider may fail because of it', async () => {
    const worker = startWorker({ concurrency: 5 });
    await callInSequence(worker, down, down, down, down, down);
    const [first, second] = [randomUUID(), randomUUID()];
    for (const assessmentId of [first, first, second, first]) {
      await pass(30_000);
      worker.script.push(down);
      worker.deliver({ assessmentId });
      await pass();
    }
    expect(worker.released.slice(5).map(({ returnAttempt }) => returnAttempt)).toEqual([true, false, true, true]);
  });

  test('is also assumed if more than half of the last twenty calls failed', async () => {
    const worker = startWorker({ concurrency: 5 });
    const replies = () => fits();
    const half = [down, replies, silent, replies];
    await callInSequence(worker, ...half, ...half, ...half, ...half, ...half);
    expect(worker.slots()).toBe(5);
    await callInSequence(worker, down, down);
    expect(worker.slots()).toBe(0);
    await pass(30_000);
    // The calls before the outage do not count after it.
    await callInSequence(worker, replies, down, down);
    expect(worker.slots()).toBe(5);
  });

  test('is probed again after the delay that the provider gave to the probe', async () => {
    const worker = startWorker({ concurrency: 5, random: () => 0 });
    await callInSequence(worker, down, down, down, down, down);
    await pass(30_000);
    const busy = new ProviderFailure('the model provider failed (503)', { mayHaveCharged: false, delayMs: 45_000 });
    await callInSequence(worker, refuses(busy));
    expect(worker.released.at(-1)).toMatchObject({ delayMs: 45_000, returnAttempt: true });
  });

  test('costs the attempt of a probe that may have been charged', async () => {
    const worker = startWorker({ concurrency: 5 });
    await callInSequence(worker, down, down, down, down, down);
    await pass(30_000);
    await callInSequence(worker, silent);
    expect(worker.released.at(-1)).toMatchObject({ returnAttempt: false });
  });
});

test('a reply to an earlier call does not end a pause that another call has caused', async () => {
  const worker = startWorker({ concurrency: 5 });
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  worker.deliver();
  await callInSequence(worker, refuses(new ProviderPause('rate-limit', { delayMs: 10_000 })));
  replying.open(fits());
  await pass();
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
});

test('a reply to an earlier call does not skip the probe after a pause', async () => {
  const worker = startWorker({ concurrency: 5, random: () => 0 });
  const replying = gate<ReturnType<typeof fits>>();
  await callInSequence(worker, () => replying.promise, refuses(new ProviderPause('quota', { delayMs: 300_000 })));
  replying.open(fits());
  await pass();
  expect([worker.slots(), await pausedBy(worker)]).toEqual([0, ['quota']]);
  await pass(300_000);
  expect(worker.slots()).toBe(1);
});

test('with the first reply after an outage all slots are free at once, before that reply is saved', async () => {
  const worker = startWorker({ concurrency: 5 });
  await callInSequence(worker, down, down, down, down, down);
  await pass(30_000);
  worker.store.finish = () => gate<never>().promise;
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  worker.deliver();
  await pass();
  const { pulls } = worker;
  replying.open(fits());
  await pass();
  expect(worker.slots()).toBe(5);
  expect(worker.pulls).toBeGreaterThan(pulls);
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
