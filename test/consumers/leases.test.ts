import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ProviderPause } from '../../src/entities/provider-failure.ts';
import { RetryLater, UnavailableError } from '../../src/errors.ts';
import { endOf, fits, gate, pass, startPlay } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refuses = (error: Error) => () => {
  throw error;
};
const unavailable = () => Promise.reject(new UnavailableError('database', 'unknown'));

test('a claim is kept while the model works, and the broker told only after the database has confirmed it', async () => {
  const play = startPlay();
  play.script.push(() => gate<ReturnType<typeof fits>>().promise);
  const renewing = gate<Set<string>>();
  play.store.renew = () => renewing.promise;
  const delivery = play.deliver();
  await pass(4_999);
  expect(play.renewals).toEqual([]);
  await pass(1);
  expect(play.renewals).toEqual([[delivery.message.assessmentId]]);
  expect(delivery.answers).toEqual([]);
  renewing.open(new Set([delivery.message.assessmentId ?? '']));
  await pass();
  expect(delivery.answers).toEqual(['working']);
  await pass(10_000);
  expect(delivery.answers).toEqual(['working', 'working', 'working']);
});

test('what is not claimed yet is not renewed, and where nothing runs the database is not asked', async () => {
  const play = startPlay();
  await pass(20_000);
  play.store.claim = () => gate<never>().promise;
  play.deliver();
  await pass(20_000);
  expect(play.renewals).toEqual([]);
});

test('what has ended while its lease was being renewed gets no second answer', async () => {
  const play = startPlay();
  const answering = gate<ReturnType<typeof fits>>();
  play.script.push(() => answering.promise);
  const renewing = gate<Set<string>>();
  play.store.renew = () => renewing.promise;
  const delivery = play.deliver();
  await pass(5_000);
  answering.open(fits());
  await pass();
  renewing.open(new Set([delivery.message.assessmentId ?? '']));
  await pass();
  expect(delivery.answers).toEqual(['ack']);
});

test('the claims of all that run are renewed by one statement, and by one at a time', async () => {
  const play = startPlay();
  for (const _ of [1, 2]) play.script.push(() => gate<ReturnType<typeof fits>>().promise);
  const deliveries = [play.deliver(), play.deliver()];
  play.store.renew = () => gate<Set<string>>().promise;
  await pass(14_000);
  expect(play.renewals).toEqual([deliveries.map(({ message }) => message.assessmentId)]);
});

test('a claim that is lost ends the call at once, and nothing of it is saved or answered', async () => {
  const play = startPlay();
  let signal: AbortSignal | undefined;
  play.script.push(async (request) => {
    ({ signal } = request);
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
    throw new RetryLater('the model call did not end in time');
  });
  play.store.renew = async () => new Set();
  const delivery = play.deliver();
  await pass(5_000);
  expect(signal?.reason).toBe('claim-lost');
  expect([play.finished, play.released, delivery.answers]).toEqual([[], [], []]);
  expect(play.consumer.running()).toBe(0);
});

test('a claim that is lost because its owner ended it: the end is told', async () => {
  const play = startPlay();
  play.script.push(async (request) => {
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
    throw new RetryLater('the model call did not end in time');
  });
  play.store.renew = async () => new Set();
  play.store.endOf = async (id) => endOf(id, { status: 'cancelled', version: 3 });
  const delivery = play.deliver();
  await pass(5_000);
  expect(play.published).toMatchObject([{ status: 'cancelled' }]);
  expect(delivery.answers).toEqual(['ack']);
});

test('a claim whose renewal fails is not given up: the call goes on, and the broker is told nothing', async () => {
  const play = startPlay();
  const answering = gate<ReturnType<typeof fits>>();
  play.script.push(() => answering.promise);
  play.store.renew = unavailable;
  const delivery = play.deliver();
  await pass(20_000);
  expect(delivery.answers).toEqual([]);
  answering.open(fits());
  await pass();
  expect(play.finished).toHaveLength(1);
  expect(delivery.answers).toEqual(['ack']);
});

test('a claim that can not be given back at once is given back when the database is there, as no attempt', async () => {
  const play = startPlay();
  let failures = 3;
  play.store.release = async () => (failures-- > 0 ? await unavailable() : true);
  play.script.push(refuses(new ProviderPause('rate-limit', { delayMs: 2_000 })));
  const delivery = play.deliver();
  await pass(1_400);
  expect(delivery.answers).toEqual([]);
  await pass(200);
  expect(play.released).toMatchObject([{ returnAttempt: true }]);
  expect(delivery.answers).toEqual(['nak']);
});

test('a claim that can not be given back within a lease is left to run out', async () => {
  const play = startPlay({ random: () => 0 });
  play.store.release = unavailable;
  play.store.renew = unavailable;
  play.script.push(refuses(new RetryLater('later', { delayMs: 3_000 })));
  const delivery = play.deliver();
  await pass(16_000);
  expect([delivery.answers, delivery.delays]).toEqual([['nak'], [3_000]]);
  expect(play.consumer.running()).toBe(0);
});
