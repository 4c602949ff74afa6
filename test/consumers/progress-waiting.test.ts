import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderFailure } from '../../src/entities/provider-failure.ts';
import { Permanent, RetryLater, UnavailableError } from '../../src/errors.ts';
import { pass, type WorkerHarness } from './worker-harness.ts';
import { replyOf, piecesOf, refuses, startWatched, told } from './watched.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an assessment whose progress has a subscriber', () => {
  test.each([
    ['to be tried again', new ProviderFailure('failed (500)', { mayHaveCharged: false })],
    ['by a mistake', new TypeError('x is not a function')],
  ])('that is given back (%s) is told to wait, in the version that it has by then', async (_, error) => {
    const worker = startWatched();
    worker.script.push(refuses(error));
    worker.deliver();
    await pass();
    expect(told(worker)).toEqual(['started 2.0', 'waiting 3.0']);
  });

  test('whose stream breaks off announces no draft after it waits', async () => {
    const worker = startWatched();
    worker.script.push(({ onText }) => {
      for (const piece of piecesOf(replyOf('a', 'b'))) onText?.(piece);
      throw new ProviderFailure('the connection to the model provider failed', { mayHaveCharged: true });
    });
    worker.deliver();
    await pass(1_000);
    expect(told(worker)).toEqual(['started 2.0', 'writing 2.1 S', 'waiting 3.0']);
  });

  test('that is handed back at shutdown is announced as waiting', async () => {
    const worker = startWatched();
    worker.script.push(async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new RetryLater('ended');
    });
    worker.deliver();
    await pass();
    const stopped = worker.consumer.stop(1_000);
    await pass(1_000);
    await stopped;
    expect(told(worker)).toEqual(['started 2.0', 'waiting 3.0']);
  });

  test.each<[string, (worker: WorkerHarness) => void]>([
    ['whose claim another worker holds by now', (worker) => (worker.store.release = async () => false)],
    [
      'whose claim could not be given back',
      (worker) => (worker.store.release = () => Promise.reject(new UnavailableError('database', 'unknown'))),
    ],
  ])('%s is not announced as waiting', async (_, prepare) => {
    const worker = startWatched();
    prepare(worker);
    worker.script.push(refuses(new RetryLater('later')));
    worker.deliver();
    await pass(60_000);
    expect(told(worker)).toEqual(['started 2.0']);
  });

  test('that failed for good is not announced as waiting', async () => {
    const worker = startWatched();
    worker.script.push(refuses(new Permanent('AI_REFUSED', 'no')));
    worker.deliver();
    await pass();
    expect(told(worker)).toEqual(['started 2.0']);
  });
});
