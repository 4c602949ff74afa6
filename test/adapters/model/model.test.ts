import { describe, expect, test } from 'vitest';
import { openModel } from '../../../src/adapters/model.ts';
import {
  ModelRefusal,
  ProviderFailure,
  ProviderPause,
  ProviderRefusal,
} from '../../../src/entities/provider-failure.ts';
import { RetryLater } from '../../../src/errors.ts';
import {
  reply,
  contentFilter,
  cutOff,
  delay,
  drip,
  garbage,
  hang,
  insufficientQuota,
  rateLimit,
  rawBody,
  refusal,
  reset,
  status,
  truncated,
  type Behaviour,
} from '../../support/model-behaviours.ts';
import { freePort } from '../../support/ports.ts';
import { failure, openWorld, request } from './asking.ts';

async function replyTo(behaviour: Behaviour) {
  await using world = await openWorld();
  world.server.script([behaviour]);
  return await world.model.ask(request());
}

test('a call asks for the schema, with the key that keeps it from being charged twice', async () => {
  await using world = await openWorld();
  const asked = request();
  expect(await world.model.ask(asked)).toEqual({
    text: expect.stringContaining('summary'),
    cutOff: false,
    finishReason: 'stop',
    model: 'asked-for',
    promptTokens: 120,
    completionTokens: 90,
    reasoningTokens: null,
    cachedTokens: null,
  });
  const [call] = world.server.calls;
  expect(call).toMatchObject({ idempotencyKey: asked.idempotencyKey, authorization: 'Bearer sk-test', stream: false });
  expect(call?.body).toMatchObject({
    model: 'asked-for',
    max_completion_tokens: 4_000,
    response_format: { type: 'json_schema', json_schema: { strict: true, schema: asked.schema } },
  });
});

test('a completion with the content type of plain text is understood', async () => {
  const body = JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content: 'hi' } }] });
  expect(await replyTo(rawBody(body, 'text/plain'))).toMatchObject({ text: 'hi' });
});

test.each<[string, Behaviour]>([
  ['broken JSON in place of a completion', rawBody('{"choices": [')],
  ['nothing', rawBody('')],
  ['a page', rawBody('<html>Sign in</html>', 'text/html')],
  ['a page that says to be JSON', rawBody('<html>Sign in</html>')],
  ['null', rawBody('null')],
  ['a text', rawBody('"hello"')],
  ['a list', rawBody('[]')],
  ['no choices', rawBody('{"choices":[]}')],
  ['choices that are no list', rawBody('{"choices":{"0":{}}}')],
  ['a choice that is null', rawBody('{"choices":[null]}')],
  ['an error that is a text', rawBody('{"error":"Unexpected endpoint or method"}')],
  ['204', ({ response }) => void response.writeHead(204).end()],
  ['205', ({ response }) => void response.writeHead(205).end()],
])('%s is no completion: the address is wrong, or all calls fail in the same way', async (_, behaviour) => {
  const error = await failure(behaviour);
  expect(error).toBeInstanceOf(ProviderRefusal);
  expect(error).toMatchObject({
    reason: 'configuration',
    isFree: false,
    facts: { status: 200, code: 'no_completion', model: 'asked-for', host: expect.stringContaining('127.0.0.1') },
  });
});

test.each<[string, object, object]>([
  ['the whole body', { error: { code: 429, message: 'busy' } }, { reason: 'rate-limit', countsAttempt: false }],
  ['the choice', { choices: [{ error: { code: 502 }, message: { content: '' } }] }, { kind: 'server_error' }],
  ['a body with a quota', { error: { code: 402 } }, { reason: 'quota', isFree: true }],
])('an error with the status of success means what its code says (%s)', async (_, body, expected) => {
  expect(await failure(rawBody(JSON.stringify(body)))).toMatchObject({ name: 'RetryLater', ...expected });
});

