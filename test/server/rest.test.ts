import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { metricsOf } from '../support/metrics.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { responseOf, head, JSON_TYPE, rawResponse, refusalOf, rowsIn, type HttpResponse } from './requests.ts';
import { ASSESSMENT_ID, startFakeServer } from './fake-server.ts';

let app: TestApp;
let client: Client;

beforeAll(async () => {
  app = await startApp({ role: 'api', env: { SESSIONS_PER_MINUTE: '0', SUBMITS_PER_MINUTE: '0' } });
  client = await app.client();
});
afterAll(() => app.close());

const CONSOLE = ['log', 'info', 'warn', 'error'] as const;
beforeEach(() => {
  for (const method of CONSOLE) vi.spyOn(console, method);
});
afterEach(() => {
  const written = CONSOLE.flatMap((method) => vi.mocked(console[method]).mock.calls);
  vi.restoreAllMocks();
  // Tests search the log for secrets, so no library may write around it.
  if (written.length > 0) throw new Error(`the console was written to: ${JSON.stringify(written)}`);
});

const CLOSE = 'Connection: close';
const raw = (...lines: string[]): Promise<HttpResponse> => rawResponse(app.url, head(...lines, CLOSE));
const SUBMISSION = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers };
const rest = async (...given: Parameters<Client['rest']>): Promise<HttpResponse> =>
  responseOf(await client.rest(...given));
const own = (headers: Headers) =>
  [...headers].filter(([name]) => !/^(date|connection|keep-alive|x-request-id)$/.test(name));

describe('a session', () => {
  test.each([
    ['no headers of a body', []],
    ['the length 0', ['Content-Length: 0']],
    ['the length 0 and a type', ['Content-Length: 0', 'Content-Type: application/json']],
    ['the length 0 and the type that a browser makes up', ['Content-Length: 0', 'Content-Type: text/plain']],
  ])('is started without a body as with {}: %s', async (_, lines) => {
    const response = await raw('POST /api/session HTTP/1.1', ...lines);
    expect(response.status).toBe(201);
    expect(JSON.parse(response.text)).toMatchObject({ success: true, data: { token: expect.any(String) } });
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('with transport "cookie" has its token in the cookie only', async () => {
    const response = await responseOf(
      await fetch(`${app.url}/api/session`, { method: 'POST', headers: JSON_TYPE, body: '{"transport":"cookie"}' }),
    );
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^sid=[^;]+; Max-Age=\d+; Path=\/; HttpOnly/),
    ]);
    expect(Object.keys(JSON.parse(response.text).data)).toEqual(['session_id', 'expires_at']);
  });
});

test('an accepted assessment is at the path in Location, by GET and by HEAD', async () => {
  const accepted = await rest('POST', '/api/assessment/submit', SUBMISSION);
  const { assessment_id: id, status } = JSON.parse(accepted.text).data;
  expect({ code: accepted.status, status }).toEqual({ code: 202, status: 'submitted' });
  expect(accepted.headers.get('location')).toBe(`/api/assessment/${id}`);
  const [got, headed] = await Promise.all([
    rest('GET', `/api/assessment/${id}`),
    rest('HEAD', `/api/assessment/${id.toUpperCase()}`),
  ]);
  expect(JSON.parse(got.text)).toMatchObject({ success: true, data: { assessment_id: id, result: null } });
  expect({ status: headed.status, text: headed.text }).toEqual({ status: 200, text: '' });
  expect(own(headed.headers)).toEqual(own(got.headers));
});

test('HEAD gets 405 where GET is not allowed', async () => {
  const { status, headers } = await rest('HEAD', '/api/session');
  expect({ status, allow: headers.get('allow') }).toEqual({ status: 405, allow: 'POST' });
});

test('a request without a session gets 401 with WWW-Authenticate', async () => {
  const { headers, status } = await fetch(`${app.url}/api/assessment/${ASSESSMENT_ID}`);
  expect({ status, challenge: headers.get('www-authenticate') }).toEqual({
    status: 401,
    challenge: 'Bearer realm="assay"',
  });
});

