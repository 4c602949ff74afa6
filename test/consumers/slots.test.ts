import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Slots } from '../../src/consumers/slots.ts';
import { ProviderFailure, ProviderPause } from '../../src/entities/provider-failure.ts';
import { Permanent } from '../../src/errors.ts';
import { after, endOf, fits, gate, pass, quickCalls, startPlay } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const unaborted = new AbortController().signal;

/** Claims and calls, one after the other, until more than a second is over: then it has looked how long they take. */
async function work(slots: Slots, { claimMs, call }: { claimMs: number; call: () => Promise<unknown> }): Promise<void> {
  for (const until = performance.now() + 1_001; performance.now() < until;) {
    const turn = slots.begin();
    await pass(claimMs);
    const calling = turn.call(call, unaborted).catch(() => {});
    await vi.runAllTimersAsync();
    await calling;
  }
}

describe('calls', () => {
  test('are as many at a time as there are slots; whoever was claimed first is the next', async () => {
    const slots = new Slots(2, () => {});
    const begun: number[] = [];
    const gates = [gate<void>(), gate<void>(), gate<void>(), gate<void>()];
    const calls = gates.map(({ promise }, index) =>
      slots.begin().call(() => {
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

  test('free their slots when they end; an assessment that comes to none frees its own', async () => {
    const onFree = vi.fn<() => void>();
    const slots = new Slots(3, onFree);
    const [first, second] = [slots.begin(), slots.begin()];
    expect([slots.free(2), slots.unanswered]).toEqual([1, 2]);
    await first.call(async () => {}, unaborted);
    first.end();
    expect([slots.free(2), slots.unanswered, onFree.mock.calls.length]).toEqual([2, 1, 1]);
    second.end();
    second.end();
    expect([slots.free(1), slots.unanswered, onFree.mock.calls.length]).toEqual([3, 0, 2]);
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
  });

  test('is nothing any more once calls take longer', async () => {
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
      title: 'nothing after one that failed, until calls are answered again',
      error: new ProviderFailure('503', { mayHaveCharged: false }),
      ahead: 0,
    },
    {
      title: 'no less after an answer that is good for nothing',
      error: new Permanent('AI_REFUSED', 'refused'),
      ahead: 8,
    },
  ])('is $title', async ({ error, ahead }) => {
    const slots = new Slots(8, () => {});
    await work(slots, { claimMs: 10, call: () => after(10) });
    const turn = slots.begin();
    await pass(10);
    await turn.call(() => Promise.reject(error), unaborted).catch(() => {});
    expect(slots.free(0)).toBe(8 + ahead);
    await work(slots, { claimMs: 10, call: () => after(10) });
    expect(slots.free(0)).toBe(16);
  });
});

describe('the worker', () => {
  test('asks for the next one while what came of a call is saved, but holds no more than three for each slot', async () => {
    const play = startPlay({ concurrency: 2 });
    const saving = gate<undefined>();
    play.store.finish = () => saving.promise;
    for (const held of [1, 2, 3, 4, 5, 6]) {
      expect(play.slots()).toBe(Math.min(2, 7 - held));
      play.deliver();
      await pass();
    }
    expect([play.slots(), play.consumer.running()]).toEqual([0, 6]);
    saving.open(undefined);
    await pass();
    expect([play.slots(), play.consumer.running()]).toEqual([2, 0]);
  });

  test('never asks for one that was cancelled while it waited for a slot, and ends it at once', async () => {
    const { play, answering, waiting } = await oneWaiting();
    const id = waiting.message.assessmentId ?? '';
    const asked = play.asked.length;
    play.store.renew = async (ids) => new Set(ids.filter((held) => held !== id));
    play.store.endOf = async () => endOf(id, { status: 'cancelled' });
    play.announceCancel(id);
    await pass();
    expect([play.consumer.running(), waiting.answers]).toEqual([1, ['ack']]);
    answering.open(fits());
    await pass(10);
    expect(play.asked).toHaveLength(asked);
    expect([play.consumer.running(), play.slots()]).toEqual([0, 2]);
  });

  test.each([
    ['waits for a slot', 10],
    ['is being claimed', 5],
  ])('hands back what %s as soon as it is stopped, and lets the call end', async (_, claimingMs) => {
    const { play, answering, waiting } = await oneWaiting(claimingMs);
    const asked = play.asked.length;
    const stopped = play.consumer.stop(10_000);
    await pass(10 - claimingMs);
    expect([waiting.answers, waiting.delays]).toEqual([['nak'], [100]]);
    expect(play.released).toMatchObject([{ id: waiting.message.assessmentId, delayMs: 100, returnAttempt: true }]);
    answering.open(fits());
    await pass();
    await stopped;
    expect(play.asked).toHaveLength(asked);
    expect(play.finished.at(-1)?.outcome.status).toBe('completed');
  });

  test('does not ask a provider for those claimed ahead that has just asked to wait', async () => {
    const play = startPlay({ concurrency: 4, random: () => 0 });
    await quickCalls(play);
    const asked = play.asked.length;
    const refusing = gate<ReturnType<typeof fits>>();
    play.script.push(...Array.from({ length: 8 }, () => () => refusing.promise));
    const deliveries = Array.from({ length: 8 }, () => play.deliver());
    await pass(10);
    refusing.fail(new ProviderPause('rate-limit', { delayMs: 60_000 }));
    await pass(10);
    expect(play.asked.length - asked).toBe(4);
    expect(play.released).toHaveLength(8);
    for (const released of play.released) expect(released).toMatchObject({ delayMs: 60_000, returnAttempt: true });
    for (const { answers } of deliveries) expect(answers).toEqual(['nak']);
    expect(play.consumer.running()).toBe(0);
  });
});

/** A worker of one slot, with one in its call and one claimed ahead, which takes 10 ms. */
async function oneWaiting(claimingMs = 10) {
  const play = startPlay({ concurrency: 1 });
  await quickCalls(play);
  expect(play.slots()).toBe(2);
  const answering = gate<ReturnType<typeof fits>>();
  play.script.push(() => answering.promise);
  play.deliver();
  await pass(10);
  const waiting = play.deliver();
  await pass(claimingMs);
  return { play, answering, waiting };
}
