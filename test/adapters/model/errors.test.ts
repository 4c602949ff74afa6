import { describe, expect, test } from 'vitest';
import {
  classifyModelError,
  isUnfit,
  noCompletion,
  RefusedResponse,
  type Called,
} from '../../../src/adapters/model/errors.ts';
import {
  ModelRefusal,
  ProviderFailure,
  ProviderPause,
  ProviderRefusal,
} from '../../../src/entities/provider-failure.ts';

const CALLED: Called = { model: 'asked-for', host: 'provider.invalid', data: ['Hello'], sent: true, streamed: false };

const meaningOf = (
  status: number,
  body: unknown,
  { headers = {}, ...called }: Partial<Called> & { headers?: Record<string, string> } = {},
): Error =>
  classifyModelError(new RefusedResponse({ status, headers: new Headers(headers), body }), { ...CALLED, ...called });

/** In the form of OpenAI. */
const error = (code: string | null, more: object = {}) => ({ error: { message: 'no', type: null, code, ...more } });
/** In the form of Google. */
const ofGoogle = (code: number, status: string, ...details: object[]) => [{ error: { code, status, details } }];

describe('a refusal', () => {
  test.each<[string, number, unknown]>([
    ['a prompt that a filter has flagged', 400, error('content_filter')],
    ['the same, as a type', 400, error(null, { type: 'content_filter' })],
    ['the same, within it', 400, error('x1', { innererror: { code: 'ResponsibleAIPolicyViolation' } })],
    ['an inspection of the data', 400, { code: 'data_inspection_failed', message: 'x' }],
    ['an input that moderation has flagged', 403, error(null, { code: 403, metadata: { flagged_input: '…' } })],
    ['a number for unsafe content', 400, error('1301')],
    ['prohibited content, even with a rate limit’s status', 429, error('prohibited_content')],
  ])('because of %s is the model’s own', (_, status, body) => {
    expect(meaningOf(status, body)).toBeInstanceOf(ModelRefusal);
  });

  test.each<[string, number, unknown]>([
    ['402', 402, error(null)],
    ['402 without JSON', 402, 'Payment Required'],
    ['a used-up quota', 429, error('insufficient_quota')],
    ['a used-up budget', 400, error('400', { type: 'budget_exceeded' })],
    ['an account in arrears', 400, { code: 'Arrearage', message: 'x' }],
    [
      'a quota of the day',
      429,
      ofGoogle(429, 'RESOURCE_EXHAUSTED', { violations: [{ quotaId: 'RequestsPerDay-Free' }] }),
    ],
  ])('by %s is about the quota', (_, status, body) => {
    expect(meaningOf(status, body)).toMatchObject({ name: 'RetryLater', reason: 'quota', isFree: true });
    expect(meaningOf(status, body)).toBeInstanceOf(ProviderRefusal);
  });

  test.each<[string, number, unknown]>([
    ['401', 401, error('invalid_api_key')],
    ['a page with 401', 401, '<html>Sign in</html>'],
    ['405', 405, { detail: 'Method Not Allowed' }],
    ['407', 407, ''],
    ['410', 410, ''],
    ['415', 415, ''],
    ['501', 501, ''],
    ['a redirect', 307, ''],
    ['308', 308, ''],
    ['a wrong address', 404, '404 page not found'],
    ['a wrong address, as JSON', 404, { detail: 'Not Found' }],
    ['an unknown model', 404, error('model_not_found')],
    ['an unknown model, with the status as its code', 404, { type: 'NotFoundError', param: 'model', code: 404 }],
    ['an unknown model with 400', 400, error('model_not_supported')],
    ['a wrong key with 400', 400, ofGoogle(400, 'INVALID_ARGUMENT', { reason: 'API_KEY_INVALID' })],
    ['a region', 400, ofGoogle(400, 'FAILED_PRECONDITION')],
    ['a region with 403', 403, error('unsupported_country_region_territory')],
  ])('by %s is about the settings, whatever the request', (_, status, body) => {
    expect(meaningOf(status, body)).toMatchObject({ reason: 'configuration', isFree: true, countsAttempt: false });
    expect(meaningOf(status, body)).toBeInstanceOf(ProviderRefusal);
  });

  test.each<[string, number, unknown]>([
    ['400', 400, error('context_length_exceeded')],
    ['400 with a type', 400, error(null, { type: 'exceed_context_size_error', code: 400 })],
    ['a text that is too long', 400, error('string_above_max_length')],
    ['an error without a status', 200, error('context_length_exceeded')],
  ])('by %s for a prompt beyond the context says so, and names the prompt', (_, status, body) => {
    const meaning = status === 200 ? noCompletion(body, new Headers(), CALLED) : meaningOf(status, body);
    expect(meaning).toBeInstanceOf(ProviderRefusal);
    expect(meaning).toMatchObject({ reason: 'too-long', names: ['messages'] });
  });

  test.each<[string, number, unknown, object]>([
    ['400', 400, error('unsupported_parameter', { param: 'max_tokens' }), { names: ['max_tokens'] }],
    ['a text with 400', 400, { error: 'Argument not supported: stream_options' }, { names: ['stream_options'] }],
    ['403', 403, error('forbidden'), {}],
    ['413', 413, error('rate_limit_exceeded', { type: 'tokens' }), { names: ['messages'] }],
    ['422', 422, { detail: [{ loc: ['body', 'seed'], type: 'extra_forbidden' }] }, { names: ['seed'] }],
    ['a 404 of a router', 404, error(null, { code: 404 }), {}],
    ['418', 418, '', {}],
  ])('by %s is not explained', (_, status, body, expected) => {
    const meaning = meaningOf(status, body);
    expect(meaning).toBeInstanceOf(ProviderRefusal);
    expect(meaning).toMatchObject({ reason: 'unexplained', isFree: true, countsAttempt: false, ...expected });
  });

  test('tells status, code, part, model, host and the id of the request', () => {
    const body = error('unsupported_value', { type: 'invalid_request_error', param: 'temperature' });
    const meaning = meaningOf(400, body, { headers: { 'x-request-id': 'req_12' } });
    expect(meaning).toMatchObject({
      message: 'the model provider refused the request (unexplained, 400, unsupported_value)',
      facts: {
        status: 400,
        code: 'unsupported_value',
        param: 'temperature',
        model: 'asked-for',
        host: 'provider.invalid',
        requestId: 'req_12',
      },
    });
  });

  test.each([
    ['a word', 'tired'],
    ['a word of another case', 'TIRED'],
    ['words that are joined', 'i_am-tired.of'],
    ['a name', 'Smith'],
    ['a word of the reply to be repaired', 'rejected'],
  ])('whose code is %s of the prompt tells no code', (_, code) => {
    const data = ['<answers>\n{"note":"I am tired, of \\"Smith\\""}', '{"summary": "Rejected text"}', 'Answer again'];
    const meaning = meaningOf(400, { error: { code } }, { data });
    expect(meaning).toMatchObject({ facts: { code: null } });
    expect(meaning.message).toBe('the model provider refused the request (unexplained, 400)');
    expect(meaningOf(400, { error: { code } })).toMatchObject({ facts: { code } });
  });
});

