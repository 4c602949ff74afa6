import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProviderPause } from '../../src/entities/provider-failure.ts';
import { UnavailableError } from '../../src/errors.ts';
import { claimOf, fits, gate, pass, startPlay, untilAborted } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const unavailable = () => Promise.reject(new UnavailableError('database', 'unknown'));

test('at stop, what runs may finish within the grace time', async () => {
  const play = startPlay();
  const answering = gate<ReturnType<typeof fits>>();
  play.script.push(() => answering.promise);
  const delivery = play.deliver();
  await pass();
  const stopped = vi.fn<() => void>();
  void play.consumer.stop(10_000).then(stopped);
  expect(play.stopped).toBe(true);
  await pass(9_000);
  expect(stopped).not.toHaveBeenCalled();
  answering.open(fits());
  await pass();
  expect(delivery.answers.at(-1)).toBe('ack');
  expect(stopped).toHaveBeenCalled();
});

test('at stop, what does not finish is handed back at once for another worker, and counts as an attempt', async () => {
  const play = startPlay();
  play.script.push(untilAborted);
  const delivery = play.deliver();
  await pass();
  const stopped = play.consumer.stop(3_000);
  await pass(3_000);
  await stopped;
  expect(play.released).toMatchObject([{ id: delivery.message.assessmentId, delayMs: 100, returnAttempt: false }]);
  expect([delivery.answers, delivery.delays]).toEqual([['nak'], [100]]);
});

test('at stop, what was claimed but not asked for yet is handed back as no attempt', async () => {
  const play = startPlay();
  const claiming = gate<void>();
  play.store.claim = async (id, token) => {
    await claiming.promise;
    return claimOf(id, token);
  };
  play.deliver();
  await pass();
  const stopped = play.consumer.stop(0);
  await pass();
  claiming.open();
  await pass();
  await stopped;
  expect(play.asked).toEqual([]);
  expect(play.released).toMatchObject([{ returnAttempt: true }]);
});

test('at stop, an answer that can not be saved within the grace time does not keep the process', async () => {
  const play = startPlay();
  play.store.finish = unavailable;
  play.store.renew = unavailable;
  play.store.endOf = unavailable;
  const delivery = play.deliver();
  await pass();
  const stopped = play.consumer.stop(4_000);
  await pass(4_000);
  await stopped;
  expect(delivery.answers).toEqual([]);
});

test('without work a worker stops at once', async () => {
  const play = startPlay();
  await play.consumer.stop(60_000);
  expect(play.stopped).toBe(true);
});

test('after the stop nothing is left that would keep the process', async () => {
  const play = startPlay();
  // While the provider is not to be asked, and with one that runs until the grace time is over.
  play.script.push(untilAborted, () => {
    throw new ProviderPause('quota', { delayMs: 3_600_000 });
  });
  play.deliver();
  play.deliver();
  await pass();
  const stopped = play.consumer.stop(3_000);
  await pass(3_000);
  await stopped;
  expect(vi.getTimerCount()).toBe(0);
});

test('what runs finishes in its own time: the rest of the grace time is not waited for', async () => {
  const play = startPlay();
  const answering = gate<ReturnType<typeof fits>>();
  play.script.push(() => answering.promise);
  play.deliver();
  await pass();
  const stopped = play.consumer.stop(3_600_000);
  answering.open(fits());
  await stopped;
  expect(vi.getTimerCount()).toBe(0);
});
