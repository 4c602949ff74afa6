import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Permanent, RetryLater, UnavailableError } from '../../src/errors.ts';
import { claimOf, endOf, fits, gate, pass, startPlay, type Delivery, type Play } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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
  const { pulls } = play;
  publishing.open();
  await pass();
  expect(play.published).toMatchObject([{ v: 1, assessment_id: id, status: 'completed', version: 3 }]);
  expect(delivery.answers).toEqual(['ack']);
  expect(play.letters).toEqual([]);
  expect(play.consumer.running()).toBe(0);
  // The slot is free, and the next one is asked for at once.
  expect(play.pulls).toBe(pulls + 1);
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
    ['nothing', new RetryLater('later'), 'retry_later'],
    ['something unexpected', new TypeError('x is not a function'), 'unexpected'],
  ])('%s: with a back-off that grows with the attempts', async (_, error, code) => {
    const play = startPlay({ random: () => 1 });
    for (const attempts of [1, 2, 3]) {
      play.store.claim = (id, token) => claimOf(id, token, { attempts });
      play.script.push(refuses(error));
      play.deliver();
      await pass();
    }
    expect(play.released.map(({ delayMs }) => delayMs)).toEqual([2_000, 4_000, 8_000]);
    expect(play.released.map(({ returnAttempt }) => returnAttempt)).toEqual([false, false, false]);
    expect((await play.metrics.errors.get()).values).toMatchObject([{ value: 3, labels: { part: 'model', code } }]);
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
    expect(play.finished).toMatchObject([
      { outcome: { code: 'ATTEMPTS_EXHAUSTED', lastError: 'its workers were lost while they worked on it' } },
    ]);
  });

  test.each<[string, Play['questionnaire']]>([
    ['is not known here', async () => undefined],
    ['could not be read', unavailable],
  ])('a questionnaire that %s: later, and no attempt', async (_, questionnaire) => {
    const play = startPlay();
    play.questionnaire = questionnaire;
    play.deliver();
    await pass();
    expect(play.asked).toEqual([]);
    expect(play.released).toMatchObject([{ returnAttempt: true }]);
    expect(play.released[0]?.delayMs).toBeGreaterThanOrEqual(10_000);
  });
});

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

test('a mistake of ours ends nothing but its own attempt: the message comes again after the lease, and is counted', async () => {
  const play = startPlay();
  play.store.renew = async () => new Set();
  play.script.push(async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new RetryLater('the model call was ended');
  });
  play.store.endOf = () => {
    throw new TypeError('a mistake of ours');
  };
  const delivery = play.deliver();
  await pass(5_000);
  expect([delivery.answers, delivery.delays]).toEqual([['nak'], [15_000]]);
  const errors = (await play.metrics.errors.get()).values;
  expect(errors).toMatchObject([{ value: 1, labels: { part: 'worker', code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(play.logs).toContainEqual(expect.objectContaining({ level: 'error' }));
  expect([play.consumer.running(), play.slots()]).toEqual([0, 2]);
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
