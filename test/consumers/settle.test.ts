import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { Permanent, RetryLater, UnavailableError } from '../../src/errors.ts';
import { claimOf, endOf, fits, gate, pass, startWorker, type Delivery, type WorkerHarness } from './worker-harness.ts';
import { notZero } from '../support/metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refuses = (error: Error) => () => {
  throw error;
};
const unavailable = () => Promise.reject(new UnavailableError('database', 'unknown'));

/** The ack or nak that ends a delivery. */
const lastOf = ({ acks }: Delivery): string | undefined => acks.at(-1);

test('a reply that fits is saved and published, and only then is its message acked', async () => {
  const worker = startWorker();
  const publishing = gate<void>();
  worker.publish = () => publishing.promise;
  const delivery = worker.deliver();
  await pass();
  const id = delivery.message.assessmentId ?? '';
  expect(worker.finished).toMatchObject([{ id, outcome: { status: 'completed', promptTokens: 10 } }]);
  expect(delivery.acks).toEqual([]);
  // The slot is free before the end is confirmed.
  expect([worker.consumer.running(), worker.pulls]).toEqual([0, 2]);
  publishing.open();
  await pass();
  expect(worker.published).toMatchObject([{ v: 1, assessment_id: id, status: 'completed', version: 3 }]);
  expect(delivery.acks).toEqual(['ack']);
  expect(worker.letters).toEqual([]);
});

test.each([true, false])(
  'the next turn of the network begins after an end, if others are deferred: %s',
  async (deferred) => {
    const worker = startWorker();
    worker.othersDeferred = deferred;
    worker.deliver();
    await pass();
    expect(worker.finished).toHaveLength(1);
    expect(worker.turns).toEqual(deferred ? ['network'] : []);
  },
);

test('the next turn begins as well while one waits for another try, and once for each of them', async () => {
  const worker = startWorker();
  worker.othersDeferred = true;
  worker.script.push(refuses(new RetryLater('not now')), refuses(new Permanent('AI_REFUSED', 'refused')));
  worker.deliver();
  await pass();
  expect(worker.turns).toEqual(['network']);
  worker.deliver();
  await pass();
  expect(worker.turns).toEqual(['network', 'network']);
});

test('an assessment without a network, of an earlier version of the program, begins no turn', async () => {
  const worker = startWorker();
  worker.othersDeferred = true;
  worker.store.claim = (id, token) => claimOf(id, token, { network: null });
  worker.deliver();
  await pass();
  expect(worker.finished).toHaveLength(1);
  expect(worker.turns).toEqual([]);
});

test('while ends are not confirmed, no slot waits: each is noted as untold, and its message is acked', async () => {
  const worker = startWorker({ concurrency: 1 });
  const publishing = gate<void>();
  worker.publish = () => publishing.promise;
  const deliveries = [worker.deliver()];
  await pass();
  expect([worker.consumer.running(), worker.slots()]).toEqual([0, 1]);
  deliveries.push(worker.deliver());
  await pass();
  expect(worker.finished).toHaveLength(2);
  expect(deliveries.flatMap(({ acks }) => acks)).toEqual([]);
  publishing.fail(new UnavailableError('broker', 'unknown'));
  await pass();
  const ids = deliveries.map(({ message }) => message.assessmentId);
  expect(worker.untold).toMatchObject(ids.map((id) => ({ id, stream: 'events', status: 'completed', version: 3 })));
  expect(deliveries.map(({ acks }) => acks)).toEqual([['ack'], ['ack']]);
  expect(worker.logs.filter(({ level }) => level === 'warn')).toHaveLength(1);
});

test('a failed one lacks both messages, its end and its dead letter', async () => {
  const worker = startWorker();
  worker.publish = () => Promise.reject(new UnavailableError('broker', 'not-done'));
  worker.script.push(refuses(new Permanent('AI_REFUSED', 'refused')));
  const delivery = worker.deliver();
  await pass();
  expect(worker.untold).toMatchObject([
    { stream: 'events', status: 'failed', round: 1 },
    { stream: 'dead', status: 'failed', round: 1 },
  ]);
  expect(delivery.acks).toEqual(['ack']);
});

test('an end that can be neither confirmed nor noted is told by its message, which comes again', async () => {
  const worker = startWorker();
  worker.publish = () => Promise.reject(new UnavailableError('broker', 'unknown'));
  worker.note = unavailable;
  const delivery = worker.deliver();
  await pass();
  expect([delivery.acks, delivery.delays]).toEqual([['nak'], [5_000]]);
});