describe('a useless completion', () => {
  const finished = rawBody('{"choices":[{"finish_reason":"stop"}]}');
  test.each<[string, Behaviour]>([
    ['no message', finished],
    ['a message that is null', rawBody('{"choices":[{"message":null}]}')],
    ['a number as content', rawBody('{"choices":[{"message":{"content":42}}]}')],
    ['megabytes', rawBody(`{"choices":[{"message":{"content":"${'x'.repeat(9 * 1024 * 1024)}"}}]}`)],
  ])('%s is an empty reply, not an error', async (_, behaviour) => {
    expect(await replyTo(behaviour)).toEqual({
      text: '',
      cutOff: false,
      finishReason: behaviour === finished ? 'stop' : null,
      model: 'asked-for',
      promptTokens: null,
      completionTokens: null,
      reasoningTokens: null,
      cachedTokens: null,
    });
  });

  test('any text is returned unchanged', async () => {
    expect(await replyTo(garbage('```json\n{}\n```'))).toMatchObject({ text: '```json\n{}\n```' });
    expect(await replyTo(cutOff())).toMatchObject({ cutOff: true });
  });
});

test.each([
  ['missing', null, null],
  ['negative', { prompt_tokens: -5, completion_tokens: -1, total_tokens: -6 }, null],
  ['absurd', { prompt_tokens: 1e300, completion_tokens: 3_000_000_000, total_tokens: 0 }, null],
  ['fractional', { prompt_tokens: 1.5, completion_tokens: 0.5, total_tokens: 2 }, null],
  ['in order', { prompt_tokens: 7, completion_tokens: 7, total_tokens: 14 }, 7],
])('usage that is %s is counted only if it is valid', async (_, usage, tokens) => {
  expect(await replyTo(reply({}, { usage }))).toMatchObject({ promptTokens: tokens, completionTokens: tokens });
});

test.each(['', 'a\0b', 'x'.repeat(300), 42, null])('an invalid model’s name is not passed on (%j)', async (model) => {
  const body = JSON.stringify({ model, choices: [{ finish_reason: 'stop', message: { content: 'hi' } }] });
  expect(await replyTo(rawBody(body))).toMatchObject({ text: 'hi', model: 'asked-for' });
});

test('a byte order mark is no part of the reply', async () => {
  const body = JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content: 'hi' } }] });
  expect(await replyTo(rawBody(`\uFEFF${body}`))).toMatchObject({ text: 'hi' });
});

test('an empty refusal, which some servers always send, is none', async () => {
  const body = JSON.stringify({ choices: [{ finish_reason: 'stop', message: { content: 'hi', refusal: '' } }] });
  expect(await replyTo(rawBody(body))).toMatchObject({ text: 'hi' });
});

test.each<[string, Behaviour]>([
  ['a refusal', refusal()],
  ['a content filter', contentFilter()],
  ['a filter of the prompt', status(400, { type: 'content_filter' })],
])('%s is permanent', async (_, behaviour) => {
  const error = await failure(behaviour);
  expect(error).toBeInstanceOf(ModelRefusal);
  expect(error.code).toBe('AI_REFUSED');
});

test.each([400, 403, 413, 422])(
  '%i may concern this request or all: it is no attempt, and its message has the status',
  async (code) => {
    const error = await failure(status(code));
    expect(error).toBeInstanceOf(ProviderRefusal);
    expect(error).toMatchObject({ reason: 'unexplained', isFree: true, countsAttempt: false, facts: { status: code } });
    expect(error.message).toBe(`the model provider refused the request (unexplained, ${code}, error)`);
  },
);

test('a server that says that the model’s text does not fit has sent an empty reply, which is repaired', async () => {
  const replied = await replyTo(status(400, { type: 'json_validate_failed' }));
  expect(replied).toMatchObject({ text: '', cutOff: false });
});

test('a refusal has the tokens that it cost', async () => {
  const choices = [{ finish_reason: 'stop', message: { refusal: 'no' } }];
  const body = { choices, usage: { prompt_tokens: 120, completion_tokens: -3 } };
  const error = await failure(rawBody(JSON.stringify(body)));
  expect(error).toMatchObject({ code: 'AI_REFUSED', usage: { promptTokens: 120, completionTokens: null } });
});

