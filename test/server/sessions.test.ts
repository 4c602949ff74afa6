import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { clientWith, type Client } from '../support/client.ts';
import { metricsOf } from '../support/metrics.ts';
import { responseOf, head, JSON_TYPE, postGraphQL, rawResponse, rowsIn, START } from './requests.ts';

const SECURE = '__Host-sid';

let app: TestApp;
/** With a PUBLIC_URL of https. */
let secure: TestApp;
let client: Client;

beforeAll(async () => {
  [app, secure] = await Promise.all([
    startApp({ role: 'api' }),
    startApp({ role: 'api', env: { PUBLIC_URL: 'https://assay.example' } }),
  ]);
  client = await app.client();
});
afterAll(async () => {
  await Promise.all([app.close(), secure.close()]);
});

const ASK = JSON.stringify({ query: '{ session { id } }' });
const READ = JSON.stringify({ query: '{ assessment(id: "0190a000-0000-7000-8000-000000000000") { id } }' });
const UNAUTHENTICATED = 'UNAUTHENTICATED';

const tokenOf = (cookie: string): string => cookie.slice(cookie.indexOf('=') + 1);
const sessionBy = async (url: string, headers: Record<string, string>): Promise<{ id: string } | null> =>
  JSON.parse((await postGraphQL(url, ASK, { ...JSON_TYPE, ...headers })).text).data.session;
const startWith = (url: string, cookie = '') =>
  postGraphQL(url, JSON.stringify({ query: START }), { ...JSON_TYPE, cookie });
const startedId = (response: { text: string }): string => JSON.parse(response.text).data.startSession.session.id;

