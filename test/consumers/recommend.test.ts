import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderFailure, ProviderPause } from '../../src/adapters/model.ts';
import { Permanent } from '../../src/errors.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { claimOf, fits, startPlay, type Play } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms = 0) => vi.advanceTimersByTimeAsync(ms);
const refuses = (error: Error) => () => {
  throw error;
};
const withText = (text: string) => () => fits({ text });
const keysOf = ({ asked }: Play): string[] => asked.map(({ idempotencyKey }) => idempotencyKey.slice(37));

test('the result carries the answer, our scores, the model’s name and the prompt’s version', async () => {
  const play = startPlay();
  play.deliver();
  await pass();
  const [{ outcome } = {}] = play.finished;
  expect(outcome).toMatchObject({
    status: 'completed',
    result: {
      summary: 'You are tired.',
      recommendations: [{ title: 'Sleep more', area: 'sleep', priority: 'HIGH' }],
      model: 'played',
      promptVersion: expect.stringMatching(/^\d+\.\d+$/),
    },
    promptTokens: 10,
    completionTokens: 20,
  });
  expect(outcome?.status === 'completed' && outcome.result.scores.map(({ area }) => area)).toEqual([
    'sleep',
    'energy',
    'stress',
    'mood',
    'focus',
  ]);
});

test('the key of a call names assessment, prompt, round and whether it is the repair', async () => {
  const play = startPlay();
  play.store.claim = (id, token) => claimOf(id, token, { round: 3 });
  play.script.push(withText('nonsense'));
  const { message } = play.deliver();
  await pass();
  expect(play.asked.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    expect.stringMatching(new RegExp(`^${message.assessmentId}:\\d+\\.\\d+:3:0$`)),
    expect.stringMatching(new RegExp(`^${message.assessmentId}:\\d+\\.\\d+:3:1$`)),
  ]);
});

const WRONG_SHAPE = [
  ['a page', '<html><body>Sign in</body></html>'],
  ['nothing', ''],
  ['space', ' \n\t'],
  ['prose', 'Here is your answer: sleep more.'],
  ['a trailing comma', '{"summary":"a","recommendations":[],}'],
  ['a list', '[]'],
  ['null', 'null'],
  ['no recommendation', JSON.stringify({ summary: 'a', recommendations: [] })],
  ['a missing field', JSON.stringify({ recommendations: [] })],
  ['a field too many', JSON.stringify({ ...JSON.parse(fits().text), extra: 1 })],
  ['an unknown area', fits().text.replace('"area":"sleep"', '"area":"liver"')],
  ['a summary of 10,000 characters', JSON.stringify({ ...JSON.parse(fits().text), summary: 'x'.repeat(10_000) })],
  ['a character that can not be stored', fits().text.replace('You are tired.', 'You\\u0000')],
  ['half a surrogate pair', fits().text.replace('You are tired.', 'You\\ud800')],
  ['markup', fits().text.replace('You are tired.', '<img src=http://evil>')],
  ['two fences', `\`\`\`json\n${fits().text}\n\`\`\`\nand\n\`\`\`json\n{}\n\`\`\``],
] as const;

describe.each(WRONG_SHAPE)('an answer that does not fit: %s', (_, text) => {
  test('is mended once', async () => {
    const play = startPlay();
    play.script.push(withText(text));
    play.deliver();
    await pass();
    expect(keysOf(play).map((key) => key.slice(-1))).toEqual(['0', '1']);
    expect(play.finished).toMatchObject([{ outcome: { status: 'completed', promptTokens: 20, completionTokens: 40 } }]);
    expect(play.asked[1]?.messages.length).toBeGreaterThan(play.asked[0]?.messages.length ?? Number.NaN);
  });

  test('twice fails for good, and no third answer is paid for', async () => {
    const play = startPlay();
    play.script.push(withText(text), withText(text));
    const delivery = play.deliver();
    await pass();
    expect(play.asked).toHaveLength(2);
    expect(play.finished).toMatchObject([{ outcome: { status: 'failed', code: 'AI_INVALID_OUTPUT' } }]);
    expect(delivery.answers).toEqual(['ack']);
  });
});

