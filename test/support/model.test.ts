import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import OpenAI, { APIError } from 'openai';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
  slowStream,
  status,
  truncated,
} from './model-behaviours.ts';
import { startModel, type Model } from './model.ts';

let model: Model;
let client: OpenAI;
beforeEach(async () => {
  model = await startModel();
  client = new OpenAI({ apiKey: 'none', baseURL: model.url, maxRetries: 0 });
});
afterEach(() => model.close());

const SCHEMA = {
  type: 'object',
  required: ['summary', 'recommendations'],
  additionalProperties: false,
  properties: {
    summary: { type: 'string', minLength: 10 },
    recommendations: { type: 'array', minItems: 1, items: { $ref: '#/$defs/recommendation' } },
  },
  $defs: {
    recommendation: {
      type: 'object',
      properties: {
        title: { type: 'string' },
        priority: { enum: ['HIGH', 'LOW'] },
        area: { type: ['string', 'null'] },
      },
    },
  },
};

const REQUEST = {
  model: 'scripted-1',
  messages: [{ role: 'user' as const, content: 'hello' }],
  response_format: { type: 'json_schema' as const, json_schema: { name: 'result', schema: SCHEMA } },
};

const ask = (id: string, { round = 1, signal }: { round?: number; signal?: AbortSignal } = {}) =>
  client.chat.completions.create(REQUEST, { signal, headers: { 'Idempotency-Key': `${id}:p1:${round}:0` } });

const askStreaming = async (id: string): Promise<string> => {
  const stream = await client.chat.completions.create(
    { ...REQUEST, stream: true, stream_options: { include_usage: true } },
    { headers: { 'Idempotency-Key': `${id}:p1:1:1` } },
  );
  let text = '';
  for await (const part of stream) text += part.choices[0]?.delta.content ?? `[${part.usage?.total_tokens ?? ''}]`;
  return text;
};

test('a reply fits the schema of the request, and the ledger has the call', async () => {
  const id = randomUUID();
  const { choices, usage } = await ask(id);
  const content: { recommendations: { title: string; priority: string }[] } = JSON.parse(
    choices[0]?.message.content ?? '',
  );
  expect(content).toMatchObject({ summary: expect.stringMatching(/.{10}/) });
  expect(new Set(content.recommendations.map(({ title }) => title)).size).toBe(3);
  expect(content.recommendations[0]).toMatchObject({ priority: 'HIGH', area: expect.any(String) });
  expect(usage).toMatchObject({ total_tokens: 210 });
  expect(model.callsFor(id)).toMatchObject([
    {
      number: 1,
      key: { promptVersion: 'p1', round: 1, repair: false },
      stream: false,
      outcome: 'answered',
      charged: 'yes',
    },
  ]);
  expect(model.calls[0]?.body.messages).toEqual(REQUEST.messages);
});

test('a streamed reply comes in pieces, with usage', async () => {
  const id = randomUUID();
  model.script([reply({ summary: 'mine' })]);
  const text = await askStreaming(id);
  expect(text).toMatch(/^\{"summary":"mine","recommendations":\[.*\]\}.*\[210\]$/);
  expect(model.callsFor(id)).toMatchObject([
    { key: { repair: true }, stream: true, outcome: 'answered', charged: 'yes' },
  ]);
});

test.each([
  [
    'rateLimit in seconds',
    rateLimit({ seconds: 120 }),
    { status: 429, code: 'rate_limit_exceeded' },
    'retry-after',
    '120',
  ],
  [
    'rateLimit by date',
    rateLimit({ at: new Date(0) }),
    { status: 429 },
    'retry-after',
    'Thu, 01 Jan 1970 00:00:00 GMT',
  ],
  ['rateLimit in milliseconds', rateLimit({ ms: 5 }), { status: 429 }, 'retry-after-ms', '5'],
  ['insufficientQuota', insufficientQuota(), { status: 429, code: 'insufficient_quota' }, 'retry-after', null],
  ['status', status(500), { status: 500 }, 'retry-after', null],
])('%s is refused and costs nothing', async (_, behaviour, error, header, value) => {
  const id = randomUUID();
  model.script([behaviour]);
  const refused: unknown = await ask(id).catch((reason: unknown) => reason);
  expect(refused).toMatchObject(error);
  expect(refused instanceof APIError && refused.headers?.get(header)).toBe(value);
  expect(model.callsFor(id)).toMatchObject([{ outcome: 'refused', charged: 'no' }]);
  expect(model.paidFor(id)).toEqual([]);
});

