import { expect, test } from 'vitest';
import { ProviderFailure, ProviderPause } from '../../../src/entities/provider-failure.ts';
import { Permanent } from '../../../src/errors.ts';
import {
  brokenStream,
  contentFilter,
  hang,
  rateLimit,
  rawBody,
  rawStream,
  refusal,
  reset,
  slowStream,
  status,
  truncated,
  type Behaviour,
} from '../../support/model-behaviours.ts';
import { delta, failure } from './asking.ts';

const failureOf = (behaviour: Behaviour, given: { timeoutMs?: number } = {}) =>
  failure(behaviour, { ...given, request: { onText: () => {} } });

test.each<[string, Behaviour, string]>([
  ['a refusal', refusal(), 'AI_REFUSED'],
  ['a content filter', contentFilter(), 'AI_REFUSED'],
  ['a content filter in the middle', rawStream(delta('{"summary":"I'), delta(null, 'content_filter')), 'AI_REFUSED'],
  ['a refusal in one piece', rawBody('{"choices":[{"message":{"refusal":"no"}}]}'), 'AI_REFUSED'],
  ['400', status(400), 'AI_REJECTED'],
  ['a 400 within the stream', rawStream({ error: { code: 400, message: 'too long' } }), 'AI_REJECTED'],
])('%s is permanent', async (_, behaviour, code) => {
  const error = await failureOf(behaviour);
  expect(error).toBeInstanceOf(Permanent);
  expect(error.code).toBe(code);
});

test.each<[string, Behaviour, object]>([
  ['429 before the stream', rateLimit({ seconds: 7 }), { reason: 'rate-limit', delayMs: 7_000, countsAttempt: false }],
  ['401 before the stream', status(401), { reason: 'configuration', countsAttempt: false }],
  [
    'a redirect',
    status(307, { headers: { location: 'https://elsewhere.invalid/v1' } }),
    { reason: 'configuration', countsAttempt: false },
  ],
  [
    'a redirect to the same place',
    status(307, { headers: { location: '/v1/chat/completions' } }),
    { reason: 'configuration', countsAttempt: false },
  ],
  [
    'a rate limit in place of the text',
    rawStream({ error: { code: 'rate_limit_exceeded', message: 'slow down' } }),
    { reason: 'rate-limit', delayMs: 5_000, countsAttempt: false },
  ],
  [
    'a rate limit as a number, after text that is charged',
    brokenStream({ error: { code: 429, message: 'slow down' } }),
    { reason: 'rate-limit', countsAttempt: true },
  ],
  [
    'a used-up quota, after text that is charged',
    brokenStream({ error: { type: 'insufficient_quota', message: 'pay' } }),
    { reason: 'quota', countsAttempt: true },
  ],
])('%s pauses all calls', async (_, behaviour, expected) => {
  const error = await failureOf(behaviour);
  expect(error).toBeInstanceOf(ProviderPause);
  expect(error).toMatchObject(expected);
});

test.each<[string, Behaviour, boolean]>([
  ['500 before the stream', status(500), false],
  ['an error in place of the text', rawStream({ error: { message: 'overloaded', type: 'server_error' } }), false],
  ['an error that is a text', rawStream({ error: 'overloaded' }), false],
  ['an error event in the middle', brokenStream({ error: { message: 'overloaded', type: 'server_error' } }), true],
  ['an event named error', brokenStream({ raw: 'event: error\ndata: {"message":"overloaded"}\n\n' }), true],
  ['a reset in the middle', brokenStream('reset'), true],
  ['an end in the middle', brokenStream('end'), true],
  ['an end before the last brace', brokenStream('end', { at: 0.999 }), true],
  ['an end after prose', rawStream(delta('Sleep more.'), '[DONE]'), true],
  ['an end after a thought', rawStream(delta('Perhaps {"summary":"a"}, or</think>{"summ')), true],
  ['a reset before the first piece', brokenStream('reset', { at: 0 }), true],
  ['a choice that is null, over which the SDK stumbles', rawStream({ choices: [null] }), true],
  ['a reset of a reply in one piece', reset(), true],
  ['a reply in one piece that ends too early', truncated(), true],
])('%s is a failure of the provider, with or without a possible charge', async (_, behaviour, mayHaveCharged) => {
  const error = await failureOf(behaviour);
  expect(error).toBeInstanceOf(ProviderFailure);
  expect(error).toMatchObject({ countsAttempt: true, mayHaveCharged });
});

test.each<[string, Behaviour]>([
  ['hangs', hang()],
  ['hangs in the middle', brokenStream('hang')],
  ['writes too slowly', slowStream(100)],
])('a call of a provider that %s ends with the time-out, and may have been charged', async (_, behaviour) => {
  const started = performance.now();
  const error = await failureOf(behaviour, { timeoutMs: 400 });
  expect(error).toBeInstanceOf(ProviderFailure);
  expect(error).toMatchObject({ message: 'the model call did not end in time', mayHaveCharged: true });
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('no error of a stream carries its text', async () => {
  const error = await failureOf(brokenStream({ error: { message: 'You said: I am tired' } }));
  expect(error.message).not.toContain('tired');
});
