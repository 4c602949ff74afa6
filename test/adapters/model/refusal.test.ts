import { describe, expect, test } from 'vitest';
import { readRefusal, type Refusal } from '../../../src/adapters/model/refusal.ts';

const read = (body: unknown, headers: Record<string, string> = {}): Refusal =>
  readRefusal({ status: 400, headers: new Headers(headers), body });

describe('the code and the part of a request are read from', () => {
  test.each<[string, unknown, Partial<Refusal>]>([
    [
      'an error that is an object',
      { error: { message: 'Incorrect key', type: 'invalid_request_error', param: null, code: 'invalid_api_key' } },
      { code: 'invalid_api_key', param: null },
    ],
    [
      'an error with a status of its own as its code',
      { error: { message: 'no', type: 'exceed_context_size_error', code: 400 } },
      { code: 'exceed_context_size_error' },
    ],
    [
      'a list of errors',
      [{ error: { code: 400, status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] } }],
      { code: 'API_KEY_INVALID' },
    ],
    [
      'an error that is a list',
      { success: false, error: [{ code: 2001, message: 'configure it' }] },
      { code: null, codes: new Set(['2001']) },
    ],
    ['an error that is a text', { error: 'Argument not supported: stream_options' }, { names: ['stream_options'] }],
    [
      'an error that is a text, with its type beside it',
      { error: 'too many tokens', error_type: 'validation' },
      { code: 'validation' },
    ],
    [
      'fields beside a message',
      { object: 'error', message: 'x', type: 'NotFoundError', param: 'model', code: 404 },
      {
        code: 'NotFoundError',
        param: 'model',
      },
    ],
    [
      'a message that is an object, with the place of the mistake',
      { message: { detail: [{ type: 'extra_forbidden', loc: ['body', 'max_completion_tokens'], input: 4_000 }] } },
      { code: 'extra_forbidden', param: 'max_completion_tokens', names: ['max_completion_tokens'] },
    ],
    [
      'a list of details',
      { detail: [{ loc: ['body', 'response_format', 'type'], msg: 'x', type: 'value_error' }] },
      { code: 'value_error', param: 'response_format' },
    ],
    ['a detail that is a text', { detail: 'ThrottlingException: use max_tokens' }, { names: ['max_tokens'] }],
    ['a text', 'the schema has minItems', { code: null, names: ['minItems'] }],
    ['a page', '<html>404 page not found</html>', { code: null, param: null, names: [] }],
    ['nothing', '', { code: null, param: null, names: [], codes: new Set() }],
    ['null', null, { code: null, param: null, names: [] }],
    [
      'an inner error',
      { error: { code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } } },
      {
        code: 'content_filter',
        codes: new Set(['content_filter', 'responsibleaipolicyviolation']),
      },
    ],
    [
      'a quota deep within',
      [{ error: { details: [{ violations: [{ quotaId: 'RequestsPerDay' }] }] } }],
      {
        codes: new Set(['requestsperday']),
      },
    ],
    [
      'what was flagged',
      { error: { code: 403, metadata: { flagged_input: '…' } } },
      {
        codes: new Set(['403', 'flagged_input']),
      },
    ],
  ])('%s', (_, body, expected) => {
    expect(read(body)).toMatchObject(expected);
  });
});

test('the parts of a request are found as whole words, and the one that is refused goes before the others', () => {
  const message = "'max_tokens' or 'max_completion_tokens' is too large. my_seed, streams and messagesX are no parts.";
  expect(read({ message }).names).toEqual(['max_completion_tokens', 'max_tokens']);
  expect(read({ errors: { response_format: ['unknown'] } }).names).toEqual(['response_format']);
  expect(read({ error: { message, param: 'stream' } })).toMatchObject({ param: 'stream', names: ['stream'] });
});

test('the status of an error without a response of its own is one of its codes', () => {
  const statusOf = (body: unknown) => readRefusal({ headers: new Headers(), body }).status;
  expect(statusOf({ message: 'x', code: 429 })).toBe(429);
  expect(statusOf({ code: 'rate_limited', status: '503' })).toBe(503);
  expect(statusOf({ code: 200, status: 1_000 })).toBeUndefined();
  expect(statusOf('overloaded')).toBeUndefined();
  expect(read({ code: 429 }).status).toBe(400);
});