/** The number of statements that looked up sessions. */
async function lookUps({ probesUrl }: TestApp): Promise<number> {
  const text = await metricsOf({ probesUrl });
  return Number(/^assay_database_seconds_count\{operation="find-sessions"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

const valid = (): string => tokenOf(client.cookie);

/** Cookie headers without a well-formed token, as bytes. */
const malformed: Record<string, () => string> = {
  none: () => '',
  empty: () => 'sid=',
  'only spaces': () => 'sid=   ',
  'only a name': () => 'sid',
  '4 KB': () => `sid=as_${'x'.repeat(4_096)}`,
  'an encoded NUL': () => `sid=${valid()}%00`,
  'an encoded line break': () => `sid=${valid()}%0d%0aSet-Cookie: x=y`,
  'half of an escape': () => 'sid=%',
  'a broken escape': () => 'sid=%E0%A4%A',
  'letters of another script': () => 'sid=as_ключ',
  'a truncated token': () => `sid=${valid().slice(0, -1)}`,
  'a too long token': () => `sid=${valid()}A`,
  'a token in quotes': () => `sid="${valid()}"`,
  'a token without its prefix': () => `sid=${valid().slice(3)}`,
  'another prefix': () => `sid=op_${valid().slice(3)}`,
  SQL: () => `sid=' OR 1=1 --`,
  'a public session id': () => `sid=${client.sessionId}`,
  'its hash': () => `sid=${createHash('sha256').update(valid()).digest('hex')}`,
  'another name': () => `SID=${valid()}; xsid=${valid()}; sid2=${valid()}`,
  'a cookie that mentions another': () => `other=sid=${valid()}`,
};

describe('a cookie without a well-formed token is no session, and causes no look-up in the database:', () => {
  test.each(Object.keys(malformed))('%s', async (name) => {
    const cookie = malformed[name]?.() ?? '';
    const before = await lookUps(app);
    const send = (path: string, body: string) =>
      rawResponse(
        app.url,
        Buffer.from(
          `${head(`POST ${path} HTTP/1.1`, 'Content-Type: application/json', 'Connection: close', `Cookie: ${cookie}`, `Content-Length: ${body.length}`)}${body}`,
        ),
      );
    expect(JSON.parse((await send('/graphql', ASK)).text)).toEqual({ data: { session: null } });
    const response = await send('/graphql', READ);
    expect(response).toBeRefused({ status: 200, code: UNAUTHENTICATED, message: /startSession/ });
    expect(await send('/api/assessment/submit', '{}')).toBeRefused({ status: 401, code: UNAUTHENTICATED });
    expect(await lookUps(app)).toBe(before);
    expect(app.logs.filter(({ level }) => level === 'error' || level === 'fatal')).toEqual([]);
  });

  test.each(['\0', '\x01', '\x7f'])('the byte %j in a header is refused, or is no session', async (byte) => {
    const request = head('GET /graphql?query={session{id}} HTTP/1.1', `Cookie: sid=${byte}`);
    // Node's parser accepts DEL, which no token contains.
    const { status, text } = await rawResponse(app.url, request.replace('\r\nHost', '\r\nConnection: close\r\nHost'));
    expect(status === 400 || text === '{"data":{"session":null}}').toBe(true);
  });
});

test('an unknown but well-formed token causes one look-up', async () => {
  const before = await lookUps(app);
  const query = '{ a: session { id } b: session { id } c: session { id } }';
  const response = await postGraphQL(app.url, JSON.stringify({ query }), {
    ...JSON_TYPE,
    cookie: `sid=as_${'A'.repeat(43)}`,
  });
  expect(JSON.parse(response.text).data).toEqual({ a: null, b: null, c: null });
  expect(await lookUps(app)).toBe(before + 1);
});

test("startSession does not adopt a token of the client's choice", async () => {
  const chosen = `as_${'B'.repeat(43)}`;
  const response = await startWith(app.url, `sid=${chosen}`);
  const cookie = response.headers.getSetCookie()[0] ?? '';
  expect(cookie).toMatch(/^sid=as_[\w-]{43}; /);
  expect(cookie).not.toContain(chosen);
  expect(await sessionBy(app.url, { cookie: `sid=${chosen}` })).toBeNull();
  expect(await sessionBy(app.url, { cookie: cookie.split(';')[0] ?? '' })).toEqual({ id: startedId(response) });
});

test('only the hash of a token is stored', async () => {
  const rows = await app.world.sql('SELECT * FROM session');
  expect(JSON.stringify(rows)).not.toContain(valid());
  const hash = createHash('sha256').update(valid()).digest('hex');
  expect(rows).toContainEqual(expect.objectContaining({ id: client.sessionId, token_hash: hash }));
  expect(JSON.stringify(app.logs)).not.toContain(valid());
});

describe('the cookie', () => {
  test('over plain HTTP has the attributes HttpOnly and SameSite, and no domain', async () => {
    const response = await startWith(app.url);
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^sid=as_[\w-]{43}; Max-Age=25(92000|91999); Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    // Nor is the token in the body, where a script could read it.
    expect(response.text).not.toContain('as_');
  });

  test('over HTTPS has the prefix __Host-, and counts only with it', async () => {
    const response = await startWith(secure.url);
    const [cookie = ''] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-sid=as_[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
    expect(cookie).not.toMatch(/Domain/i);
    expect(response.headers.get('strict-transport-security')).toBe('max-age=31536000');
    const token = tokenOf(cookie.split(';')[0] ?? '');
    expect(await sessionBy(secure.url, { cookie: `${SECURE}=${token}` })).toEqual({ id: startedId(response) });
    // A cookie without the prefix could come from another host of the domain.
    expect(await sessionBy(secure.url, { cookie: `sid=${token}` })).toBeNull();
  });

  test('is deleted by the end of the session', async () => {
    const own = await app.client();
    const { data, headers } = await own.graphql('mutation { endSession { ended } }');
    expect(data).toEqual({ endSession: { ended: true } });
    expect(headers.getSetCookie()).toEqual(['sid=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
  });

  test.each(['sid', SECURE])('%s twice with different values is no session', async (name) => {
    const { url } = name === 'sid' ? app : secure;
    const [own, other] = await Promise.all(
      [1, 2].map(async () => tokenOf((await startWith(url)).headers.getSetCookie()[0]?.split(';')[0] ?? '')),
    );
    for (const cookie of [
      `${name}=${own}; ${name}=${other}`,
      `${name}=${other}; ${name}=${own}`,
      `${name}=; ${name}=${own}`,
    ])
      expect(await sessionBy(url, { cookie })).toBeNull();
    expect(await sessionBy(url, { cookie: `${name}=${own}; ${name}=${own}` })).not.toBeNull();
  });

  test.each(['\u00a0', '\u00a0 ', '\u0085', '"'])('with the character %j before its name is ignored', async (mark) => {
    const own = await startWith(secure.url);
    const other = await startWith(secure.url);
    const tokens = [own, other].map((response) => tokenOf(response.headers.getSetCookie()[0]?.split(';')[0] ?? ''));
    const cookie = `${mark}${SECURE}=${tokens[1]}; ${SECURE}=${tokens[0]}`;
    expect(await sessionBy(secure.url, { cookie })).toEqual({ id: startedId(own) });
    expect(await sessionBy(secure.url, { cookie: `${mark}${SECURE}=${tokens[0]}` })).toBeNull();
  });
});

describe('startSession', () => {
  test('with a valid cookie returns its session, and with BEARER always a new one', async () => {
    const again = await startWith(app.url, client.cookie);
    expect(startedId(again)).toBe(client.sessionId);
    expect(again.headers.getSetCookie()).toEqual([]);
    const query = 'mutation { startSession(transport: BEARER) { token session { id } } }';
    const bearer = await client.graphql(query);
    expect(bearer.data.startSession.session.id).not.toBe(client.sessionId);
    expect(bearer.data.startSession.token).toMatch(/^as_[\w-]{43}$/);
    expect(bearer.headers.getSetCookie()).toEqual([]);
  });

  test('twice in one operation makes one session', async () => {
    const before = await rowsIn(app.world);
    const query = 'mutation { a: startSession { session { id } } b: startSession { session { id } } }';
    const { data } = JSON.parse((await postGraphQL(app.url, JSON.stringify({ query }))).text);
    expect(data.a.session.id).toBe(data.b.session.id);
    expect(await rowsIn(app.world)).toEqual({ ...before, sessions: before.sessions + 1 });
  });

  test('over REST takes the transports bearer and cookie only', async () => {
    const start = async (body: string) =>
      responseOf(await fetch(`${app.url}/api/session`, { method: 'POST', headers: JSON_TYPE, body }));
    for (const body of ['', '{}', '{"transport":"bearer"}']) {
      const response = await start(body);
      expect(response.status).toBe(201);
      expect(JSON.parse(response.text)).toMatchObject({
        success: true,
        data: { session_id: expect.any(String), expires_at: expect.any(String), token: expect.stringMatching(/^as_/) },
      });
    }
    const cookie = await start('{"transport":"cookie"}');
    expect(cookie.headers.getSetCookie()).toHaveLength(1);
    expect(cookie.text).not.toContain('as_');
    expect(await start('{"transport":"carrier pigeon"}')).toBeRefused({ status: 400, code: 'BAD_USER_INPUT' });
    expect(await start('[]')).toBeRefused({ status: 400, code: 'BAD_REQUEST' });
    expect(await start('{')).toBeRefused({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe('a bearer token', () => {
  test('wins over the cookie, even if it is invalid', async () => {
    const { data } = await client.graphql('mutation { startSession(transport: BEARER) { token session { id } } }');
    const { token, session } = data.startSession;
    const { cookie } = client;
    expect(await sessionBy(app.url, { cookie, authorization: `Bearer ${token}` })).toEqual(session);
    expect(await sessionBy(app.url, { cookie, authorization: `bearer  ${token}` })).toEqual(session);
    for (const nothing of ['Bearer', 'Bearer ', 'Bearer x', `Bearer ${token}x`, `Bearer as_${'A'.repeat(43)}`])
      expect(await sessionBy(app.url, { cookie, authorization: nothing })).toBeNull();
  });

  test('that ends its session does not end the session of the cookie', async () => {
    const { data } = await client.graphql('mutation { startSession(transport: BEARER) { token } }');
    const authorization = `Bearer ${data.startSession.token}`;
    const ended = await client.graphql('mutation { endSession { ended } }', {}, { authorization });
    expect(ended.data).toEqual({ endSession: { ended: true } });
    expect(ended.headers.getSetCookie()).toEqual([]);
    expect(await sessionBy(app.url, { authorization })).toBeNull();
    expect(await sessionBy(app.url, { cookie: client.cookie })).toEqual({ id: client.sessionId });
  });

  test('is not expected in another scheme, which belongs to a proxy: the cookie counts', async () => {
    const authorization = `Basic ${Buffer.from('user:password').toString('base64')}`;
    expect(await sessionBy(app.url, { cookie: client.cookie, authorization })).toEqual({ id: client.sessionId });
  });
});

describe('a session that is over', () => {
  /** Each ends the session of `own`, which this process has in its cache. */
  const ends: [string, (own: Client) => Promise<unknown>][] = [
    ['ended', (own) => own.graphql('mutation { endSession { ended } }')],
    [
      'expired',
      ({ sessionId }) =>
        app.world.sql(`UPDATE session SET expires_at = now() - interval '1 s' WHERE id = $1`, [sessionId]),
    ],
    ['deleted', ({ sessionId }) => app.world.sql('DELETE FROM session WHERE id = $1', [sessionId])],
  ];

  test.each(ends)('is refused by another process: %s', async (_, end) => {
    const own = await app.client();
    const id = await own.submit();
    await end(own);
    // Another process, without the session in its cache.
    await using other = await startApp({ role: 'api', world: app.world });
    const late = clientWith(other.url, own.cookie);
    const read = await late.graphql('query ($id: ID!) { assessment(id: $id) { id } }', { id });
    expect(read.data).toEqual({ assessment: null });
    expect(read.errors?.[0].extensions.code).toBe(UNAUTHENTICATED);
    expect(await responseOf(await late.rest('GET', `/api/assessment/${id}`))).toBeRefused({
      status: 401,
      code: UNAUTHENTICATED,
    });
    await expect(late.submit()).rejects.toThrow(UNAUTHENTICATED);
    expect((await late.graphql('{ session { id } }')).data).toEqual({ session: null });
    expect((await late.graphql('mutation { endSession { ended } }')).data).toEqual({ endSession: { ended: false } });
  });

  test('is refused at once in the process that ended it, and its assessments go on', async () => {
    const own = await app.client();
    const id = await own.submit();
    await own.graphql('mutation { endSession { ended } }');
    expect((await own.graphql('{ session { id } }')).data).toEqual({ session: null });
    expect(await app.world.sql('SELECT status FROM test_assessment WHERE id = $1', [id])).toEqual([
      { status: 'submitted' },
    ]);
  });
});