test('a stopping worker waits until its ends are told or noted', async () => {
  const worker = startWorker();
  const publishing = gate<void>();
  worker.publish = () => publishing.promise;
  const delivery = worker.deliver();
  await pass();
  let stopped = false;
  void worker.consumer.stop(0).then(() => (stopped = true));
  await pass();
  expect([stopped, delivery.acks]).toEqual([false, []]);
  publishing.open();
  await pass();
  expect([stopped, delivery.acks]).toEqual([true, ['ack']]);
});

describe('an error decides what happens:', () => {
  test('a permanent one fails the assessment, with a dead letter that says why', async () => {
    const worker = startWorker();
    worker.script.push(refuses(new Permanent('AI_REFUSED', 'the model refused to answer')));
    const delivery = worker.deliver();
    await pass();
    expect(worker.finished).toMatchObject([
      { outcome: { status: 'failed', code: 'AI_REFUSED', lastError: 'the model refused to answer' } },
    ]);
    expect(worker.published).toMatchObject([{ status: 'failed' }]);
    expect(worker.letters).toMatchObject([
      { code: 'AI_REFUSED', attempts: 1, round: 1, last_error: 'the model refused to answer' },
    ]);
    expect(delivery.acks).toEqual(['ack']);
  });

  test('a delay is kept at least, and the attempt counts', async () => {
    const worker = startWorker({ random: () => 0 });
    worker.script.push(refuses(new RetryLater('later', { delayMs: 7_000 })));
    const delivery = worker.deliver();
    await pass();
    expect(worker.released).toMatchObject([{ delayMs: 7_000, returnAttempt: false }]);
    expect([delivery.acks, delivery.delays]).toEqual([['nak'], [7_000]]);
    expect(worker.finished).toEqual([]);
  });

  test('an attempt that does not count is returned', async () => {
    const worker = startWorker({ maxAttempts: 1 });
    worker.script.push(refuses(new RetryLater('later', { countsAttempt: false })));
    worker.deliver();
    await pass();
    expect(worker.released).toMatchObject([{ returnAttempt: true }]);
    expect(worker.finished).toEqual([]);
  });

  test.each([
    ['no delay', new RetryLater('later'), 'retry_later'],
    ['something unexpected', new TypeError('x is not a function'), 'unexpected'],
  ])('%s is retried with a back-off that grows with the attempts', async (_, error, code) => {
    const worker = startWorker({ random: () => 1 });
    for (const attempts of [1, 2, 3]) {
      worker.store.claim = (id, token) => claimOf(id, token, { attempts });
      worker.script.push(refuses(error));
      worker.deliver();
      await pass();
    }
    expect(worker.released.map(({ delayMs }) => delayMs)).toEqual([2_000, 4_000, 8_000]);
    expect(worker.released.map(({ returnAttempt }) => returnAttempt)).toEqual([false, false, false]);
    expect(await notZero(worker.metrics.errors)).toMatchObject([{ value: 3, labels: { part: 'model', code } }]);
  });

  test('the last attempt fails the assessment for good', async () => {
    const worker = startWorker({ maxAttempts: 2 });
    worker.store.claim = (id, token) => claimOf(id, token, { attempts: 2 });
    worker.script.push(refuses(new RetryLater('the model provider failed (500)')));
    const delivery = worker.deliver();
    await pass();
    expect(worker.finished).toMatchObject([
      { outcome: { status: 'failed', code: 'ATTEMPTS_EXHAUSTED', lastError: 'the model provider failed (500)' } },
    ]);
    expect(worker.letters).toMatchObject([{ code: 'ATTEMPTS_EXHAUSTED' }]);
    expect(delivery.acks).toEqual(['ack']);
  });

  test('an assessment whose workers were lost again and again is not paid for another time', async () => {
    const worker = startWorker({ maxAttempts: 2 });
    worker.store.claim = (id, token) => claimOf(id, token, { attempts: 3 });
    worker.deliver();
    await pass();
    expect(worker.asked).toEqual([]);
    expect(worker.finished).toMatchObject([
      { outcome: { code: 'ATTEMPTS_EXHAUSTED', lastError: 'its workers were lost while they worked on it' } },
    ]);
  });

  test.each<[string, WorkerHarness['questionnaire']]>([
    ['is not known here', async () => undefined],
    ['could not be read', unavailable],
  ])('a questionnaire that %s is tried again later, and counts no attempt', async (_, questionnaire) => {
    const worker = startWorker();
    worker.questionnaire = questionnaire;
    worker.deliver();
    await pass();
    expect(worker.asked).toEqual([]);
    expect(worker.released).toMatchObject([{ returnAttempt: true }]);
    expect(worker.released[0]?.delayMs).toBeGreaterThanOrEqual(10_000);
  });
});