test.each<[string, Behaviour, { least: number; most: number }]>([
  ['in seconds', rateLimit({ seconds: 7 }), { least: 7_000, most: 7_000 }],
  ['in milliseconds', rateLimit({ ms: 2_500 }), { least: 2_500, most: 2_500 }],
  ['as a date', rateLimit({ at: new Date(Date.now() + 60_000) }), { least: 40_000, most: 60_000 }],
  ['at once', rateLimit({ seconds: 0 }), { least: 1_000, most: 1_000 }],
  ['never', rateLimit({ seconds: 1e9 }), { least: 900_000, most: 900_000 }],
  [
    'by its limits’ resets',
    status(429, { headers: { 'x-ratelimit-reset-requests': '1s', 'x-ratelimit-reset-tokens': '1m30s' } }),
    { least: 90_000, most: 90_000 },
  ],
])('429 with a delay (%s) pauses all calls for that time, and is no attempt', async (_, behaviour, wait) => {
  const error = await failure(behaviour);
  expect(error).toBeInstanceOf(ProviderPause);
  expect(error).toMatchObject({ reason: 'rate-limit', countsAttempt: false });
  expect(error.delayMs).toBeGreaterThanOrEqual(wait.least);
  expect(error.delayMs).toBeLessThanOrEqual(wait.most);
});

test('429 without a delay says nothing of the time', async () => {
  expect(await failure(rateLimit())).toMatchObject({ reason: 'rate-limit', countsAttempt: false, delayMs: undefined });
});

test.each<[string, Behaviour, string, number]>([
  ['a used-up quota', insufficientQuota(), 'quota', 429],
  ['402', status(402), 'quota', 402],
  ['401', status(401), 'configuration', 401],
  ['404', status(404), 'configuration', 404],
  ['a redirect', status(307, { headers: { location: 'https://elsewhere.invalid/v1' } }), 'configuration', 307],
  [
    'a redirect to the same place',
    status(307, { headers: { location: '/v1/chat/completions' } }),
    'configuration',
    307,
  ],
])('%s has to be mended by a person: it is no attempt, and says the status', async (_, behaviour, reason, code) => {
  const error = await failure(behaviour);
  expect(error).toBeInstanceOf(ProviderRefusal);
  expect(error).toMatchObject({ reason, countsAttempt: false, isFree: true, facts: { status: code } });
  expect(error.message).toContain(`the model provider refused the request (${reason}, ${code}`);
});

test.each([500, 502, 503, 504, 408, 409])(
  '%i is a failure of the provider, which counts as an attempt but costs nothing',
  async (code) => {
    const error = await failure(status(code));
    expect(error).toBeInstanceOf(ProviderFailure);
    expect(error).toMatchObject({ countsAttempt: true, mayHaveCharged: false, delayMs: undefined });
  },
);

test('the delay that a failing provider asks for is kept', async () => {
  expect(await failure(status(503, { headers: { 'retry-after': '20' } }))).toMatchObject({ delayMs: 20_000 });
});

test.each<[string, Behaviour]>([
  ['hangs', hang()],
  ['drips', drip(50)],
])('a call of a provider that %s ends with the time-out, and may have been charged', async (_, behaviour) => {
  const started = performance.now();
  const error = await failure(behaviour, { timeoutMs: 300 });
  expect(error).toBeInstanceOf(ProviderFailure);
  expect(error).toMatchObject({ countsAttempt: true, mayHaveCharged: true });
  expect(performance.now() - started).toBeLessThan(3_000);
});

test('the time-out covers headers and body together', async () => {
  const started = performance.now();
  await failure(delay(1_800, drip(50)), { timeoutMs: 2_000 });
  expect(performance.now() - started).toBeLessThan(3_000);
});

test.each<[string, Behaviour]>([
  ['is reset', reset()],
  ['ends too early', truncated()],
])('a call whose connection %s in the middle of the reply may have been charged', async (_, behaviour) => {
  const error = await failure(behaviour);
  expect(error).toBeInstanceOf(ProviderFailure);
  expect(error).toMatchObject({ countsAttempt: true, mayHaveCharged: true });
});

