import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RetryLater } from '../../src/errors.ts';
import { fits, gate, pass, startPlay } from './consumer.ts';
import { answerOf, item, piecesOf, refuses, startWatched, told, writes } from './watched.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an assessment that is watched', () => {
  test('is streamed, and what is whole is told part by part', async () => {
    const play = startWatched();
    play.script.push(writes(piecesOf(answerOf('a', 'b')), 100));
    const { message } = play.deliver();
    await pass(1_000);
    expect(told(play)).toEqual(['started 2.0', 'writing 2.1 S', 'writing 2.2 S a', 'writing 2.3 S a b']);
    expect(play.progress[3]).toEqual({
      v: 1,
      assessmentId: message.assessmentId,
      sessionId: expect.any(String),
      version: 2,
      seq: 3,
      phase: 'writing',
      draft: { summary: 'You are tired.', recommendations: [item('a'), item('b')] },
    });
    expect(play.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
  });

  test('is told to have started at the claim, before the model is asked', async () => {
    const play = startWatched();
    const answering = gate<ReturnType<typeof fits>>();
    play.script.push(() => answering.promise);
    play.deliver();
    await pass();
    expect(told(play)).toEqual(['started 2.0']);
    answering.open(fits());
    await pass();
    expect(told(play)).toEqual(['started 2.0']);
  });

  test('whose parts come all at once is told at most every 50 ms, and the last state always', async () => {
    const play = startWatched();
    const [first = '', ...rest] = piecesOf(answerOf('a', 'b', 'c'));
    const answering = gate<ReturnType<typeof fits>>();
    play.script.push(({ onText }) => {
      for (const piece of [first, ...rest]) onText?.(piece);
      return answering.promise;
    });
    play.deliver();
    await pass(49);
    expect(told(play)).toEqual(['started 2.0', 'writing 2.1 S']);
    await pass(1);
    expect(told(play)).toEqual(['started 2.0', 'writing 2.1 S', 'writing 2.2 S a b c']);
    await pass(1_000);
    expect(told(play)).toHaveLength(3);
    answering.open(fits());
    await pass();
  });

  test('is told nothing any more once the answer is there: the end makes it needless', async () => {
    const play = startWatched();
    play.script.push(writes(piecesOf(answerOf('a', 'b', 'c'))));
    play.deliver();
    await pass(1_000);
    expect(told(play)).toEqual(['started 2.0', 'writing 2.1 S']);
    expect(play.published).toHaveLength(1);
  });

  test('is streamed for the repair too, whose draft begins anew', async () => {
    const play = startWatched();
    play.script.push(writes(piecesOf(answerOf('a', 'a')), 100), writes(piecesOf(answerOf('c')), 100));
    play.deliver();
    await pass(1_000);
    expect(told(play)).toEqual(['started 2.0', 'writing 2.1 S', 'writing 2.2 S a', 'writing 2.3 S', 'writing 2.4 S c']);
    expect(play.asked.map(({ onText }) => onText !== undefined)).toEqual([true, true]);
  });

  test('is streamed where only the repair is owed', async () => {
    const rejectedAnswer = { text: '?', problems: ['?'], cutOff: false, promptTokens: 1, completionTokens: 1 };
    const play = startWatched({ rejectedAnswer });
    play.script.push(writes(piecesOf(answerOf('c')), 100));
    play.deliver();
    await pass(1_000);
    expect(told(play)).toEqual(['started 2.0', 'writing 2.1 S', 'writing 2.2 S c']);
  });

  test('whose worker was lost is told of by the next one with higher numbers than the lost one can have', async () => {
    const play = startWatched({ attempts: 3, waitedMs: null });
    play.script.push(writes(piecesOf(answerOf('a')), 100));
    play.deliver();
    await pass(1_000);
    expect(told(play)).toEqual(['started 2.0', 'writing 2.2001 S', 'writing 2.2002 S a']);
  });

  test('ends as ever where nothing can be told', async () => {
    const play = startWatched();
    play.progress.push = refuses(new Error('the connection is draining'));
    play.script.push(writes(piecesOf(answerOf('a')), 100));
    const { answers } = play.deliver();
    await pass(1_000);
    expect(play.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
    expect(answers).toEqual(['ack']);
  });

  test('is measured: how long until it is seen that the model writes', async () => {
    const play = startWatched();
    play.script.push(async (request) => {
      await new Promise((resume) => void setTimeout(resume, 3_000));
      return await writes(piecesOf(answerOf('a')), 100)(request);
    });
    play.deliver();
    await pass(5_000);
    const { values } = await play.metrics.modelFirstText.get();
    const of = (name: string) => values.find(({ metricName }) => metricName?.endsWith(name) === true)?.value;
    expect([of('_count'), of('_sum')]).toEqual([1, 3]);
  });
});

test('an assessment that nobody watches is asked for in one piece, and nothing is told of it', async () => {
  const play = startPlay();
  play.script.push(() => fits({ text: 'nonsense' }), refuses(new RetryLater('later')));
  play.deliver();
  await pass(1_000);
  expect(play.asked.map(({ onText }) => onText)).toEqual([undefined, undefined]);
  expect(play.released).toHaveLength(1);
  expect(play.progress).toEqual([]);
});
