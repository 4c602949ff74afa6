import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderFailure, ProviderPause } from '../../src/entities/provider-failure.ts';
import { Permanent } from '../../src/errors.ts';
import { fits, gate, pass, startWorker, type WorkerHarness } from './worker-harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refuses = (error: Error) => () => {
  throw error;
};
const down = refuses(new ProviderFailure('the model provider failed (503)', { mayHaveCharged: false }));
const silent = refuses(new ProviderFailure('the model call did not end in time', { mayHaveCharged: true }));

/** One assessment after another, each with that behaviour of the model. */
async function failInTurn(worker: WorkerHarness, ...behaviours: WorkerHarness['script']): Promise<void> {
  for (const behaviour of behaviours) {
    worker.script.push(behaviour);
    worker.deliver();
    await pass();
  }
}

async function pausedBy({ metrics }: WorkerHarness): Promise<string[]> {
  const { values } = await metrics.modelPaused.get();
  return values.filter(({ value }) => value === 1).map(({ labels }) => String(labels.reason));
}

test('a rate limit stops new work for so long, with no attempt counted, and then all go on', async () => {
  const worker = startWorker({ concurrency: 5, random: () => 0 });
  // However long it has been running by then.
  await pass(60_000);
  await failInTurn(worker, refuses(new ProviderPause('rate-limit', { delayMs: 10_000 })));
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

test('of several waits the longest holds', async () => {
  const worker = startWorker({ concurrency: 5 });
  const calls = [10_000, 60_000, 1_000].map((delayMs) => ({ delayMs, answering: gate<ReturnType<typeof fits>>() }));
  for (const { answering } of calls) {
    worker.script.push(() => answering.promise);
    worker.deliver();
  }
  await pass();
  for (const { delayMs, answering } of calls) answering.fail(new ProviderPause('rate-limit', { delayMs }));
  await pass(59_999);
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
  await pass(1);
  expect(worker.slots()).toBe(5);
  expect(await pausedBy(worker)).toEqual([]);
});

test('what was asked of the broker is asked anew as soon as there are no slots any more', async () => {
  const worker = startWorker({ concurrency: 5 });
  // The attempt is not over before it is given back.
  worker.store.release = () => gate<boolean>().promise;
  const answering = gate<ReturnType<typeof fits>>();
  worker.script.push(() => answering.promise);
  worker.deliver();
  await pass();
  const { pulls } = worker;
  answering.fail(new ProviderPause('rate-limit', { delayMs: 10_000 }));
  await pass();
  expect(worker.pulls).toBeGreaterThan(pulls);
});

test.each(['quota', 'configuration'] as const)(
  'what only a person can mend (%s) fails nothing: it is tried by one at a time until it works',
  async (reason) => {
    const worker = startWorker({ concurrency: 5 });
    const refused = refuses(new ProviderPause(reason, { delayMs: 30_000 }));
    await failInTurn(worker, refused);
    await pass(30_000);
    expect(worker.slots()).toBe(1);
    await failInTurn(worker, refused);
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual([reason]);
    expect(worker.released.map(({ returnAttempt }) => returnAttempt)).toEqual([true, true]);
    expect(worker.finished).toEqual([]);
    await pass(30_000);
    await failInTurn(worker, () => fits());
    expect(worker.slots()).toBe(5);
    expect(await pausedBy(worker)).toEqual([]);
    expect(worker.logs).toContainEqual(expect.objectContaining({ msg: 'the model provider works again' }));
  },
);

describe('an outage', () => {
  test('is one after five failures in a row, whoever they struck', async () => {
    const worker = startWorker({ concurrency: 5 });
    await failInTurn(worker, down, silent, down, silent);
    expect(worker.slots()).toBe(5);
    await failInTurn(worker, down);
    expect(worker.slots()).toBe(0);
    expect(await pausedBy(worker)).toEqual(['outage']);
  });

  test.each<[string, () => ReturnType<typeof fits>]>([
    ['an answer', () => fits()],
    ['a refusal of what was asked', refuses(new Permanent('AI_REJECTED', 'no'))],
  ])('is none where %s comes in between', async (_, between) => {
    const worker = startWorker({ concurrency: 5 });
    await failInTurn(worker, down, down, down, down, between, down, down, down, down);
    expect(worker.slots()).toBe(5);
  });

  test('is probed by one assessment every 30 seconds, and over with the first answer', async () => {
    const worker = startWorker({ concurrency: 5 });
    await failInTurn(worker, down, down, down, down, down);
    for (let probe = 0; probe < 3; probe++) {
      await pass(29_999);
      expect(worker.slots()).toBe(0);
      await pass(1);
      expect(worker.slots()).toBe(1);
      expect(await pausedBy(worker)).toEqual(['outage']);
      const answering = gate<ReturnType<typeof fits>>();
      worker.script.push(() => answering.promise);
      worker.deliver();
      await pass();
      expect(worker.slots()).toBe(0);
      answering.fail(new ProviderFailure('the model provider failed (503)', { mayHaveCharged: false }));
      await pass();
    }
    await pass(30_000);
    await failInTurn(worker, () => fits());
    expect(worker.slots()).toBe(5);
    expect(await pausedBy(worker)).toEqual([]);
  });

  test('costs no attempts beyond those that showed it, however long it lasts', async () => {
    const worker = startWorker({ concurrency: 5 });
    await failInTurn(worker, down, down, down, down, down);
    for (let probe = 0; probe < 10; probe++) {
      await pass(30_000);
      await failInTurn(worker, down);
    }
    expect(worker.released.map(({ returnAttempt }) => returnAttempt)).toEqual([
      ...Array.from({ length: 5 }, () => false),
      ...Array.from({ length: 10 }, () => true),
    ]);
  });

  test('is none of the assessment’s that probes twice running: perhaps it is what the provider fails on', async () => {
    const worker = startWorker({ concurrency: 5 });
    await failInTurn(worker, down, down, down, down, down);
    const [first, second] = [randomUUID(), randomUUID()];
    for (const assessmentId of [first, first, second, first]) {
      await pass(30_000);
      worker.script.push(down);
      worker.deliver({ assessmentId });
      await pass();
    }
    expect(worker.released.slice(5).map(({ returnAttempt }) => returnAttempt)).toEqual([true, false, true, true]);
  });

  test('is one too where more than half of the last twenty calls failed', async () => {
    const worker = startWorker({ concurrency: 5 });
    const answered = () => fits();
    const half = [down, answered, silent, answered];
    await failInTurn(worker, ...half, ...half, ...half, ...half, ...half);
    expect(worker.slots()).toBe(5);
    await failInTurn(worker, down, down);
    expect(worker.slots()).toBe(0);
    await pass(30_000);
    // What was before the outage says nothing about what comes after it.
    await failInTurn(worker, answered, down, down);
    expect(worker.slots()).toBe(5);
  });

  test('is waited out for as long as the provider asks the probe to', async () => {
    const worker = startWorker({ concurrency: 5, random: () => 0 });
    await failInTurn(worker, down, down, down, down, down);
    await pass(30_000);
    const busy = new ProviderFailure('the model provider failed (503)', { mayHaveCharged: false, delayMs: 45_000 });
    await failInTurn(worker, refuses(busy));
    expect(worker.released.at(-1)).toMatchObject({ delayMs: 45_000, returnAttempt: true });
  });

  test('in which a probe may have been charged costs that attempt', async () => {
    const worker = startWorker({ concurrency: 5 });
    await failInTurn(worker, down, down, down, down, down);
    await pass(30_000);
    await failInTurn(worker, silent);
    expect(worker.released.at(-1)).toMatchObject({ returnAttempt: false });
  });
});

test('an answer that was on its way does not end a wait that somebody else was told', async () => {
  const worker = startWorker({ concurrency: 5 });
  const answering = gate<ReturnType<typeof fits>>();
  worker.script.push(() => answering.promise);
  worker.deliver();
  await failInTurn(worker, refuses(new ProviderPause('rate-limit', { delayMs: 10_000 })));
  answering.open(fits());
  await pass();
  expect(worker.slots()).toBe(0);
  expect(await pausedBy(worker)).toEqual(['rate-limit']);
});

test('nor what is to follow it: one goes first', async () => {
  const worker = startWorker({ concurrency: 5, random: () => 0 });
  const answering = gate<ReturnType<typeof fits>>();
  await failInTurn(worker, () => answering.promise, refuses(new ProviderPause('quota', { delayMs: 300_000 })));
  answering.open(fits());
  await pass();
  expect([worker.slots(), await pausedBy(worker)]).toEqual([0, ['quota']]);
  await pass(300_000);
  expect(worker.slots()).toBe(1);
});

test('with the first answer after an outage all slots are asked for at once, before that answer is saved', async () => {
  const worker = startWorker({ concurrency: 5 });
  await failInTurn(worker, down, down, down, down, down);
  await pass(30_000);
  worker.store.finish = () => gate<never>().promise;
  const answering = gate<ReturnType<typeof fits>>();
  worker.script.push(() => answering.promise);
  worker.deliver();
  await pass();
  const { pulls } = worker;
  answering.open(fits());
  await pass();
  expect(worker.slots()).toBe(5);
  expect(worker.pulls).toBeGreaterThan(pulls);
});

test('a mistake of ours is no outage of the provider', async () => {
  const worker = startWorker({ concurrency: 5 });
  const mistake = refuses(new TypeError('a mistake of ours'));
  await failInTurn(worker, ...Array.from({ length: 6 }, () => mistake));
  expect(worker.slots()).toBe(5);
});

test('calls that are ended from here say nothing about the provider', async () => {
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