describe('a rate limit', () => {
  test.each<[string, number, unknown]>([
    ['429', 429, error('rate_limit_exceeded')],
    ['429 without a body', 429, ''],
    ['429 in a form of its own', 429, { message: 'slow', request_id: '1' }],
    ['429 with a detail', 429, { detail: 'ThrottlingException' }],
    ['a quota of the minute', 429, ofGoogle(429, 'RESOURCE_EXHAUSTED', { violations: [{ quotaId: 'PerMinute' }] })],
    ['500 with a code of throttling', 500, error('ThrottlingException')],
    ['503 with a code of throttling', 503, error('too_many_requests')],
  ])('(%s) pauses all calls, and is no attempt', (_, status, body) => {
    const meaning = meaningOf(status, body);
    expect(meaning).toBeInstanceOf(ProviderPause);
    expect(meaning).toMatchObject({ countsAttempt: false, delayMs: undefined });
  });

  test('is waited for as long as its headers say, or else its body, and at least a second', () => {
    const body = ofGoogle(429, 'RESOURCE_EXHAUSTED', { retryDelay: '34s' });
    expect(meaningOf(429, body)).toMatchObject({ delayMs: 34_000 });
    expect(meaningOf(429, body, { headers: { 'retry-after': '7' } })).toMatchObject({ delayMs: 7_000 });
    expect(meaningOf(429, body, { headers: { 'retry-after': '0' } })).toMatchObject({ delayMs: 1_000 });
  });
});

