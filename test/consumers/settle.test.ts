import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderFailure, ProviderPause } from '../../src/adapters/model.ts';
import { Permanent, RetryLater, UnavailableError } from '../../src/errors.ts';
import { claimOf, endOf, fits, gate, startPlay, type Delivery, type Play } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets everything go on that needs no time, or so much of it. */
const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);

const refuses = (error: Error) => () => {
  throw error;
};
const unavailable = () => Promise.reject(new UnavailableError('database', 'unknown'));

/** The answer to the broker that ends a delivery. */
const lastOf = ({ answers }: Delivery): string | undefined => answers.at(-1);

test('an answer that fits is saved, announced and only then acknowledged', async () => {
  const play = startPlay();
  const publishing = gate<void>();
  play.publish = () => publishing.promise;
  const delivery = play.deliver();
  await pass();
  const id = delivery.message.assessmentId ?? '';
  expect(play.finished).toMatchObject([{ id, outcome: { status: 'completed', promptTokens: 10 } }]);
  expect(delivery.answers).toEqual([]);
  publishing.open();
  await pass();
  expect(play.published).toMatchObject([{ v: 1, assessment_id: id, status: 'completed', version: 3 }]);
  expect(delivery.answers).toEqual(['ack']);
  expect(play.letters).toEqual([]);
  expect(play.consumer.running()).toBe(0);
});

test('an end that can not be announced blocks no slot: its message comes again', async () => {
  const play = startPlay();
  play.publish = () => Promise.reject(new UnavailableError('broker', 'unknown'));
  const delivery = play.deliver();
  await pass();
  expect([delivery.answers, delivery.delays]).toEqual([['nak'], [5_000]]);
  expect(play.consumer.running()).toBe(0);
});

describe('an error says what to do:', () => {
  test('for good: failed, with a dead letter that says why', async () => {
    const play = startPlay();
    play.script.push(refuses(new Permanent('AI_REFUSED', 'the model refused to answer')));
    const delivery = play.deliver();
    await pass();
    expect(play.finished).toMatchObject([
      { outcome: { status: 'failed', code: 'AI_REFUSED', lastError: 'the model refused to answer' } },
    ]);
    expect(play.published).toMatchObject([{ status: 'failed' }]);
    expect(play.letters).toMatchObject([
      { code: 'AI_REFUSED', attempts: 1, round: 1, last_error: 'the model refused to answer' },
    ]);
    expect(delivery.answers).toEqual(['ack']);
  });

  test('later, after so long: at least that, and the attempt counts', async () => {
    const play = startPlay({ random: () => 0 });
    play.script.push(refuses(new RetryLater('later', { delayMs: 7_000 })));
    const delivery = play.deliver();
    await pass();
    expect(play.released).toMatchObject([{ delayMs: 7_000, returnAttempt: false }]);
    expect([delivery.answers, delivery.delays]).toEqual([['nak'], [7_000]]);
    expect(play.finished).toEqual([]);
  });

  test('later, and it was no attempt', async () => {
    const play = startPlay({ maxAttempts: 1 });
    play.script.push(refuses(new RetryLater('later', { countsAttempt: false })));
    play.deliver();
    await pass();
    expect(play.released).toMatchObject([{ returnAttempt: true }]);
    expect(play.finished).toEqual([]);
  });

  test.each([
    ['nothing', new RetryLater('later')],
    ['something unexpected', new TypeError('x is not a function')],
  ])('%s: with a back-off that grows with the attempts', async (_, error) => {
    const play = startPlay({ random: () => 1 });
    for (const attempts of [1, 2, 3]) {
      play.store.claim = (id, token) => claimOf(id, token, { attempts });
      play.script.push(refuses(error));
      play.deliver();
      await pass();
    }
    expect(play.released.map(({ delayMs }) => delayMs)).toEqual([2_000, 4_000, 8_000]);
    expect(play.released.map(({ returnAttempt }) => returnAttempt)).toEqual([false, false, false]);
  });

  test('the last attempt fails for good', async () => {
    const play = startPlay({ maxAttempts: 2 });
    play.store.claim = (id, token) => claimOf(id, token, { attempts: 2 });
    play.script.push(refuses(new RetryLater('the model provider failed (500)')));
    const delivery = play.deliver();
    await pass();
    expect(play.finished).toMatchObject([
      { outcome: { status: 'failed', code: 'ATTEMPTS_EXHAUSTED', lastError: 'the model provider failed (500)' } },
    ]);
    expect(play.letters).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED' }]);
    expect(delivery.answers).toEqual(['ack']);
  });

  test('an assessment whose workers were lost again and again is not paid for another time', async () => {
    const play = startPlay({ maxAttempts: 2 });
    play.store.claim = (id, token) => claimOf(id, token, { attempts: 3 });
    play.deliver();
    await pass();
    expect(play.asked).toEqual([]);
    expect(play.finished).toMatchObject([{ outcome: { code: 'ATTEMPTS_EXHAUSTED' } }]);
  });

  test('a questionnaire that is not known here, or could not be read: later, and no attempt', async () => {
    const play = startPlay();
    play.store.claim = (id, token) => claimOf(id, token, { questionnaireId: 'newer@9' });
    play.deliver();
    await pass();
    expect(play.asked).toEqual([]);
    expect(play.released).toMatchObject([{ returnAttempt: true }]);
    expect(play.released[0]?.delayMs).toBeGreaterThanOrEqual(10_000);
  });
});