test.each([
  ['garbage', garbage('not json'), { message: { content: 'not json' }, finish_reason: 'stop' }],
  ['refusal', refusal('no'), { message: { content: null, refusal: 'no' } }],
  ['contentFilter', contentFilter(), { finish_reason: 'content_filter' }],
  ['cutOff', cutOff(), { finish_reason: 'length' }],
  ['drip', drip(0), { finish_reason: 'stop' }],
  ['delay', delay(5), { finish_reason: 'stop' }],
])('%s is a reply, and charged', async (_, behaviour, choice) => {
  const id = randomUUID();
  model.script([behaviour]);
  expect((await ask(id)).choices[0]).toMatchObject(choice);
  expect(model.paidFor(id)).toMatchObject([{ outcome: 'answered', charged: 'yes' }]);
});

test('a body that is no completion is charged, too', async () => {
  const id = randomUUID();
  model.script([rawBody('<html>', 'text/html')]);
  await ask(id).catch(() => {});
  expect(model.paidFor(id)).toMatchObject([{ outcome: 'answered', charged: 'yes' }]);
});

test.each([
  ['reset', reset(), 'ECONNRESET'],
  ['truncated', truncated(), 'UND_ERR_SOCKET'],
])('%s breaks the connection, and may have been charged', async (_, behaviour, code) => {
  const id = randomUUID();
  model.script([behaviour]);
  await expect(ask(id)).rejects.toMatchObject({ message: 'terminated', cause: { code } });
  expect(model.paidFor(id)).toMatchObject([{ outcome: 'cut', charged: 'maybe' }]);
});

test.each([
  ['a hung call', hang(), 'hung'],
  ['a slow one', delay(60_000), 'aborted'],
  ['a slow stream', slowStream(60_000), 'aborted'],
  ['a dripping one', drip(60_000), 'aborted'],
])('%s that the client aborts may have been charged', async (_, behaviour, outcome) => {
  const id = randomUUID();
  model.script([behaviour]);
  const left = new AbortController();
  const asked = ask(id, { signal: left.signal }).catch((reason: unknown) => reason);
  await model.waitForCalls(1, { assessmentId: id });
  expect(model.inFlight).toBe(1);
  left.abort();
  await asked;
  await model.waitFor(() => model.inFlight === 0, 'the call to be over');
  expect(model.paidFor(id)).toMatchObject([{ outcome, charged: 'maybe', closed: true }]);
});

test('rounds are counted apart', async () => {
  const id = randomUUID();
  await ask(id);
  await ask(id, { round: 2 });
  expect(model.paidFor(id)).toHaveLength(2);
  expect(model.paidFor(id, 2)).toHaveLength(1);
});

test('held calls wait, and are released one by one in their order', async () => {
  model.hold();
  const [first, gone, third] = [randomUUID(), randomUUID(), randomUUID()];
  const left = new AbortController();
  const one = ask(first);
  await model.waitForCalls(1);
  const two = ask(gone, { signal: left.signal }).catch(() => {});
  await model.waitForCalls(2);
  const three = ask(third);
  await model.waitForCalls(3);
  expect(model.peakInFlight).toBe(3);
  left.abort();
  await model.waitFor(() => model.inFlight === 2, 'the second to be gone');
  model.release(1);
  await one;
  model.release(1); // the second does not use it up
  await three;
  await two;
  expect(model.callsFor(gone)).toMatchObject([{ outcome: 'aborted', charged: 'maybe' }]);
});

test('a script may decide by the call; other calls get valid replies', async () => {
  const unlucky = randomUUID();
  model.script((call) => (call.assessmentId === unlucky ? status(503) : undefined));
  await expect(ask(unlucky)).rejects.toMatchObject({ status: 503 });
  await expect(ask(randomUUID())).resolves.toMatchObject({ choices: [{ finish_reason: 'stop' }] });
});

test('a wait that times out reports the calls so far', async () => {
  const id = randomUUID();
  await ask(id);
  await expect(model.waitForCalls(2, { timeoutMs: 20 })).rejects.toThrow(`2 calls; it saw: ${id}:p1:1:0 answered`);
});

test('a fault in the script fails the close', async () => {
  const faulty = await startModel();
  const asked = new OpenAI({ apiKey: 'none', baseURL: faulty.url, maxRetries: 0 }).chat.completions.create(REQUEST);
  faulty.script([
    () => {
      throw new Error('my mistake');
    },
  ]);
  await expect(asked).rejects.toThrow('Connection error');
  await expect(faulty.close()).rejects.toThrow('my mistake');
});

test('after the close, connections are refused', async () => {
  const closed = await startModel();
  await closed.close();
  await expect(once(connect(Number(new URL(closed.url).port)), 'connect')).rejects.toThrow('ECONNREFUSED');
});