describe('a failure of the provider', () => {
  test.each<[number, unknown]>([
    [500, error('server_error')],
    [502, '<html>Bad gateway</html>'],
    [503, error(null, { type: 'unavailable_error', message: 'Loading model' })],
    [504, ''],
    [529, error('overloaded_error', { type: 'rate_limit_error' })],
    [599, ''],
    [408, ''],
    [409, ''],
    [425, ''],
    [499, ''],
    [500, error('invalid_api_key')],
  ])('(%i %j) counts as an attempt and costs nothing', (status, body) => {
    const meaning = meaningOf(status, body);
    expect(meaning).toBeInstanceOf(ProviderFailure);
    expect(meaning).toMatchObject({
      message: `the model provider failed (${status})`,
      kind: 'server_error',
      mayHaveCharged: false,
      countsAttempt: true,
      inStream: false,
    });
  });

  test('is waited for as long as it says', () => {
    expect(meaningOf(503, '', { headers: { 'retry-after': '20' } })).toMatchObject({ delayMs: 20_000 });
  });
});

describe('a response with the status of success that is no completion', () => {
  const within = (body: unknown): Error => noCompletion(body, new Headers(), CALLED);

  test.each<[string, unknown]>([
    ['a page', '<html>Sign in</html>'],
    ['a text as its error', { error: 'Unexpected endpoint or method' }],
    ['nothing', ''],
    ['null', null],
    ['a list', []],
    ['no error', { error: null }],
    ['another answer', { status: 'ok' }],
  ])('(%s) is about the settings, and may have been charged', (_, body) => {
    expect(within(body)).toBeInstanceOf(ProviderRefusal);
    expect(within(body)).toMatchObject({
      reason: 'configuration',
      isFree: false,
      facts: { status: 200, code: 'no_completion' },
    });
  });

  test.each<[string, object, new (...given: never[]) => Error, object]>([
    ['a rate limit', { code: 429 }, ProviderPause, {}],
    ['a rate limit in words', { type: 'rate_limit_error' }, ProviderPause, {}],
    ['a failure', { code: 502 }, ProviderFailure, { message: 'the model provider failed (502)' }],
    ['an overload', { type: 'overloaded_error' }, ProviderFailure, {}],
    ['an error without a code', { message: 'x' }, ProviderFailure, { message: 'the model provider failed (500)' }],
    ['a used-up quota', { code: 402 }, ProviderRefusal, { reason: 'quota' }],
    ['a wrong key', { code: 401 }, ProviderRefusal, { reason: 'configuration' }],
    ['a wrong key in words', { type: 'authentication_error' }, ProviderRefusal, { reason: 'configuration' }],
    ['a wrong request in words', { type: 'invalid_request_error' }, ProviderRefusal, { reason: 'unexplained' }],
    ['a filter', { code: 'content_filter' }, ModelRefusal, {}],
  ])('but has an error (%s) means the same as with that status', (_, inner, kind, expected) => {
    expect(within({ error: inner })).toBeInstanceOf(kind);
    expect(within({ error: inner })).toMatchObject(expected);
  });
});

test('a server that has checked the model’s text says that it does not fit', () => {
  const refused = (code: string) => new RefusedResponse({ status: 400, headers: new Headers(), body: error(code) });
  expect(isUnfit(refused('json_validate_failed'))).toBe(true);
  expect(isUnfit(new Error('of the library', { cause: refused('json_validate_failed') }))).toBe(true);
  expect(isUnfit(refused('invalid_json'))).toBe(false);
  expect(isUnfit(new Error('x'))).toBe(false);
});

test('a refusal that a library has wrapped means the same', () => {
  const refused = new RefusedResponse({ status: 401, headers: new Headers(), body: '' });
  const wrapped = new Error('Connection error.', { cause: new Error('x', { cause: refused }) });
  expect(classifyModelError(wrapped, CALLED)).toMatchObject({ reason: 'configuration', facts: { status: 401 } });
});

test.each<[string, Partial<Called>, object]>([
  ['before the request was sent', { sent: false }, { kind: 'unsent', mayHaveCharged: false, countsAttempt: false }],
  ['after it', { sent: true }, { kind: 'connection', mayHaveCharged: true, countsAttempt: true, inStream: false }],
  ['in a stream', { sent: true, streamed: true }, { kind: 'connection', mayHaveCharged: true, inStream: true }],
])('a broken connection %s is a failure', (_, called, expected) => {
  const meaning = classifyModelError(new Error('ECONNRESET'), { ...CALLED, ...called });
  expect(meaning).toBeInstanceOf(ProviderFailure);
  expect(meaning).toMatchObject(expected);
});