describe('a paid reply', () => {
  test('is saved as soon as the database is back, without another call', async () => {
    const worker = startWorker();
    let failures = 4;
    worker.store.finish = async (id) => (failures-- > 0 ? await unavailable() : endOf(id));
    worker.store.renew = unavailable;
    const delivery = worker.deliver();
    await pass(60_000);
    expect(worker.finished).toHaveLength(5);
    expect(lastOf(delivery)).toBe('ack');
    expect(worker.asked).toHaveLength(1);
    // While no renewal is confirmed, the ack wait is not extended.
    expect(delivery.acks).toEqual(['ack']);
  });

  test('that the database can not hold fails at once, and is not requested again', async () => {
    const worker = startWorker();
    worker.store.finish = async (id, outcome) => {
      if (outcome.status === 'completed') throw new Permanent('AI_INVALID_OUTPUT', 'the database can not hold it');
      return endOf(id, { status: 'failed', failureCode: outcome.code });
    };
    const delivery = worker.deliver();
    await pass();
    expect(worker.finished).toMatchObject([
      { outcome: { status: 'completed' } },
      { outcome: { status: 'failed', code: 'AI_INVALID_OUTPUT' } },
    ]);
    expect(delivery.acks).toEqual(['ack']);
    expect(worker.asked).toHaveLength(1);
  });

  test.each(['completed', 'cancelled'] as const)(
    'whose row is %s by now is dropped, and that end is published',
    async (status) => {
      const worker = startWorker();
      worker.store.finish = async () => undefined;
      worker.store.endOf = async (id) => endOf(id, { status, version: 7 });
      const delivery = worker.deliver();
      await pass();
      expect(worker.published).toMatchObject([{ status, version: 7 }]);
      expect(delivery.acks).toEqual(['ack']);
    },
  );

  test('whose claim another worker holds by now is dropped, and its message left to that worker', async () => {
    const worker = startWorker();
    worker.store.finish = async () => undefined;
    const delivery = worker.deliver();
    await pass();
    expect(worker.published).toEqual([]);
    expect(delivery.acks).toEqual([]);
    expect(worker.consumer.running()).toBe(0);
  });

  test('whose row was deleted by its owner is dropped, and its message acked', async () => {
    const worker = startWorker();
    worker.store.finish = async () => undefined;
    worker.store.endOf = async () => 'gone';
    const delivery = worker.deliver();
    await pass();
    expect(worker.published).toEqual([]);
    expect(delivery.acks).toEqual(['ack']);
  });

  test('whose save succeeded without a confirmation is published', async () => {
    const worker = startWorker();
    worker.store.finish = async () => {
      worker.store.finish = async () => undefined;
      worker.store.endOf = async (each) => endOf(each);
      return await unavailable();
    };
    const delivery = worker.deliver();
    await pass(1_000);
    expect(worker.published).toMatchObject([{ status: 'completed' }]);
    expect(delivery.acks).toEqual(['ack']);
  });
});

test('an unexpected error ends only its own attempt: the message comes again after the lease, and the error is counted', async () => {
  const worker = startWorker();
  worker.store.renew = async () => new Set();
  worker.script.push(async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new RetryLater('the model call was ended');
  });
  worker.store.endOf = () => {
    throw new TypeError('a mistake of ours');
  };
  const delivery = worker.deliver();
  await pass(5_000);
  expect([delivery.acks, delivery.delays]).toEqual([['nak'], [15_000]]);
  const errors = await notZero(worker.metrics.errors);
  expect(errors).toMatchObject([{ value: 1, labels: { part: 'worker', code: 'INTERNAL_SERVER_ERROR' } }]);
  expect(worker.logs).toContainEqual(expect.objectContaining({ level: 'error' }));
  expect([worker.consumer.running(), worker.slots()]).toEqual([0, 2]);
});

test('the run is measured from the claim to the end of the attempt, the wait once', async () => {
  const worker = startWorker();
  const replying = gate<ReturnType<typeof fits>>();
  worker.script.push(() => replying.promise);
  worker.deliver();
  await pass(3_000);
  replying.open(fits());
  await pass();
  worker.store.claim = (id, token) => claimOf(id, token, { attempts: 2, waitedMs: null });
  worker.deliver({ assessmentId: randomUUID() });
  await pass();
  const { values } = await worker.metrics.run.get();
  const sum = values.find(
    ({ metricName, labels }) => metricName?.endsWith('_sum') === true && labels.outcome === 'completed',
  );
  expect(sum?.value).toBe(3);
  const waits = (await worker.metrics.wait.get()).values.find(
    ({ metricName }) => metricName?.endsWith('_count') === true,
  );
  expect(waits?.value).toBe(1);
});