describe('what a message is answered without any work:', () => {
  test('no id in its subject: it is dropped and counted', async () => {
    const play = startPlay();
    const delivery = play.deliver({ assessmentId: undefined });
    await pass();
    expect(delivery.answers).toEqual(['ack']);
    expect(await count(play, 'foreign')).toBe(1);
  });

  test('an id that no row has: it is dropped and counted', async () => {
    const play = startPlay();
    play.store.claim = () => ({ kind: 'unknown' });
    const delivery = play.deliver();
    await pass();
    expect(delivery.answers).toEqual(['ack']);
    expect(await count(play, 'unknown')).toBe(1);
  });

  test.each(['completed', 'failed', 'cancelled'] as const)(
    'an assessment that is %s: its end is told again',
    async (status) => {
      const play = startPlay();
      play.store.claim = (id) => ({
        kind: 'ended',
        end: endOf(id, { status, failureCode: status === 'failed' ? 'AI_REFUSED' : null }),
      });
      const delivery = play.deliver();
      await pass();
      expect(play.asked).toEqual([]);
      expect(play.published).toMatchObject([{ status, version: 3 }]);
      expect(play.letters).toHaveLength(status === 'failed' ? 1 : 0);
      expect(delivery.answers).toEqual(['ack']);
    },
  );

  test('somebody else’s work, or not due yet: when that is over', async () => {
    const play = startPlay();
    play.store.claim = () => ({ kind: 'later', delayMs: 4_321 });
    const delivery = play.deliver();
    await pass();
    expect([delivery.answers, delivery.delays]).toEqual([['nak'], [4_321]]);
  });

  test('a second message for what runs here: when a lease is over', async () => {
    const play = startPlay();
    const answering = gate<ReturnType<typeof fits>>();
    play.script.push(() => answering.promise);
    const first = play.deliver();
    await pass();
    const second = play.deliver({ assessmentId: first.message.assessmentId });
    expect([second.answers, second.delays]).toEqual([['nak'], [15_000]]);
    answering.open(fits());
    await pass();
    expect(first.answers).toEqual(['ack']);
    expect(play.asked).toHaveLength(1);
  });

  test('a second message for what is not claimed yet, and so may have ended: a moment later', async () => {
    const play = startPlay();
    play.store.claim = () => gate<never>().promise;
    const { message } = play.deliver();
    const second = play.deliver({ assessmentId: message.assessmentId });
    expect([second.answers, second.delays]).toEqual([['nak'], [200]]);
  });

  test('no free slot: a moment later, to whoever has one', async () => {
    const play = startPlay({ concurrency: 1 });
    play.script.push(() => gate<ReturnType<typeof fits>>().promise);
    play.deliver();
    await pass();
    const second = play.deliver();
    expect([second.answers, second.delays]).toEqual([['nak'], [200]]);
  });

  test('the database can not be asked: a little later, and the slot is free meanwhile', async () => {
    const play = startPlay();
    play.store.claim = () => Promise.reject(new UnavailableError('database', 'not-done'));
    const delivery = play.deliver();
    await pass();
    expect(delivery.answers).toEqual(['nak']);
    expect(delivery.delays[0]).toBeGreaterThanOrEqual(1_000);
    expect(play.consumer.running()).toBe(0);
  });

  test('a newer version: left to a newer worker for a minute, and then the row alone decides', async () => {
    const play = startPlay();
    const early = play.deliver({ payloadVersion: 99, deliveries: 11 });
    await pass();
    expect([early.answers, early.delays]).toEqual([['nak'], [5_000]]);
    expect(play.asked).toEqual([]);
    expect(play.logs).toContainEqual(expect.objectContaining({ level: 'warn', payloadVersion: 99 }));
    const late = play.deliver({ payloadVersion: 99, deliveries: 12 });
    await pass();
    expect(late.answers).toEqual(['ack']);
    expect(play.asked).toHaveLength(1);
  });
});

async function count({ metrics }: Play, outcome: string): Promise<number> {
  const { values } = await metrics.messages.get();
  return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
}

