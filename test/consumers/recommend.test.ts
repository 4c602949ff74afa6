import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderFailure, ProviderPause } from '../../src/entities/provider-failure.ts';
import { Permanent } from '../../src/errors.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { claimOf, fits, pass, startPlay, type Play } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

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
  expect(JSON.stringify(play.asked[1]?.messages)).toContain('it was cut off before its end');
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
  const REJECTED = {
    text: 'nonsense',
    problems: ['The answer is not valid JSON.'],
    cutOff: false,
    promptTokens: 10,
    completionTokens: 20,
  };

  test.each([
    ['by a rate limit', new ProviderPause('rate-limit', { delayMs: 20_000 }), 20_000],
    ['by a failure of the provider', new ProviderFailure('failed (500)', { mayHaveCharged: false }), 500],
    [
      'by a failure that says when',
      new ProviderFailure('busy (503)', { mayHaveCharged: false, delayMs: 5_000 }),
      5_000,
    ],
    ['by a used up quota', new ProviderPause('quota', { delayMs: 300_000 }), 300_000],
    ['by a time-out', new ProviderFailure('did not end in time', { mayHaveCharged: true }), 500],
    ['by a mistake', new TypeError('x is not a function'), 500],
  ])('%s gives the claim back with the answer that is paid for', async (_, error, delayMs) => {
    const play = startPlay({ random: () => 0.5 });
    play.script.push(withText('nonsense'), refuses(error));
    const { answers } = play.deliver();
    await pass();
    expect(keysOf(play).map((key) => key.slice(-1))).toEqual(['0', '1']);
    expect(play.released).toMatchObject([{ returnAttempt: false, rejectedAnswer: REJECTED }]);
    expect(play.released[0]?.delayMs).toBeGreaterThanOrEqual(delayMs);
    expect(answers).toEqual(['nak']);
  });

  test('keeps of the answer what can be sent and stored', async () => {
    const play = startPlay();
    const failure = new ProviderFailure('failed (500)', { mayHaveCharged: false });
    play.script.push(() => fits({ text: `a\0\ud800${'x'.repeat(100_000)}`, cutOff: true }), refuses(failure));
    play.deliver();
    await pass();
    const { rejectedAnswer } = play.released[0] ?? {};
    expect(rejectedAnswer).toMatchObject({ cutOff: true, text: expect.stringMatching(/^a\ufffd\ufffdx+$/) });
    expect(rejectedAnswer?.text).toHaveLength(20_000);
  });

  test('at shutdown is handed back with the answer too', async () => {
    const play = startPlay();
    play.script.push(withText('nonsense'), async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new ProviderFailure('the model call was ended', { mayHaveCharged: true });
    });
    play.deliver();
    await pass(500);
    const stopped = play.consumer.stop(1_000);
    await pass(1_000);
    await stopped;
    expect(play.released).toMatchObject([{ returnAttempt: false, delayMs: 100, rejectedAnswer: REJECTED }]);
  });

  test('for good fails for good', async () => {
    const play = startPlay();
    play.script.push(withText('nonsense'), refuses(new Permanent('AI_REFUSED', 'no')));
    play.deliver();
    await pass();
    expect(play.finished).toMatchObject([{ outcome: { code: 'AI_REFUSED' } }]);
  });

  describe('is what the next attempt begins with', () => {
    const startOwed = (given = {}) => {
      const play = startPlay();
      play.store.claim = (id, token) => claimOf(id, token, { attempts: 2, rejectedAnswer: { ...REJECTED, ...given } });
      return play;
    };

    test('so that the first answer is paid for once, and its tokens are not forgotten', async () => {
      const play = startOwed();
      play.deliver();
      await pass();
      expect(keysOf(play).map((key) => key.slice(-1))).toEqual(['1']);
      expect(JSON.stringify(play.asked[0]?.messages)).toContain('The answer is not valid JSON.');
      expect(play.finished).toMatchObject([
        { outcome: { status: 'completed', promptTokens: 20, completionTokens: 40 } },
      ]);
    });

    test('with the larger cap if the answer was cut off', async () => {
      const play = startOwed({ cutOff: true });
      play.deliver();
      await pass();
      const [repair = 0] = play.asked.map(({ tokensMax }) => tokensMax);
      play.store.claim = (id, token) => claimOf(id, token);
      play.deliver();
      await pass();
      expect(repair).toBe(2 * (play.asked[1]?.tokensMax ?? Number.NaN));
    });

    test('and an answer that does not fit then either ends it', async () => {
      const play = startOwed();
      play.script.push(withText('nonsense'));
      play.deliver();
      await pass();
      expect(play.finished).toMatchObject([{ outcome: { status: 'failed', code: 'AI_INVALID_OUTPUT' } }]);
    });

    test('and a rate limit makes that attempt free', async () => {
      const play = startOwed();
      play.script.push(refuses(new ProviderPause('rate-limit', { delayMs: 1_000 })));
      play.deliver();
      await pass();
      expect(play.released).toMatchObject([{ returnAttempt: true, rejectedAnswer: REJECTED }]);
    });
  });
});

test.each([
  ['answered', () => fits()],
  ['cut_off', () => fits({ cutOff: true })],
  ['ai_refused', refuses(new Permanent('AI_REFUSED', 'no'))],
  ['refused', refuses(new ProviderPause('rate-limit', { delayMs: 1_000 }))],
  ['error', refuses(new ProviderFailure('failed (500)', { mayHaveCharged: false }))],
  ['error', refuses(new TypeError('a mistake of ours'))],
] as const)('a call is counted and measured by what came of it: %s', async (outcome, behaviour) => {
  const play = startPlay();
  const { modelCalls, modelSeconds } = play.metrics;
  play.script.push(async () => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return behaviour();
  });
  await pass(10_000);
  play.deliver();
  await pass(3_000);
  const counted = (await modelCalls.get()).values.find(({ labels }) => labels.outcome === outcome);
  expect(counted?.value).toBe(1);
  const seconds = (await modelSeconds.get()).values.find(
    ({ metricName, labels }) => metricName?.endsWith('_sum') === true && labels.outcome === outcome,
  );
  expect(seconds?.value).toBe(3);
});

test('tokens are counted as the provider tells them, and as none where it does not', async () => {
  const play = startPlay();
  play.script.push(
    () => fits(),
    () => fits({ promptTokens: null, completionTokens: null }),
  );
  play.deliver();
  play.deliver();
  await pass();
  const { values } = await play.metrics.modelTokens.get();
  expect(values).toMatchObject([
    { value: 10, labels: { kind: 'prompt' } },
    { value: 20, labels: { kind: 'completion' } },
  ]);
  expect(play.finished).toMatchObject([
    { outcome: { promptTokens: 10, completionTokens: 20 } },
    { outcome: { promptTokens: null, completionTokens: null } },
  ]);
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