describe('an error about a body has our own message, which repeats no value of the request:', () => {
  const SECRET = 'a-secret-of-the-caller';
  const ONLY = 'The body takes only questionnaire, questionnaireVersion, language, answers, watch.';
  test.each<[string, string, string | object, string]>([
    ['transport', '/api/session', { transport: SECRET }, '"transport" must be "bearer" or "cookie".'],
    ['no transport', '/api/session', { transport: null }, '"transport" must be "bearer" or "cookie".'],
    [
      'questionnaire',
      '/api/assessment/submit',
      { ...SUBMISSION, questionnaire: { [SECRET]: SECRET } },
      '"questionnaire" must be the slug of a questionnaire.',
    ],
    [
      'version',
      '/api/assessment/submit',
      { ...SUBMISSION, questionnaireVersion: SECRET },
      '"questionnaireVersion" must be a whole number.',
    ],
    [
      'a version beyond the safe integers',
      '/api/assessment/submit',
      { ...SUBMISSION, questionnaireVersion: 2 ** 53 },
      '"questionnaireVersion" must be a whole number.',
    ],
    ['watch', '/api/assessment/submit', { ...SUBMISSION, watch: SECRET }, '"watch" must be true or false.'],
    ['an unknown field', '/api/assessment/submit', { ...SUBMISSION, [SECRET]: 1 }, ONLY],
    ['__proto__', '/api/assessment/submit', JSON.stringify(SUBMISSION).replace('{', '{"__proto__":{"watch":1},'), ONLY],
    ['the name of a method', '/api/assessment/submit', { ...SUBMISSION, toString: 1 }, ONLY],
    ['all at once', '/api/assessment/submit', { questionnaire: 1, watch: SECRET, [SECRET]: 1 }, ONLY],
    [
      'the first of several',
      '/api/assessment/submit',
      { watch: SECRET },
      '"questionnaire" must be the slug of a questionnaire.',
    ],
    ['no JSON', '/api/session', `{"${SECRET}"`, 'The body is not valid JSON.'],
    ['a list', '/api/session', `["${SECRET}"]`, 'The body must be one JSON object.'],
  ])('%s', async (_, path, body, message) => {
    const before = await rowsIn(app.world);
    const response = await rest('POST', path, body);
    expect({ status: response.status, message: refusalOf(response).message }).toEqual({ status: 400, message });
    expect(response.text).not.toContain(SECRET);
    expect(await rowsIn(app.world)).toEqual(before);
  });

  test('an error about an id repeats no value either', async () => {
    for (const id of [SECRET, `%${SECRET}`, '%00', '..%2f..%2f', 'submit']) {
      const response = await rest('GET', `/api/assessment/${id}`);
      expect(response).toBeRefused({ status: 400, code: 'BAD_USER_INPUT', message: /^The id is malformed/ });
      expect(response.text).not.toContain(SECRET);
    }
  });
});

test('another spelling of a path is not its route, and does not avoid the check of the origin', async () => {
  const before = await rowsIn(app.world);
  for (const path of [
    '/api/%73ession',
    '/%61pi/session',
    '/api//session',
    '//api/session',
    '/x/../api/session',
    '/api/session/',
    '/API/session',
    '/api\\session',
    '/healthz/..%2fapi/session',
  ])
    for (const origin of [[], ['Origin: https://evil.example']]) {
      const response = await raw(`POST ${path} HTTP/1.1`, ...origin, 'Content-Length: 0');
      expect(response).toBeRefused(
        path.startsWith('/api/') && origin.length > 0
          ? { status: 403, code: 'FORBIDDEN' }
          : { status: 404, code: 'NOT_FOUND' },
      );
    }
  expect(await rowsIn(app.world)).toEqual(before);
});