describe('a paid answer', () => {
  test('is saved as soon as the database is back, without another call', async () => {
    const play = startPlay();
    let failures = 4;
    play.store.finish = async (id) => (failures-- > 0 ? await unavailable() : endOf(id));
    play.store.renew = unavailable;
    const delivery = play.deliver();
    await pass(60_000);
    expect(play.finished).toHaveLength(5);
    expect(lastOf(delivery)).toBe('ack');
    expect(play.asked).toHaveLength(1);
    // While no renewal is confirmed, the broker is told nothing.
    expect(delivery.answers).toEqual(['ack']);
  });

  test('that the database can not hold fails at once, and is not asked for again', async () => {
    const play = startPlay();
    play.store.finish = async (id, outcome) => {
      if (outcome.status === 'completed') throw new Permanent('AI_INVALID_OUTPUT', 'the database can not hold it');
      return endOf(id, { status: 'failed', failureCode: outcome.code });
    };
    const delivery = play.deliver();
    await pass();
    expect(play.finished).toMatchObject([
      { outcome: { status: 'completed' } },
      { outcome: { status: 'failed', code: 'AI_INVALID_OUTPUT' } },
    ]);
    expect(delivery.answers).toEqual(['ack']);
    expect(play.asked).toHaveLength(1);
  });

  test.each(['completed', 'cancelled'] as const)(
    'whose row is %s by now: that is told, and the answer dropped',
    async (status) => {
      const play = startPlay();
      play.store.finish = async () => undefined;
      play.store.endOf = async (id) => endOf(id, { status, version: 7 });
      const delivery = play.deliver();
      await pass();
      expect(play.published).toMatchObject([{ status, version: 7 }]);
      expect(delivery.answers).toEqual(['ack']);
    },
  );

  test('whose claim somebody else has by now is dropped, and its message left to them', async () => {
    const play = startPlay();
    play.store.finish = async () => undefined;
    const delivery = play.deliver();
    await pass();
    expect(play.published).toEqual([]);
    expect(delivery.answers).toEqual([]);
    expect(play.consumer.running()).toBe(0);
  });

  test('whose save was done although its answer was lost is announced', async () => {
    const play = startPlay();
    play.store.finish = async () => {
      play.store.finish = async () => undefined;
      play.store.endOf = async (each) => endOf(each);
      return await unavailable();
    };
    const delivery = play.deliver();
    await pass(1_000);
    expect(play.published).toMatchObject([{ status: 'completed' }]);
    expect(delivery.answers).toEqual(['ack']);
  });
});

describe('a claim', () => {
  test('is kept while the model works, and the broker told only after the database has confirmed it', async () => {
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
  });

  test('of all that run is renewed by one statement, and by one at a time', async () => {
    const play = startPlay();
    for (const _ of [1, 2]) play.script.push(() => gate<ReturnType<typeof fits>>().promise);
    const deliveries = [play.deliver(), play.deliver()];
    play.store.renew = () => gate<Set<string>>().promise;
    await pass(14_000);
    expect(play.renewals).toEqual([deliveries.map(({ message }) => message.assessmentId)]);
  });

  test('that is lost ends the call at once, and nothing of it is saved or answered', async () => {
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

  test('that is lost because its owner ended it: the end is told', async () => {
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

  test('whose renewal fails is not given up: the call goes on, and the broker is told nothing', async () => {
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

  test('that can not be given back at once is given back when the database is there, as no attempt', async () => {
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

  test('that can not be given back within a lease is left to run out', async () => {
    const play = startPlay({ random: () => 0 });
    play.store.release = unavailable;
    play.store.renew = unavailable;
    play.script.push(refuses(new RetryLater('later', { delayMs: 3_000 })));
    const delivery = play.deliver();
    await pass(16_000);
    expect([delivery.answers, delivery.delays]).toEqual([['nak'], [3_000]]);
    expect(play.consumer.running()).toBe(0);
  });
});

describe('at stop', () => {
  /** A call that ends with the signal, as the adapter's does. */
  const untilAborted = async (request: { signal: AbortSignal }) => {
    await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
    throw new ProviderFailure('the model call did not end in time', { mayHaveCharged: true });
  };

  test('what runs may finish within the grace time', async () => {
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

  test('what does not finish is handed back at once for another worker, and counts as an attempt', async () => {
    const play = startPlay();
    play.script.push(untilAborted);
    const delivery = play.deliver();
    await pass();
    const stopped = play.consumer.stop(3_000);
    await pass(3_000);
    await stopped;
    expect(play.released).toEqual([{ id: delivery.message.assessmentId, delayMs: 100, returnAttempt: false }]);
    expect([delivery.answers, delivery.delays]).toEqual([['nak'], [100]]);
  });

  test('what was claimed but not asked for yet is handed back as no attempt', async () => {
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

  test('an answer that can not be saved within the grace time does not keep the process', async () => {
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

  test('without work it stops at once', async () => {
    const play = startPlay();
    await play.consumer.stop(60_000);
    expect(play.stopped).toBe(true);
  });
});

test('the run is measured from the claim to the end of the attempt, the wait once', async () => {
  const play = startPlay();
  const answering = gate<ReturnType<typeof fits>>();
  play.script.push(() => answering.promise);
  play.deliver();
  await pass(3_000);
  answering.open(fits());
  await pass();
  play.store.claim = (id, token) => claimOf(id, token, { attempts: 2, waitedMs: null });
  play.deliver({ assessmentId: randomUUID() });
  await pass();
  const { values } = await play.metrics.run.get();
  const sum = values.find(
    ({ metricName, labels }) => metricName?.endsWith('_sum') === true && labels.outcome === 'completed',
  );
  expect(sum?.value).toBe(3);
  const waits = (await play.metrics.wait.get()).values.find(
    ({ metricName }) => metricName?.endsWith('_count') === true,
  );
  expect(waits?.value).toBe(1);
});