test('a delay within the body is read in seconds', () => {
  const delayOf = (retryDelay: unknown) => read([{ error: { details: [{ retryDelay }] } }]).retryDelayMs;
  expect([delayOf('34s'), delayOf('0.5s')]).toEqual([34_000, 500]);
  for (const delay of ['34', 34, '-3s', 's', '1e9s', '123456789s', null]) expect(delayOf(delay)).toBeUndefined();
});

test('the provider’s id of the request is told, if it looks like one', () => {
  const idOf = (headers: Record<string, string>) => read('', headers).requestId;
  expect(idOf({ 'x-request-id': 'req_123/a:b==' })).toBe('req_123/a:b==');
  expect(idOf({ 'cf-ray': '8a1b-FRA', 'x-request-id': 'I am tired' })).toBe('8a1b-FRA');
  expect(idOf({ 'x-request-id': 'x'.repeat(101) })).toBeNull();
  expect(idOf({})).toBeNull();
});

describe('a refusal that quotes a person', () => {
  test.each<[string, unknown]>([
    ['a sentence as its code', { error: { code: 'You said: I am tired', type: 'I am tired' } }],
    ['a sentence as the part', { error: { param: 'messages: I am tired' } }],
    ['words as the place', { detail: [{ loc: ['body', 'I am tired'], type: 'I am tired!' }] }],
    ['a word in another alphabet', { code: 'müde', type: '疲れた' }],
    ['a code that is an object', { code: { text: 'tired' }, type: ['I am tired'] }],
    ['a very long code', { code: `tired${'x'.repeat(60)}` }],
    ['a line break in its code', { code: 'invalid\ntired' }],
    ['markup as its code', { code: '<b>tired</b>' }],
  ])('with %s says nothing of it', (_, body) => {
    const { codes, ...told } = read(body, { 'x-request-id': 'I am tired' });
    expect(JSON.stringify([told, [...codes]])).not.toMatch(/tired|müde|疲れた/);
  });
});

describe('a hostile body', () => {
  const timed = (body: unknown): Refusal => {
    const started = performance.now();
    const refusal = read(body);
    // A bound and no expectation: it takes some milliseconds.
    expect(performance.now() - started).toBeLessThan(2_000);
    return refusal;
  };
  const NOTHING = { code: null, param: null, names: [], codes: new Set<string>() };

  test.each<[string, (deep: unknown) => unknown, string]>([
    ['lists', (deep) => [deep], '[]'],
    ['objects', (deep) => ({ error: deep }), '{}'],
  ])('of %s within each other is read up to a number of them', (_, around) => {
    let body: unknown = { code: 'below' };
    for (let depth = 0; depth < 200_000; depth++) body = around(body);
    expect(timed(body)).toMatchObject(NOTHING);
    let readable: unknown = { code: 'above' };
    for (let depth = 0; depth < 100; depth++) readable = around(readable);
    expect(timed(readable)).toMatchObject({ code: 'above' });
  });

  test('is read up to a number of fields', () => {
    const wide = (count: number): Record<string, unknown> =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, 'max_tokens']));
    expect(timed({ ...wide(150), code: 'within' })).toMatchObject({ code: 'within' });
    expect(timed({ ...wide(100_000), code: 'beyond' })).toMatchObject({ code: null });
    const list = (length: number): unknown => Array.from({ length }, () => ({ code: 'of_a_list' }));
    expect(timed(list(60))).toMatchObject({ code: 'of_a_list' });
    expect(timed(list(100_000))).toMatchObject(NOTHING);
    const bush = Array.from({ length: 300 }, () => Array.from({ length: 300 }, () => ({ code: 'deep_one' })));
    expect(timed({ error: bush, code: 'outer' }).codes).toEqual(new Set(['outer']));
  });

  test('is read up to a number of characters', () => {
    const blank = ' '.repeat(1024 * 1024);
    expect(timed(`max_tokens${blank}response_format`)).toMatchObject({ names: ['max_tokens'] });
    expect(timed({ message: `${blank}response_format`, more: 'stream' })).toMatchObject({ names: [] });
    expect(timed({ [`${blank}seed`]: 1 })).toMatchObject({ names: [] });
  });

  test('with the names of inherited members changes nothing', () => {
    const body: unknown = JSON.parse(
      '{"__proto__":{"code":"from_proto","polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}',
    );
    expect(timed(body)).toMatchObject({ code: 'from_proto' });
    expect({}).not.toHaveProperty('polluted');
  });
});
