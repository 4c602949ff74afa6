import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clientAddress } from '../../src/server/http/address.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { metricsOf } from '../support/metrics.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { openSocket } from './socket.ts';
import { responseOf, JSON_TYPE, postGraphQL, rowsIn, START } from './requests.ts';
import { upgradeStatus } from './upgrade-status.ts';

const SUBMIT = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers };

describe('a session', () => {
  test('over its rate of submissions gets the time to wait, by a type in GraphQL and by 429 over REST', async () => {
    await using app = await startApp({ role: 'api', env: { SUBMITS_PER_MINUTE: '3' } });
    const client = await app.client();
    const idempotencyKey = 'the-first-form';
    const first = await client.submit({ idempotencyKey });
    await client.submit();
    expect((await client.rest('POST', '/api/assessment/submit', SUBMIT)).status).toBe(202);
    const before = await rowsIn(app.world);

    const refused = await client.trySubmit();
    expect(refused).toMatchObject({
      __typename: 'TooManyAssessmentsError',
      message: expect.stringContaining('session'),
    });
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(20);

    const response = await responseOf(await client.rest('POST', '/api/assessment/submit', SUBMIT));
    expect(response).toBeRefused({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(20);
    expect(await rowsIn(app.world)).toEqual(before);

    // A repeat with its key makes no new assessment, so the limit does not apply.
    expect(await client.submit({ idempotencyKey })).toBe(first);
    // Another session has its own limit.
    await (await app.client()).submit();
  });

  test('can not submit into a full queue, and gets the time to wait', async () => {
    await using app = await startApp({ role: 'api', env: { MAX_QUEUE_DEPTH: '2' } });
    const client = await app.client();
    await client.submit();
    await client.submit();
    const before = await rowsIn(app.world);
    expect(await client.trySubmit()).toMatchObject({
      __typename: 'TooManyAssessmentsError',
      message: expect.stringContaining('service'),
      retryAfterSeconds: 30,
    });
    const response = await responseOf(await client.rest('POST', '/api/assessment/submit', SUBMIT));
    expect(response).toBeRefused({ status: 429, code: 'RATE_LIMITED' });
    expect(response.headers.get('retry-after')).toBe('30');
    expect(await rowsIn(app.world)).toEqual(before);
  });
});

describe('an address', () => {
  const PER_MINUTE = 4;
  let open: TestApp;
  let proxied: TestApp;
  beforeAll(async () => {
    const env = { SESSIONS_PER_MINUTE: String(PER_MINUTE) };
    [open, proxied] = await Promise.all([
      startApp({ role: 'api', env }),
      startApp({ role: 'api', env: { ...env, TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' } }),
    ]);
  });
  afterAll(async () => {
    await Promise.all([open.close(), proxied.close()]);
  });

  const start = (app: TestApp, forwarded?: string) =>
    postGraphQL(app.url, JSON.stringify({ query: START }), {
      ...JSON_TYPE,
      ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
    });
  const isStarted = async (response: Promise<{ text: string }>): Promise<boolean> =>
    JSON.parse((await response).text).errors === undefined;
  const startedOf = async (responses: Promise<{ text: string }>[]): Promise<number> =>
    (await Promise.all(responses.map(isStarted))).filter(Boolean).length;

  test('that starts too many sessions is refused, whatever its X-Forwarded-For says', async () => {
    const invented = Array.from({ length: 20 }, (_, index) => start(open, `203.0.113.${index}`));
    expect(await startedOf(invented)).toBe(PER_MINUTE);
    const before = await rowsIn(open.world);

    const response = await start(open, '198.51.100.1');
    expect(response).toBeRefused({ status: 200, code: 'RATE_LIMITED', message: /Try again in \d+ s/ });
    expect(JSON.parse(response.text).errors[0].extensions.retryAfterSeconds).toBeGreaterThan(0);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.get('set-cookie')).toBeNull();

    const rest = await responseOf(
      await fetch(`${open.url}/api/session`, { method: 'POST', headers: JSON_TYPE, body: '{}' }),
    );
    expect(rest).toBeRefused({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(rest.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await rowsIn(open.world)).toEqual(before);
  });

  test('behind a trusted proxy is the last one in X-Forwarded-For that no trusted proxy has', async () => {
    const responses = Array.from({ length: 20 }, (_, index) => start(proxied, `203.0.113.${index}, 198.51.100.1`));
    expect(await startedOf(responses)).toBe(PER_MINUTE);
    // Another client of the same proxy has its own limit.
    expect(await isStarted(start(proxied, '198.51.100.1, 198.51.100.2'))).toBe(true);
    // Two trusted proxies in a row.
    expect(await isStarted(start(proxied, '198.51.100.3, 10.1.2.3'))).toBe(true);
    expect(await isStarted(start(proxied, '198.51.100.1, 10.1.2.3'))).toBe(false);
  });
});

test('an address that submits too much over many sessions is told when to go on', async () => {
  await using app = await startApp({ role: 'api', env: { SUBMITS_PER_MINUTE_PER_ADDRESS: '5' } });
  const clients = [await app.client(), await app.client(), await app.client()];
  for (let count = 0; count < 5; count++) await clients[count % 3]?.submit();
  const before = await rowsIn(app.world);
  for (const client of clients) {
    const refused = await client.trySubmit();
    expect(refused).toMatchObject({
      __typename: 'TooManyAssessmentsError',
      message: expect.stringMatching(/from this address\. Try again in \d+ s\.$/),
    });
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(60);
    const answer = await responseOf(await client.rest('POST', '/api/assessment/submit', SUBMIT));
    expect(answer).toBeRefused({ status: 429, code: 'RATE_LIMITED' });
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  }
  expect(await rowsIn(app.world)).toEqual(before);
});

test('two processes allow an address what one allows, once they have heard of each other', async () => {
  const env = { SUBMITS_PER_MINUTE_PER_ADDRESS: '5' };
  await using one = await startApp({ role: 'api', env });
  await using other = await startApp({ role: 'api', env, world: one.world });
  const [here, there] = [await one.client(), await other.client()];
  for (let count = 0; count < 5; count++) await here.submit();
  const left = async (): Promise<number> => {
    const [row] = await one.world.sql(`SELECT level FROM rate_bucket WHERE bucket LIKE 'submits-address:%'`);
    return Number(row?.['level'] ?? Infinity);
  };
  await until(async () => (await left()) < 1, { label: 'the exchange of the first process' });
  // The bucket of the second process is still full. The exchange of its first unit tells that the fleet's is empty.
  await there.submit();
  await until(async () => (await left()) < 0, { label: 'the exchange of the second process' });
  await until(async () => (await there.trySubmit()).__typename === 'TooManyAssessmentsError');
  const [stored] = await one.world.sql('SELECT count(*)::int AS count FROM test_assessment');
  expect(stored?.['count']).toBeLessThanOrEqual(7);
});

test('a proxy in front that is not trusted is told of once, with the setting', () => {
  let told = 0;
  const request = { socket: { remoteAddress: '10.0.0.1' }, headers: { 'x-forwarded-for': '203.0.113.1' } } as never;
  const direct = { socket: { remoteAddress: '10.0.0.1' }, headers: {} } as never;
  const addressOf = clientAddress([], () => void told++);
  addressOf(direct);
  expect(told).toBe(0);
  for (let count = 0; count < 3; count++) addressOf(request);
  expect(told).toBe(1);
  clientAddress(['10.0.0.0/8'], () => void told++)(request);
  expect(told).toBe(1);
});

describe('the address of a client', () => {
  const of = (remoteAddress: string, forwarded: string | undefined, ...trusted: string[]): string =>
    clientAddress(trusted)({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } } as never);

  test.each([
    ['192.0.2.1', undefined, [], '192.0.2.1'],
    ['::ffff:192.0.2.1', undefined, [], '192.0.2.1'],
    ['192.0.2.1', '203.0.113.1', [], '192.0.2.1'],
    ['192.0.2.1', '203.0.113.1', ['192.0.2.1'], '203.0.113.1'],
    ['192.0.2.1', '203.0.113.1', ['192.0.2.0/24'], '203.0.113.1'],
    ['192.0.2.1', '203.0.113.1', ['198.51.100.0/24'], '192.0.2.1'],
    ['::ffff:192.0.2.1', '::ffff:203.0.113.1', ['192.0.2.1'], '203.0.113.1'],
    ['192.0.2.1', '198.51.100.9, 203.0.113.1, 192.0.2.7', ['192.0.2.0/24'], '203.0.113.1'],
    ['192.0.2.1', '203.0.113.1:4711', ['192.0.2.1'], '203.0.113.1'],
    ['192.0.2.1', '[2001:db8:1:2:3::4]:4711', ['192.0.2.1'], '2001:db8:1:2:3::4'],
    ['192.0.2.1', 'unknown', ['192.0.2.1'], '192.0.2.1'],
    ['192.0.2.1', '203.0.113.1, <script>', ['192.0.2.1'], '192.0.2.1'],
    ['192.0.2.1', '', ['192.0.2.1'], '192.0.2.1'],
    ['192.0.2.1', ', ,', ['192.0.2.1'], '192.0.2.1'],
    ['192.0.2.1', '192.0.2.1, 192.0.2.1', ['192.0.2.1'], '192.0.2.1'],
    ['2001:db8::1', '203.0.113.1', ['2001:db8::/32'], '203.0.113.1'],
    ['2001:db8:0:5:1:2:3:4', undefined, [], '2001:db8:0:5:1:2:3:4'],
    ['2001:DB8:0:5::9', undefined, [], '2001:db8:0:5::9'],
    ['2001:db8::5:0:0:9', undefined, [], '2001:db8::5:0:0:9'],
    ['fe80::1%eth0', undefined, [], 'fe80::1%eth0'],
    ['::1', undefined, [], '::1'],
    ['10.0.0.1', '::ffff:707:707', ['10.0.0.0/8'], '7.7.7.7'],
    ['10.0.0.1', '0:0:0:0:0:ffff:7.7.7.7', ['10.0.0.0/8'], '7.7.7.7'],
    ['10.0.0.1', '0:0:0:0:0:FFFF:0707:0707', ['10.0.0.0/8'], '7.7.7.7'],
    ['::ffff:a00:1', '7.7.7.7', ['10.0.0.0/8'], '7.7.7.7'],
    ['10.0.0.1', '[::ffff:707:707]:443', ['10.0.0.0/8'], '7.7.7.7'],
  ])('%s with X-Forwarded-For "%s" and trust in %j is %s', (remote, forwarded, trusted, expected) => {
    expect(of(remote, forwarded, ...trusted)).toBe(expected);
  });
});

describe('the cost of operations', () => {
  const list = (first: number, fields: string, alias = 'a') => `${alias}: assessments(first: ${first}) { ${fields} }`;
  const ask = async (app: TestApp, cookie: string, fields: string) =>
    await postGraphQL(app.url, JSON.stringify({ query: `{ session { ${fields} } }` }), { ...JSON_TYPE, cookie });

  test('follows the rows that it reads: many long lists are OPERATION_TOO_COMPLEX, one is not', async () => {
    await using app = await startApp({ role: 'api' });
    const { cookie } = await app.client();
    const lists = (count: number) =>
      Array.from({ length: count }, (_, index) => list(100, '__typename', `a${index}`)).join(' ');
    expect((await ask(app, cookie, lists(1))).status).toBe(200);
    expect(await ask(app, cookie, lists(49))).toBeRefused({ status: 200, code: 'OPERATION_TOO_COMPLEX' });
    const copies = Array.from({ length: 9 }, (_, index) => `a${index}: answers`).join(' ');
    expect(await ask(app, cookie, list(100, `nodes { ${copies} }`))).toBeRefused({
      status: 200,
      code: 'OPERATION_TOO_COMPLEX',
    });
  });

  test('of a list that is asked for twice is that of one statement', async () => {
    await using app = await startApp({ role: 'api' });
    const client = await app.client();
    await client.submit();
    const statements = async (): Promise<number> =>
      Number(/seconds_count\{operation="list-assessments"\} (\d+)$/m.exec(await metricsOf(app))?.[1] ?? 0);
    const before = await statements();
    const twice = `${list(5, 'nodes { id }', 'a')} ${list(5, 'nodes { status }', 'b')} ${list(6, 'nodes { id }', 'c')}`;
    const { status, text } = await ask(app, client.cookie, twice);
    expect(status).toBe(200);
    const { a, b, c } = JSON.parse(text).data.session;
    expect([a, b, c].map(({ nodes }) => nodes.length)).toEqual([1, 1, 1]);
    expect(await statements()).toBe(before + 2);
  });

  test('is limited by address, over HTTP and sockets together, and says when to go on', async () => {
    await using app = await startApp({ role: 'api', env: { QUERY_COST_PER_MINUTE: '200' } });
    const clients = await Promise.all([app.client(), app.client()]);
    // Before the cost is used up: the bucket refills while a socket is opened.
    await using socket = await openSocket(app.url, { cookie: clients[0]?.cookie ?? '' });
    const untilRefused = async (query: string) => {
      let refused;
      for (let count = 0; count < 60 && refused === undefined; count++) {
        const response = await ask(app, clients[count % 2]?.cookie ?? '', query);
        if (response.status !== 200) refused = response;
      }
      return refused;
    };
    const refused = await untilRefused(list(1, '__typename'));
    expect(refused).toBeRefused({
      status: 429,
      code: 'RATE_LIMITED',
      message: /costly operations came from this address/,
    });
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
    // The list was refused for its cost. Less is left now than the cheapest operation costs.
    expect((await untilRefused('__typename'))?.status).toBe(429);
    socket.subscribe('1', 'subscription { assessmentFinished { cursor assessment { answers } } }');
    const { payload } = await socket.message(({ id }) => id === '1');
    expect(payload[0].extensions).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('is 20 for a request over REST and for the opening of a socket, whatever their token', async () => {
    const env = { QUERY_COST_PER_MINUTE: '200' };
    const headers = { authorization: 'Bearer unknown' };
    await using rest = await startApp({ role: 'api', env });
    const read = () => fetch(`${rest.url}/api/assessment/${randomUUID()}`, { headers });
    const statuses = [];
    // The bucket refills by one of them in 6 s.
    for (let count = 0; count < 13; count++) statuses.push((await read()).status);
    expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
    expect(statuses).toContain(429);
    expect(await responseOf(await read())).toBeRefused({ status: 429, code: 'RATE_LIMITED' });

    await using sockets = await startApp({ role: 'api', env });
    const upgrades = [];
    for (let count = 0; count < 13; count++) upgrades.push((await upgradeStatus(sockets.url)).status);
    expect(upgrades.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 101));
    expect(upgrades).toContain(429);
  });

  describe('of a refused operation is 20,', () => {
    const bodies: Record<string, object> = {
      'that can not be parsed': { query: '{' },
      'that is not valid': { query: '{ nothing }' },
      'that is too large': { query: `{ ${'__typename '.repeat(2_001)} }` },
      'that is too complex': { query: `{ ${'a { '.repeat(20)} b ${'} '.repeat(20)} }` },
      'without a query': { other: 1 },
      'whose name is unknown': { query: 'query A { __typename } query B { __typename }', operationName: 'C' },
      'with a wrong variable': { query: 'query ($v: Int!) { questionnaire(slug: "x", version: $v) { id } }' },
    };

    test.each(Object.keys(bodies))(
      'also of one %s: with a rate of 200, ten are refused for it, and further ones before they are read',
      async (name) => {
        await using app = await startApp({ role: 'api', env: { QUERY_COST_PER_MINUTE: '200' } });
        const send = () => postGraphQL(app.url, JSON.stringify(bodies[name]));
        for (let count = 0; count < 10; count++)
          expect(JSON.parse((await send()).text).errors[0].extensions.code).not.toBe('RATE_LIMITED');
        let refused = await send();
        // The bucket refills by one of them in 6 s.
        for (let count = 0; count < 3 && refused.status !== 429; count++) refused = await send();
        expect(refused).toBeRefused({
          status: 429,
          code: 'RATE_LIMITED',
          message: /operations came from this address/,
        });
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
        const other = await postGraphQL(app.url, '{');
        expect(other).toBeRefused({ status: 429, code: 'RATE_LIMITED' });
      },
    );

    test('over a socket as well', async () => {
      await using app = await startApp({ role: 'api', env: { QUERY_COST_PER_MINUTE: '400' } });
      const { cookie } = await app.client();
      await using socket = await openSocket(app.url, { cookie });
      for (let count = 0; count < 30; count++) socket.subscribe(String(count), 'subscription {');
      await until(() => socket.messages.filter(({ type }) => type === 'error').length === 30);
      const codes = socket.messages.flatMap(({ payload }) => payload?.[0]?.extensions.code ?? []);
      expect(codes.filter((code) => code === 'GRAPHQL_PARSE_FAILED').length).toBeLessThanOrEqual(20);
      expect(codes.at(-1)).toBe('RATE_LIMITED');
    });
  });

  test('includes the size of the response', async () => {
    await using app = await startApp({ role: 'api' });
    const client = await app.client();
    await client.submit();
    await app.world.sql(`UPDATE test_assessment SET answers = json_build_object('note', repeat('x', 5000000))`);
    expect(await ask(app, client.cookie, list(1, 'nodes { answers }'))).toBeRefused({
      status: 200,
      code: 'OPERATION_TOO_COMPLEX',
      message: /larger than 4 MB/,
    });
  });
});
