import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RetryLater } from '../../src/errors.ts';
import { fits, gate, pass, startWorker } from './worker-harness.ts';
import { replyOf, item, piecesOf, refuses, startWatched, told, writes } from './watched.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an assessment whose progress has a subscriber', () => {
  test('is streamed, and its complete parts are announced one by one', async () => {
    const worker = startWatched();
    worker.script.push(writes(piecesOf(replyOf('a', 'b')), 100));
    const { message } = worker.deliver();
    await pass(1_000);
    expect(told(worker)).toEqual(['started 2.0', 'writing 2.1 S', 'writing 2.2 S a', 'writing 2.3 S a b']);
    expect(worker.progress[3]).toEqual({
      v: 1,
      assessmentId: message.assessmentId,
      sessionId: expect.any(String),
      version: 2,
      seq: 3,
      phase: 'writing',
      draft: { summary: 'You are tired.', recommendations: [item('a'), item('b')] },
    });
    expect(worker.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
  });

  test('is announced as started at the claim, before the model is asked', async () => {
    const worker = startWatched();
    const replying = gate<ReturnType<typeof fits>>();
    worker.script.push(() => replying.promise);
    worker.deliver();
    await pass();
    expect(told(worker)).toEqual(['started 2.0']);
    replying.open(fits());
    await pass();
    expect(told(worker)).toEqual(['started 2.0']);
  });

  test('whose parts come all at once is announced at most every 50 ms, and always with the last draft', async () => {
    const worker = startWatched();
    const [first = '', ...rest] = piecesOf(replyOf('a', 'b', 'c'));
    const replying = gate<ReturnType<typeof fits>>();
    worker.script.push(({ onText }) => {
      for (const piece of [first, ...rest]) onText?.(piece);
      return replying.promise;
    });
    worker.deliver();
    await pass(49);
    expect(told(worker)).toEqual(['started 2.0', 'writing 2.1 S']);
    await pass(1);
    expect(told(worker)).toEqual(['started 2.0', 'writing 2.1 S', 'writing 2.2 S a b c']);
    await pass(1_000);
    expect(told(worker)).toHaveLength(3);
    replying.open(fits());
    await pass();
  });

  test('is announced no more once the reply is complete, because its end follows', async () => {
    const worker = startWatched();
    worker.script.push(writes(piecesOf(replyOf('a', 'b', 'c'))));
    worker.deliver();
    await pass(1_000);
    expect(told(worker)).toEqual(['started 2.0', 'writing 2.1 S']);
    expect(worker.published).toHaveLength(1);
  });

  test('is streamed for the repair too, with new drafts', async () => {
    const worker = startWatched();
    worker.script.push(writes(piecesOf(replyOf('a', 'a')), 100), writes(piecesOf(replyOf('c')), 100));
    worker.deliver();
    await pass(1_000);
    expect(told(worker)).toEqual([
      'started 2.0',
      'writing 2.1 S',
      'writing 2.2 S a',
      'writing 2.3 S',
      'writing 2.4 S c',
    ]);
    expect(worker.asked.map(({ onText }) => onText !== undefined)).toEqual([true, true]);
  });

  test('is streamed if only the repair is left', async () => {
    const rejectedAnswer = { text: '?', problems: ['?'], cutOff: false, promptTokens: 1, completionTokens: 1 };
    const worker = startWatched({ rejectedAnswer });
    worker.script.push(writes(piecesOf(replyOf('c')), 100));
    worker.deliver();
    await pass(1_000);
    expect(told(worker)).toEqual(['started 2.0', 'writing 2.1 S', 'writing 2.2 S c']);
  });

  test('is announced after a lost attempt, and asked plain: whatever broke the stream leaves plain calls alone', async () => {
    const worker = startWatched({ attempts: 2, waitedMs: null });
    worker.deliver();
    await pass(1_000);
    expect(told(worker)).toEqual(['started 2.0']);
    expect(worker.asked.map(({ onText }) => onText)).toEqual([undefined]);
    expect(worker.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
  });

  test('ends as usual if nothing can be announced', async () => {
    const worker = startWatched();
    worker.progress.push = refuses(new Error('the connection is draining'));
    worker.script.push(writes(piecesOf(replyOf('a')), 100));
    const { acks } = worker.deliver();
    await pass(1_000);
    expect(worker.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
    expect(acks).toEqual(['ack']);
  });

  test('is measured from the call to the first piece of text', async () => {
    const worker = startWatched();
    worker.script.push(async (request) => {
      await new Promise((resume) => void setTimeout(resume, 3_000));
      return await writes(piecesOf(replyOf('a')), 100)(request);
    });
    worker.deliver();
    await pass(5_000);
    const { values } = await worker.metrics.modelFirstText.get();
    const of = (name: string) => values.find(({ metricName }) => metricName?.endsWith(name) === true)?.value;
    expect([of('_count'), of('_sum')]).toEqual([1, 3]);
  });
});

test('an assessment whose progress has no subscriber is requested in one piece, and not announced', async () => {
  const worker = startWorker();
  worker.script.push(() => fits({ text: 'nonsense' }), refuses(new RetryLater('later')));
  worker.deliver();
  await pass(1_000);
  expect(worker.asked.map(({ onText }) => onText)).toEqual([undefined, undefined]);
  expect(worker.released).toHaveLength(1);
  expect(worker.progress).toEqual([]);
});
