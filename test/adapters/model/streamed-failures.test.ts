import { expect, test } from 'vitest';
import {
  ModelRefusal,
  ProviderFailure,
  ProviderPause,
  ProviderRefusal,
} from '../../../src/entities/provider-failure.ts';
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

test.each<[string, Behaviour]>([
  ['a refusal', refusal()],
  ['a content filter', contentFilter()],
  ['a content filter in the middle', rawStream(delta('{"summary":"I'), delta(null, 'content_filter'))],
  ['a refusal in one piece', rawBody('{"choices":[{"message":{"refusal":"no"}}]}')],
  ['a filter of the prompt', status(400, { type: 'content_filter' })],
  ['a filter after some text', brokenStream({ error: { code: 'content_filter', message: 'no' } })],
])('%s is permanent', async (_, behaviour) => {
  const error = await failureOf(behaviour);
  expect(error).toBeInstanceOf(ModelRefusal);
  expect(error.code).toBe('AI_REFUSED');
});

test.each<[string, Behaviour, object]>([
  ['401 before the stream', status(401), { reason: 'configuration' }],
  ['400 before the stream', status(400), { reason: 'unexplained', facts: { status: 400 } }],
  [
    'a 400 within the stream',
    rawStream({ error: { code: 400, message: 'no', param: 'stream' } }),
    { reason: 'unexplained', facts: { status: 400, param: 'stream' } },
  ],
  ['a used-up quota in place of the text', rawStream({ error: { type: 'insufficient_quota' } }), { reason: 'quota' }],
  ['a redirect', status(307, { headers: { location: 'https://elsewhere.invalid/v1' } }), { reason: 'configuration' }],
  [
    'a redirect to the same place',
    status(307, { headers: { location: '/v1/chat/completions' } }),
    { reason: 'configuration' },
  ],
])('%s refuses the request, which is no attempt', async (_, behaviour, expected) => {
  const error = await failureOf(behaviour);
  expect(error).toBeInstanceOf(ProviderRefusal);
  expect(error).toMatchObject({ countsAttempt: false, isFree: true, ...expected });
});

test.each<[string, Behaviour, object]>([
  ['429 before the stream', rateLimit({ seconds: 7 }), { delayMs: 7_000, countsAttempt: false }],
  [
    'a rate limit in place of the text',
    rawStream({ error: { code: 'rate_limit_exceeded', message: 'slow down' } }),
    { delayMs: undefined, countsAttempt: false },
  ],
  [
    'a rate limit as a number, after text that is charged',
    brokenStream({ error: { code: 429, message: 'slow down' } }),
    { countsAttempt: true },
  ],
])('%s pauses all calls', async (_, behaviour, expected) => {
  const error = await failureOf(behaviour);
  expect(error).toBeInstanceOf(ProviderPause);
  expect(error).toMatchObject({ reason: 'rate-limit', ...expected });
});

test.each<[string, Behaviour, boolean]>([
  ['500 before the stream', status(500), false],
  ['an error in place of the text', rawStream({ error: { message: 'overloaded', type: 'server_error' } }), false],
  ['an error that is a text', rawStream({ error: 'overloaded' }), false],
  ['an error event in the middle', brokenStream({ error: { message: 'overloaded', type: 'server_error' } }), true],
  ['a used-up quota after some text', brokenStream({ error: { type: 'insufficient_quota', message: 'pay' } }), true],
  ['an event that is no JSON', rawStream(delta('{"summ'), '{"choices"', delta('ary"')), true],
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

test.each<[string, Behaviour, boolean]>([
  ['before it', status(500), false],
  ['by an error in place of the text', rawStream({ error: { message: 'overloaded' } }), false],
  ['by an error in the middle', brokenStream({ error: { message: 'overloaded' } }), true],
  ['by its end', brokenStream('end'), true],
  ['by a reset', brokenStream('reset'), true],
])('a stream that fails %s says something of plain calls, or not', async (_, behaviour, inStream) => {
  expect(await failureOf(behaviour)).toMatchObject({ name: 'RetryLater', inStream });
});