test.each([
  ['in a fence', (text: string) => `\`\`\`json\n${text}\n\`\`\``],
  ['with a byte order mark', (text: string) => `\uFEFF${text}`],
  ['in space', (text: string) => `\n  ${text}\n`],
])('an answer %s is taken as it is', async (_, wrap) => {
  const play = startPlay();
  play.script.push(withText(wrap(fits().text)));
  play.deliver();
  await pass();
  expect(play.asked).toHaveLength(1);
  expect(play.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
});

test('an answer that was cut off is asked for once more with a larger cap', async () => {
  const play = startPlay();
  play.script.push(() => fits({ cutOff: true }));
  play.deliver();
  await pass();
  const [first = 0, second = 0] = play.asked.map(({ tokensMax }) => tokensMax);
  expect(second).toBe(2 * first);
  expect(play.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
});

test('an answer that is cut off twice fails for good, even if it would fit as it is', async () => {
  const play = startPlay();
  play.script.push(
    () => fits({ cutOff: true }),
    () => fits({ cutOff: true }),
  );
  play.deliver();
  await pass();
  expect(play.finished).toMatchObject([{ outcome: { status: 'failed', code: 'AI_INVALID_OUTPUT' } }]);
});

test('what is wrong with an answer is told without quoting it', async () => {
  const play = startPlay();
  const secret = 'my-own-words';
  const text = JSON.stringify({ [secret]: secret, summary: secret, recommendations: [{ [secret]: secret }] });
  play.script.push(withText(text), withText(text));
  play.deliver();
  await pass();
  const { lastError } = (play.finished[0]?.outcome ?? {}) as { lastError: string };
  expect(lastError).toContain("the model's answer does not fit");
  expect(lastError).not.toContain(secret);
  expect(JSON.stringify(play.letters)).not.toContain(secret);
  expect(JSON.stringify(play.logs)).not.toContain(secret);
});

describe('a repair that fails', () => {
  test.each([
    ['by a rate limit', new ProviderPause('rate-limit', { delayMs: 20_000 }), 22_000],
    ['by a failure of the provider', new ProviderFailure('failed (500)', { mayHaveCharged: false }), 8_000],
    ['by a time-out', new ProviderFailure('did not end in time', { mayHaveCharged: true }), 8_000],
  ])('%s is tried again from where it was: the first answer is not paid for twice', async (_, error, ms) => {
    const play = startPlay();
    play.script.push(withText('nonsense'), refuses(error));
    play.deliver();
    await pass(500);
    expect(play.asked).toHaveLength(2);
    await pass(ms);
    expect(keysOf(play).map((key) => key.slice(-1))).toEqual(['0', '1', '1']);
    expect(play.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
  });

  test('by a rate limit keeps everything else from being begun meanwhile', async () => {
    const play = startPlay({ concurrency: 5 });
    play.script.push(withText('nonsense'), refuses(new ProviderPause('rate-limit', { delayMs: 20_000 })));
    play.deliver();
    await pass(500);
    expect(play.slots()).toBe(0);
    await pass(25_000);
    expect(play.slots()).toBe(5);
  });

  test.each([
    ['again and again', () => new ProviderFailure('failed (500)', { mayHaveCharged: false }), 4],
    ['by a wait that is too long for a slot', () => new ProviderPause('quota', { delayMs: 300_000 }), 2],
  ])('%s is given back as an attempt, since the first answer was paid for', async (_, errorOf, calls) => {
    const play = startPlay();
    play.script.push(withText('nonsense'), refuses(errorOf()), refuses(errorOf()), refuses(errorOf()));
    play.deliver();
    await pass(60_000);
    expect(play.asked).toHaveLength(calls);
    expect(play.released).toMatchObject([{ returnAttempt: false }]);
  });

  test('for good fails for good', async () => {
    const play = startPlay();
    play.script.push(withText('nonsense'), refuses(new Permanent('AI_REFUSED', 'no')));
    play.deliver();
    await pass();
    expect(play.finished).toMatchObject([{ outcome: { code: 'AI_REFUSED' } }]);
  });

  test('at shutdown is handed back as an attempt', async () => {
    const play = startPlay();
    play.script.push(withText('nonsense'), refuses(new ProviderPause('rate-limit', { delayMs: 20_000 })));
    play.deliver();
    await pass(500);
    const stopped = play.consumer.stop(1_000);
    await pass(1_000);
    await stopped;
    expect(play.released).toMatchObject([{ returnAttempt: false, delayMs: 100 }]);
  });
});

test('the prompt holds the answers as data, and neither session nor assessment', async () => {
  const play = startPlay();
  let sessionId = '';
  play.store.claim = (id, token) => {
    const claim = claimOf(id, token);
    ({ sessionId } = claim);
    return claim;
  };
  const { message } = play.deliver();
  await pass();
  const sent = JSON.stringify(play.asked[0]?.messages);
  expect(sent).toContain(wellbeingAnswers.note);
  expect(sent).not.toContain(sessionId);
  expect(sent).not.toContain(message.assessmentId);
});
