import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProviderFailure, ProviderPause, ProviderRefusal } from '../../src/entities/provider-failure.ts';
import { Permanent } from '../../src/errors.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { wellbeingInGerman } from '../support/translations.ts';
import { claimOf, fits, pass, startWorker, type WorkerHarness } from './worker-harness.ts';
import { FACTS } from './looks.ts';
import { notZero } from '../support/metrics.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refuses = (error: Error) => () => {
  throw error;
};
const withText = (text: string) => () => fits({ text });
const keysOf = ({ asked }: WorkerHarness): string[] => asked.map(({ idempotencyKey }) => idempotencyKey.slice(37));

test('the result carries the reply, our scores, the model’s name and the prompt’s version', async () => {
  const worker = startWorker();
  worker.deliver();
  await pass();
  const [{ outcome } = {}] = worker.finished;
  expect(outcome).toMatchObject({
    status: 'completed',
    result: {
      summary: 'You are tired.',
      recommendations: [{ title: 'Sleep more', area: 'sleep', priority: 'HIGH' }],
      model: 'played',
      promptVersion: expect.stringMatching(/^\d+\.\d+$/),
      textHash: null,
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
  const worker = startWorker();
  worker.store.claim = (id, token) => claimOf(id, token, { round: 3 });
  worker.script.push(withText('nonsense'));
  const { message } = worker.deliver();
  await pass();
  expect(worker.asked.map(({ idempotencyKey }) => idempotencyKey)).toEqual([
    expect.stringMatching(new RegExp(`^${message.assessmentId}:\\d+\\.\\d+:3:0$`)),
    expect.stringMatching(new RegExp(`^${message.assessmentId}:\\d+\\.\\d+:3:1$`)),
  ]);
});

describe('an assessment in another language', () => {
  const HASH = 'c0ffee'.repeat(10);
  const inGerman = (worker: WorkerHarness): void => {
    worker.inLanguage = (content, language) =>
      language === null ? { content, textHash: null } : { content: wellbeingInGerman, textHash: HASH };
    worker.store.claim = (id, token) => claimOf(id, token, { language: 'de' });
  };

  test('is asked for with its texts and in its language', async () => {
    const worker = startWorker();
    inGerman(worker);
    worker.deliver();
    await pass();
    const [system = '', user = ''] = worker.asked[0]?.messages.map(({ content }) => content) ?? [];
    expect(system).toContain('Write plain text in the language "de"');
    expect(system).toContain('You answer in German');
    expect(user).toContain('sleep_quality: Wie gut haben Sie geschlafen?');
    expect(user).toContain('stress (Gelassenheit)');
    expect(user).toContain('<answers>\n{"questionnaire":"wellbeing-check@1","language":"de","scores":');
    expect(user).not.toMatch(/How well|Sleep/);
  });

  test('has the hash of its texts and its scores in the result, and the hash in the key of the call', async () => {
    const worker = startWorker();
    inGerman(worker);
    worker.deliver();
    await pass();
    expect(worker.finished[0]?.outcome).toMatchObject({
      status: 'completed',
      result: {
        textHash: HASH,
        scores: [{ area: 'sleep', title: 'Schlaf', band: { title: 'niedrig' } }, {}, {}, {}, {}],
      },
    });
    expect(keysOf(worker)).toEqual([expect.stringMatching(/^\d+\.\d+\.c0ffeec0ffee:1:0$/)]);
  });

  test('waits, without a call, for a worker that knows its texts', async () => {
    const worker = startWorker();
    worker.store.claim = (id, token) => claimOf(id, token, { language: 'fr' });
    const { delays } = worker.deliver();
    await pass();
    expect([worker.asked.length, worker.finished.length, delays.length]).toEqual([0, 0, 1]);
  });
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
] as const;

describe.each(WRONG_SHAPE)('a reply that does not fit: %s', (_, text) => {
  test('is repaired once', async () => {
    const worker = startWorker();
    worker.script.push(withText(text));
    worker.deliver();
    await pass();
    expect(keysOf(worker).map((key) => key.slice(-1))).toEqual(['0', '1']);
    expect(worker.finished).toMatchObject([
      { outcome: { status: 'completed', promptTokens: 20, completionTokens: 40 } },
    ]);
    const [first, second] = worker.asked.map(({ messages }) => JSON.stringify(messages).length);
    expect(second).toBeGreaterThan(first ?? Number.NaN);
  });

  test('twice fails for good, and no third reply is paid for', async () => {
    const worker = startWorker();
    worker.script.push(withText(text), withText(text));
    const delivery = worker.deliver();
    await pass();
    expect(worker.asked).toHaveLength(2);
    expect(worker.finished).toMatchObject([{ outcome: { status: 'failed', code: 'AI_INVALID_OUTPUT' } }]);
    expect(delivery.acks).toEqual(['ack']);
  });
});

test.each([
  ['in a fence', (text: string) => `\`\`\`json\n${text}\n\`\`\``],
  ['with a byte order mark', (text: string) => `\uFEFF${text}`],
  ['in space', (text: string) => `\n  ${text}\n`],
  ['in a fence in prose', (text: string) => `Here it is:\n\`\`\`json\n${text}\n\`\`\`\nGood luck!`],
  ['after a thought', (text: string) => `Hm {"summary": 1}.</think>${text}`],
])('a reply %s is accepted without a repair', async (_, wrap) => {
  const worker = startWorker();
  worker.script.push(withText(wrap(fits().text)));
  worker.deliver();
  await pass();
  expect(worker.asked).toHaveLength(1);
  expect(worker.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
});

const cut = () => fits({ text: fits().text.slice(0, -10), cutOff: true, finishReason: 'length' });

test('a reply that was cut off is requested once more with a larger cap', async () => {
  const worker = startWorker();
  worker.script.push(cut);
  worker.deliver();
  await pass();
  expect(worker.asked.map(({ length }) => length)).toEqual(['usual', 'double']);
  expect(JSON.stringify(worker.asked[1]?.messages)).toContain('it was cut off before its end');
  expect(worker.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
});

test('a reply that is cut off twice fails for good', async () => {
  const worker = startWorker();
  worker.script.push(cut, cut);
  worker.deliver();
  await pass();
  expect(worker.finished).toMatchObject([{ outcome: { status: 'failed', code: 'AI_INVALID_OUTPUT' } }]);
});

test('a text that fits is complete, also if the provider says that it was cut off', async () => {
  const worker = startWorker();
  worker.script.push(() => fits({ text: `${fits().text} And fur`, cutOff: true, finishReason: 'length' }));
  worker.deliver();
  await pass();
  expect(worker.asked).toHaveLength(1);
  expect(worker.finished).toMatchObject([{ outcome: { status: 'completed' } }]);
});

test('the problems of a reply are told without quoting it', async () => {
  const worker = startWorker();
  const secret = 'my-own-words';
  const text = JSON.stringify({ [secret]: secret, summary: secret, recommendations: [{ [secret]: secret }] });
  worker.script.push(withText(text), withText(text));
  worker.deliver();
  await pass();
  const { lastError } = (worker.finished[0]?.outcome ?? {}) as { lastError: string };
  expect(lastError).toContain("the model's reply does not fit");
  expect(lastError).not.toContain(secret);
  expect(JSON.stringify(worker.letters)).not.toContain(secret);
  expect(JSON.stringify(worker.logs)).not.toContain(secret);
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
    ['by a rate limit', new ProviderPause({ delayMs: 20_000 }), 20_000],
    ['by a failure of the provider', new ProviderFailure('failed (500)', { mayHaveCharged: false }), 500],
    [
      'by a failure that says when',
      new ProviderFailure('busy (503)', { mayHaveCharged: false, delayMs: 5_000 }),
      5_000,
    ],
    ['by a refusal of this request alone', new ProviderRefusal('unexplained', FACTS), 500],
    ['by a time-out', new ProviderFailure('did not end in time', { mayHaveCharged: true }), 500],
    ['by a mistake', new TypeError('x is not a function'), 500],
  ])('%s releases the claim with the reply that is paid for', async (_, error, delayMs) => {
    const worker = startWorker({ random: () => 0.5 });
    worker.script.push(withText('nonsense'), refuses(error));
    const { acks } = worker.deliver();
    await pass();
    expect(keysOf(worker).map((key) => key.slice(-1))).toEqual(['0', '1']);
    expect(worker.released).toMatchObject([{ returnAttempt: false, rejectedAnswer: REJECTED }]);
    expect(worker.released[0]?.delayMs).toBeGreaterThanOrEqual(delayMs);
    expect(acks).toEqual(['nak']);
  });

  test('keeps the part of the reply that can be sent and stored', async () => {
    const worker = startWorker();
    const failure = new ProviderFailure('failed (500)', { mayHaveCharged: false });
    worker.script.push(() => fits({ text: `a\0\ud800${'x'.repeat(100_000)}`, cutOff: true }), refuses(failure));
    worker.deliver();
    await pass();
    const { rejectedAnswer } = worker.released[0] ?? {};
    expect(rejectedAnswer).toMatchObject({ cutOff: true, text: expect.stringMatching(/^a\ufffd\ufffdx+$/) });
    expect(rejectedAnswer?.text).toHaveLength(20_000);
  });

  test('at shutdown is handed back with the reply', async () => {
    const worker = startWorker();
    worker.script.push(withText('nonsense'), async ({ signal }) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      throw new ProviderFailure('the model call was ended', { mayHaveCharged: true });
    });
    worker.deliver();
    await pass(500);
    const stopped = worker.consumer.stop(1_000);
    await pass(1_000);
    await stopped;
    expect(worker.released).toMatchObject([{ returnAttempt: false, delayMs: 100, rejectedAnswer: REJECTED }]);
  });

  test('for good fails for good', async () => {
    const worker = startWorker();
    worker.script.push(withText('nonsense'), refuses(new Permanent('AI_REFUSED', 'no')));
    worker.deliver();
    await pass();
    expect(worker.finished).toMatchObject([{ outcome: { code: 'AI_REFUSED' } }]);
  });

  describe('is the first call of the next attempt', () => {
    const startOwed = (given = {}) => {
      const worker = startWorker();
      worker.store.claim = (id, token) =>
        claimOf(id, token, { attempts: 2, rejectedAnswer: { ...REJECTED, ...given } });
      return worker;
    };

    test('so that the first reply is paid for once, and its tokens are counted', async () => {
      const worker = startOwed();
      worker.deliver();
      await pass();
      expect(keysOf(worker).map((key) => key.slice(-1))).toEqual(['1']);
      expect(JSON.stringify(worker.asked[0]?.messages)).toContain('The answer is not valid JSON.');
      expect(worker.finished).toMatchObject([
        { outcome: { status: 'completed', promptTokens: 20, completionTokens: 40 } },
      ]);
    });

    test('with the larger cap if the reply was cut off', async () => {
      const worker = startOwed({ cutOff: true });
      worker.deliver();
      await pass();
      worker.store.claim = (id, token) => claimOf(id, token);
      worker.deliver();
      await pass();
      expect(worker.asked.map(({ length }) => length)).toEqual(['double', 'usual']);
    });

    test('which fails for good if the repaired reply does not fit either', async () => {
      const worker = startOwed();
      worker.script.push(withText('nonsense'));
      worker.deliver();
      await pass();
      expect(worker.finished).toMatchObject([{ outcome: { status: 'failed', code: 'AI_INVALID_OUTPUT' } }]);
    });

    test('which a rate limit makes free', async () => {
      const worker = startOwed();
      worker.script.push(refuses(new ProviderPause({ delayMs: 1_000 })));
      worker.deliver();
      await pass();
      expect(worker.released).toMatchObject([{ returnAttempt: true, rejectedAnswer: REJECTED }]);
    });
  });
});

test.each([
  ['answered', () => fits()],
  ['cut_off', () => fits({ cutOff: true })],
  ['ai_refused', refuses(new Permanent('AI_REFUSED', 'no'))],
  ['rate_limit', refuses(new ProviderPause({ delayMs: 1_000 }))],
  ['quota', refuses(new ProviderRefusal('quota', FACTS))],
  ['configuration', refuses(new ProviderRefusal('configuration', FACTS))],
  ['ai_rejected', refuses(new ProviderRefusal('unexplained', FACTS))],
  ['server_error', refuses(new ProviderFailure('failed (500)', { mayHaveCharged: false }))],
  ['time_out', refuses(new ProviderFailure('too late', { kind: 'time_out', mayHaveCharged: true }))],
  ['error', refuses(new TypeError('a mistake of ours'))],
] as const)('a call is counted and measured by what came of it: %s', async (outcome, behaviour) => {
  const worker = startWorker();
  const { modelCalls, modelSeconds } = worker.metrics;
  worker.script.push(async () => {
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return behaviour();
  });
  await pass(10_000);
  worker.deliver();
  await pass(3_000);
  const counted = (await modelCalls.get()).values.find(({ labels }) => labels.outcome === outcome);
  expect(counted?.value).toBe(1);
  const seconds = (await modelSeconds.get()).values.find(
    ({ metricName, labels }) => metricName?.endsWith('_sum') === true && labels.outcome === outcome,
  );
  expect(seconds?.value).toBe(3);
});

test('tokens are counted as the provider tells them, and as none where it does not', async () => {
  const worker = startWorker();
  worker.script.push(
    () => fits(),
    () => fits({ promptTokens: null, completionTokens: null }),
  );
  worker.deliver();
  worker.deliver();
  await pass();
  const values = await notZero(worker.metrics.modelTokens);
  expect(values).toMatchObject([
    { value: 10, labels: { kind: 'prompt' } },
    { value: 20, labels: { kind: 'completion' } },
  ]);
  expect(worker.finished).toMatchObject([
    { outcome: { promptTokens: 10, completionTokens: 20 } },
    { outcome: { promptTokens: null, completionTokens: null } },
  ]);
});

test('the prompt holds the answers as data, and neither session nor assessment', async () => {
  const worker = startWorker();
  let sessionId = '';
  worker.store.claim = (id, token) => {
    const claim = claimOf(id, token);
    ({ sessionId } = claim);
    return claim;
  };
  const { message } = worker.deliver();
  await pass();
  const sent = JSON.stringify(worker.asked[0]?.messages);
  expect(sent).toContain(wellbeingAnswers.note);
  expect(sent).not.toContain(sessionId);
  expect(sent).not.toContain(message.assessmentId);
});
