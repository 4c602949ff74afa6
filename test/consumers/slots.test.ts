import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Slots } from '../../src/consumers/slots.ts';
import { ProviderFailure, ProviderPause } from '../../src/entities/provider-failure.ts';
import { Permanent } from '../../src/errors.ts';
import { after, endOf, fits, gate, pass, quickCalls, startWorker } from './worker-harness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const unaborted = new AbortController().signal;

/** Makes claims and calls, one after the other, for more than a second: then the slots have evaluated their durations. */
async function work(slots: Slots, { claimMs, call }: { claimMs: number; call: () => Promise<unknown> }): Promise<void> {
  for (const until = performance.now() + 1_001; performance.now() < until;) {
    const reservation = slots.reserve();
    await pass(claimMs);
    const calling = reservation.call(call, unaborted).catch(() => {});
    await vi.runAllTimersAsync();
    await calling;
  }
}

describe('calls', () => {
  test('run as many at a time as there are slots, in the order of the claims', async () => {
    const slots = new Slots(2, () => {});
    const begun: number[] = [];
    const gates = [gate<void>(), gate<void>(), gate<void>(), gate<void>()];
    const calls = gates.map(({ promise }, index) =>
      slots.reserve().call(() => {
        begun.push(index);
        return promise;
      }, unaborted),
    );
    await pass();
    expect(begun).toEqual([0, 1]);
    gates[1]?.open();
    await pass();
    expect(begun).toEqual([0, 1, 2]);
    gates[2]?.fail(new Error('refused'));
    await expect(calls[2]).rejects.toThrow('refused');
    await pass();
    expect(begun).toEqual([0, 1, 2, 3]);
  });

  test('release their reservations when they end; an assessment without a call releases its own', async () => {
    const onFree = vi.fn<() => void>();
    const slots = new Slots(3, onFree);
    const [first, second] = [slots.reserve(), slots.reserve()];
    expect([slots.free(2), slots.reserved]).toEqual([1, 2]);
    await first.call(async () => {}, unaborted);
    first.release();
    expect([slots.free(2), slots.reserved, onFree.mock.calls.length]).toEqual([2, 1, 1]);
    second.release();
    second.release();
    expect([slots.free(1), slots.reserved, onFree.mock.calls.length]).toEqual([3, 0, 2]);
  });
});

describe('claimed ahead', () => {
  test.each([
    { title: 'nothing before anything is known', claimMs: 0, callMs: undefined, ahead: 0 },
    { title: 'nothing where a call takes seconds', claimMs: 5, callMs: 3_000, ahead: 0 },
    { title: 'what ends in the time of a claim', claimMs: 10, callMs: 40, ahead: 2 },
    { title: 'one for each slot at most', claimMs: 50, callMs: 10, ahead: 8 },
  ])('is $title', async ({ claimMs, callMs, ahead }) => {
    const slots = new Slots(8, () => {});
    if (callMs !== undefined) await work(slots, { claimMs, call: () => after(callMs) });
    expect(slots.free(0)).toBe(8 + ahead);
    expect(slots.useful).toBe(8 + 2 * ahead);
  });

  test('is nothing again once calls take longer', async () => {
    const slots = new Slots(8, () => {});
    await work(slots, { claimMs: 10, call: () => after(10) });
    expect(slots.free(0)).toBe(16);
    await work(slots, { claimMs: 10, call: () => after(800) });
    expect(slots.free(0)).toBe(8);
  });

  test('is not judged by calls that fail, which mostly fail at once', async () => {
    const slots = new Slots(8, () => {});
    await work(slots, { claimMs: 10, call: () => Promise.reject(new Error('refused')) });
    expect(slots.free(0)).toBe(8);
  });

  test.each([
    {
      title: 'nothing after a failed call, until a call succeeds',
      error: new ProviderFailure('503', { mayHaveCharged: false }),
      ahead: 0,
    },
    {
      title: 'no less after a permanent refusal',
      error: new Permanent('AI_REFUSED', 'refused'),
      ahead: 8,
    },
  ])('is $title', async ({ error, ahead }) => {
    const slots = new Slots(8, () => {});
    await work(slots, { claimMs: 10, call: () => after(10) });
    const reservation = slots.reserve();
    await pass(10);
    await reservation.call(() => Promise.reject(error), unaborted).catch(() => {});
    expect(slots.free(0)).toBe(8 + ahead);
    await work(slots, { claimMs: 10, call: () => after(10) });
    expect(slots.free(0)).toBe(16);
  });
});