describe('a malformed host', () => {
  test.each(['[', 'a b', 'x:99999999', '%', 'user@host:port', '<script>'])('is refused: %s', async (host) => {
    for (const path of ['/healthz', '/', '/api/assessment/x', '/nothing'])
      expect(await rawResponse(app.url, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${CLOSE}\r\n\r\n`)).toBeRefused({
        status: 400,
        code: 'BAD_REQUEST',
      });
  });

  test('is refused in an absolute URL', async () => {
    for (const address of ['http://[/healthz', 'http://:0/healthz', 'http://a:99999/healthz'])
      expect(await raw(`GET ${address} HTTP/1.1`)).toBeRefused({ status: 400, code: 'BAD_REQUEST' });
  });

  test('is not needed in HTTP/1.0, for the checks of load balancers', async () => {
    for (const url of [app.url, app.probesUrl])
      expect(await rawResponse(url, 'GET /healthz HTTP/1.0\r\n\r\n')).toMatchObject({
        status: 200,
        text: '{"status":"ok"}',
      });
  });
});

test('a body that does not arrive in time gets 408, and no error is logged', { timeout: 30_000 }, async () => {
  const errors = app.logs.filter(({ level }) => level === 'error').length;
  const responses = await Promise.all(
    ['/api/session', '/api/assessment/submit'].map((path) =>
      rawResponse(app.url, head(`POST ${path} HTTP/1.1`, 'Content-Type: application/json', 'Content-Length: 9')),
    ),
  );
  for (const response of responses) expect(response).toBeRefused({ status: 408, code: 'BAD_REQUEST' });
  expect(app.logs.filter(({ level }) => level === 'error')).toHaveLength(errors);
});

test('a malformed chunk gets 400 also while its request is handled', async () => {
  for (const request of ['GET /healthz', 'GET /', 'GET /nothing', 'POST /api/session', 'GET /api/assessment/x']) {
    // Node detects the malformed chunk before the handler has finished.
    const response = await rawResponse(app.url, `${head(`${request} HTTP/1.1`, 'Transfer-Encoding: chunked')}zz\r\n`);
    expect(response).toBeRefused({ status: 400, code: 'BAD_REQUEST', message: /not a valid HTTP/ });
  }
});

test('a refused request whose body does not end gets one response, and the connection is closed', async () => {
  const responses = await Promise.all(
    ['/api/nothing', '/', '/healthz'].map(async (path) => {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
      const received = socket.setEncoding('latin1').toArray();
      socket.write(`${head(`POST ${path} HTTP/1.1`, 'Content-Length: 100')}{`);
      return (await received).join('');
    }),
  );
  expect(responses.map((text) => text.match(/HTTP\/1\.1 \d+/g))).toEqual([
    ['HTTP/1.1 404'],
    ['HTTP/1.1 405'],
    ['HTTP/1.1 405'],
  ]);
});

test('a client that leaves in the middle of its body is counted as one error', async () => {
  const count = async (pattern: RegExp): Promise<number> =>
    [...(await metricsOf(app)).matchAll(pattern)].reduce((sum, [, value]) => sum + Number(value), 0);
  const requests = () => count(/^assay_http_request_seconds_count\{route="rest_session".*\} (\d+)$/gm);
  const errors = () => count(/^assay_errors_total\{part="http".*\} (\d+)$/gm);
  const before = { requests: await requests(), errors: await errors() };
  const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
  socket.write(`${head('POST /api/session HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 100')}{`, () =>
    socket.resetAndDestroy(),
  );
  await until(async () => (await requests()) > before.requests);
  expect(await errors()).toBe(before.errors + 1);
});

test('an unexpected error gets 500 with the request id, and no details', async () => {
  // The fake server has no service `reading`, so the handler throws.
  await using server = await startFakeServer();
  const response = await responseOf(await fetch(`${server.url}/api/assessment/${ASSESSMENT_ID}`));
  expect(response).toBeRefused({ status: 500, code: 'INTERNAL_SERVER_ERROR', message: /^Unexpected error\.$/ });
});

describe('the OpenAPI document', () => {
  const committed = readFileSync(new URL('../../openapi.json', import.meta.url), 'utf8');

  test('is served as committed: run "npm run codegen" after a change', async () => {
    const { status, headers, text } = await responseOf(await fetch(`${app.url}/api/openapi.json`));
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 200,
      type: 'application/json; charset=utf-8',
    });
    expect(text).toBe(committed);
  });

  test('and the format of questionnaires are served as committed, to anybody', async () => {
    const format = readFileSync(new URL('../../questionnaire-format.schema.json', import.meta.url), 'utf8');
    const { status, headers, text } = await responseOf(await fetch(`${app.url}/api/questionnaire-format`));
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8']);
    expect(text).toBe(format);
  });

  test.each<[string, string, string, RequestInit]>([
    ['post', '/api/session', '/api/session', { body: '{"transport":1}' }],
    ['post', '/api/session', '/api/session', { body: 'x'.repeat(300_000) }],
    ['post', '/api/session', '/api/session', { body: 'a=b', headers: { 'content-type': 'text/plain' } }],
    ['post', '/api/session', '/api/session', { body: '{}', headers: { ...JSON_TYPE, origin: 'https://evil.example' } }],
    ['post', '/api/assessment/submit', '/api/assessment/submit', { body: '{}' }],
    ['get', '/api/assessment/{id}', `/api/assessment/${ASSESSMENT_ID}`, {}],
  ])('describes the error that a request gets: %s %s', async (method, described, path, init) => {
    const headers = init.headers ?? (init.body === undefined ? {} : JSON_TYPE);
    const response = await responseOf(await fetch(app.url + path, { ...init, method: method.toUpperCase(), headers }));
    const document = JSON.parse(committed);
    const { schema } = document.paths[described][method].responses[response.status].content['application/json'];
    const { properties } = document.components.schemas[schema.$ref.replace('#/components/schemas/', '')];
    expect(properties.error.properties.code.enum).toContain(refusalOf(response).code);
    expect(properties.error.required.toSorted()).toEqual(Object.keys(JSON.parse(response.text).error).toSorted());
  });
});