test.each([
  ['refused', async () => `http://127.0.0.1:${await freePort()}/v1`],
  ['to a name that does not exist', async () => 'http://nowhere.invalid/v1'],
])('a connection %s never carried the request, so it is no attempt', async (_, urlOf) => {
  const model = openModel({
    apiKey: 'sk-test',
    baseUrl: await urlOf(),
    model: 'm',
    timeoutMs: 5_000,
    tokensMax: 16_000,
  });
  await expect(model.ask(request())).rejects.toMatchObject({
    name: 'RetryLater',
    countsAttempt: false,
    mayHaveCharged: false,
  });
  await model.close();
});

test('an aborted call ends at once', async () => {
  await using world = await openWorld();
  world.server.hold();
  const abort = new AbortController();
  const asked = world.model.ask(request({ signal: abort.signal }));
  await world.server.waitForCalls(1);
  abort.abort('shutdown');
  await expect(asked).rejects.toBeInstanceOf(RetryLater);
  await world.server.waitFor(() => world.server.inFlight === 0, 'the connection to be closed');
});

test('no error carries the prompt or the key', async () => {
  const said = { type: 'tired', message: 'You sent: I am tired' };
  const bodies = [
    status(400, said),
    status(401, said),
    status(429, said),
    status(500, said),
    rawBody(JSON.stringify({ error: 'I am tired' })),
    rawBody(JSON.stringify({ error: { code: 'I am tired', param: 'tired', status: 'tired' } })),
  ];
  const asked = { messages: [{ role: 'user' as const, content: 'I am tired' }] };
  const errors = await Promise.all(bodies.map((behaviour) => failure(behaviour, { request: asked })));
  for (const error of errors) {
    const { message, facts } = error as Partial<ProviderRefusal>;
    expect(JSON.stringify({ message, facts })).not.toMatch(/tired|sk-test/);
  }
});

test('a code that repeats the answers of a person is not told with the repair either', async () => {
  const messages = [
    { role: 'system' as const, content: 'Answer with JSON.' },
    { role: 'user' as const, content: '{"note":"my name is Bob"}' },
    { role: 'assistant' as const, content: 'Dear Bob' },
    { role: 'user' as const, content: 'Answer again.' },
  ];
  expect(await failure(status(400, { type: 'Bob' }), { request: { messages } })).toMatchObject({
    facts: { code: null },
  });
  expect(await failure(status(400, { type: 'with_json' }), { request: { messages } })).toMatchObject({
    facts: { code: 'with_json' },
  });
});

test('a longer reply that is refused is asked for with the usual limit, under a key of its own', async () => {
  await using world = await openWorld();
  world.server.script([status(400), reply(), status(422), status(422), status(401), status(500)]);
  const asked = request({ length: 'double' });
  expect(await world.model.ask(asked)).toMatchObject({ text: expect.stringContaining('summary') });
  const [first, second] = world.server.calls;
  expect(first?.body).toMatchObject({ max_completion_tokens: 8_000 });
  expect(second?.body).toMatchObject({ max_completion_tokens: 4_000 });
  expect([first?.idempotencyKey, second?.idempotencyKey]).toEqual([
    asked.idempotencyKey,
    `${asked.idempotencyKey}:usual`,
  ]);
  await expect(world.model.ask(asked)).rejects.toMatchObject({ facts: { status: 422 } });
  expect(world.server.calls).toHaveLength(4);
  // A shorter limit is no help.
  await expect(world.model.ask(asked)).rejects.toMatchObject({ facts: { status: 401 } });
  await expect(world.model.ask(asked)).rejects.toBeInstanceOf(ProviderFailure);
  expect(world.server.calls).toHaveLength(6);
});

test.each([
  [16_000, 8_000],
  [5_000, 5_000],
  [2_000, 2_000],
])('a reply has at most as many tokens as the settings say (%i), also the longer one', async (tokensMax, longer) => {
  await using world = await openWorld(5_000, { tokensMax });
  await world.model.ask(request());
  await world.model.ask(request({ length: 'double' }));
  expect(world.server.calls[0]?.body).toMatchObject({ max_completion_tokens: Math.min(4_000, tokensMax) });
  expect(world.server.calls[1]?.body).toMatchObject({ max_completion_tokens: longer });
});