describe('the worker', () => {
  test('pulls the next message while a reply is saved, but holds no more than three jobs for each slot', async () => {
    const worker = startWorker({ concurrency: 2 });
    const saving = gate<undefined>();
    worker.store.finish = () => saving.promise;
    for (const held of [1, 2, 3, 4, 5, 6]) {
      expect(worker.slots()).toBe(Math.min(2, 7 - held));
      worker.deliver();
      await pass();
    }
    expect([worker.slots(), worker.consumer.running()]).toEqual([0, 6]);
    saving.open(undefined);
    await pass();
    expect([worker.slots(), worker.consumer.running()]).toEqual([2, 0]);
  });

  test('never makes the call of an assessment that was cancelled while it waited for a slot, and ends it at once', async () => {
    const { worker, replying, waiting } = await oneWaiting();
    const id = waiting.message.assessmentId ?? '';
    const asked = worker.asked.length;
    worker.store.renew = async (ids) => new Set(ids.filter((held) => held !== id));
    worker.store.endOf = async () => endOf(id, { status: 'cancelled' });
    worker.announceCancel(id);
    await pass();
    expect([worker.consumer.running(), waiting.acks]).toEqual([1, ['ack']]);
    replying.open(fits());
    await pass(10);
    expect(worker.asked).toHaveLength(asked);
    expect([worker.consumer.running(), worker.slots()]).toEqual([0, 2]);
  });

  test.each([
    ['waits for a slot', 10],
    ['is being claimed', 5],
  ])(
    'hands back an assessment that %s as soon as it is stopped, and lets the running call end',
    async (_, claimingMs) => {
      const { worker, replying, waiting } = await oneWaiting(claimingMs);
      const asked = worker.asked.length;
      const stopped = worker.consumer.stop(10_000);
      await pass(10 - claimingMs);
      expect([waiting.acks, waiting.delays]).toEqual([['nak'], [100]]);
      expect(worker.released).toMatchObject([{ id: waiting.message.assessmentId, delayMs: 100, returnAttempt: true }]);
      replying.open(fits());
      await pass();
      await stopped;
      expect(worker.asked).toHaveLength(asked);
      expect(worker.finished.at(-1)?.outcome.status).toBe('completed');
    },
  );

  test('makes no call for assessments claimed ahead after the provider has asked for a pause', async () => {
    const worker = startWorker({ concurrency: 4, random: () => 0 });
    await quickCalls(worker);
    const asked = worker.asked.length;
    const refusing = gate<ReturnType<typeof fits>>();
    worker.script.push(...Array.from({ length: 8 }, () => () => refusing.promise));
    const deliveries = Array.from({ length: 8 }, () => worker.deliver());
    await pass(10);
    refusing.fail(new ProviderPause({ delayMs: 60_000 }));
    await pass(10);
    expect(worker.asked.length - asked).toBe(4);
    expect(worker.released).toHaveLength(8);
    for (const released of worker.released) expect(released).toMatchObject({ delayMs: 60_000, returnAttempt: true });
    for (const { acks } of deliveries) expect(acks).toEqual(['nak']);
    expect(worker.consumer.running()).toBe(0);
  });
});

/** A worker of one slot, with one in its call and one claimed ahead, which takes 10 ms. */
async function oneWaiting(claimingMs = 10) {
  const worker = startWorker({ concurrency: 1 });
  await quickCalls(worker);
  expect(worker.slots()).toBe(2);
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  worker.deliver();
  await pass(10);
  const waiting = worker.deliver();
  await pass(claimingMs);
  return { worker, replying, waiting };
}
