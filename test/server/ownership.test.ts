import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED, type Client } from '../support/client.ts';
import { responseOf, JSON_TYPE, postGraphQL, refusalOf, type HttpResponse } from './requests.ts';
import { openSocket } from './socket.ts';

const UNKNOWN = '0190a000-0000-7000-8000-000000000000';

let app: TestApp;
let owner: Client;
let other: Client;
/** The ids of an ended assessment and of one in progress. */
let foreign: string[];

beforeAll(async () => {
  app = await startApp();
  [owner, other] = await Promise.all([app.client(), app.client()]);
  const ended = await owner.submit();
  await owner.completion(ended);
  app.world.model.hold();
  foreign = [ended, await owner.submit()];
});
afterAll(() => app.close());

const CANCEL = 'mutation ($id: ID!) { cancelAssessment(id: $id) { assessment { id } errors { __typename message } } }';
const RETRY = CANCEL.replace('cancel', 'retry');
const READ = 'query ($id: ID!) { assessment(id: $id) { id answers result { summary } } }';

/** Each way to ask for an assessment, from another session. */
const ways: Record<string, (id: string) => Promise<string>> = {
  'the query': async (id) => textOf(await ask({ query: READ, variables: { id } })),
  'the list of a session': async () =>
    textOf(await ask({ query: '{ session { assessments(first: 100) { nodes { id } edges { cursor } } } }' })),
  REST: async (id) => textOf(await responseOf(await other.rest('GET', `/api/assessment/${id}`))),
  'a cancellation': async (id) => textOf(await ask({ query: CANCEL, variables: { id } })),
  'a retry': async (id) => textOf(await ask({ query: RETRY, variables: { id } })),
  'an event stream': async (id) => textOf(await ask({ query: COMPLETED, variables: { id } }, 'text/event-stream')),
  'a socket': async (id) => {
    await using socket = await openSocket(app.url, { cookie: other.cookie });
    socket.subscribe('1', COMPLETED, { id });
    await socket.message(({ type }) => type === 'complete');
    return plain(JSON.stringify(socket.of('1')), socket.of('1')[0].payload.errors[0].extensions.requestId);
  },
};

const ask = (body: object, accept = 'application/json') =>
  postGraphQL(app.url, JSON.stringify(body), { ...JSON_TYPE, accept, cookie: other.cookie });
/** Without the request id, which differs in each response. */
const plain = (text: string, requestId: string): string => text.replaceAll(requestId, '<request>');
const textOf = (response: HttpResponse): string =>
  `${response.status} ${plain(response.text, response.headers.get('x-request-id') ?? '')}`;

describe('an assessment of another session looks like one that does not exist:', () => {
  test.each(Object.keys(ways))('%s', async (name) => {
    const way = ways[name] as (id: string) => Promise<string>;
    const none = await way(UNKNOWN);
    for (const id of foreign) expect(await way(id)).toBe(none);
    expect(none).not.toContain('summary');
  });

  test('it is null in a query, and NOT_FOUND over REST and in a subscription', async () => {
    for (const id of [UNKNOWN, ...foreign]) {
      expect(JSON.parse((await ask({ query: READ, variables: { id } })).text)).toEqual({ data: { assessment: null } });
      expect(await responseOf(await other.rest('GET', `/api/assessment/${id}`))).toBeRefused({
        status: 404,
        code: 'NOT_FOUND',
      });
      const stream = await ask({ query: COMPLETED, variables: { id } }, 'text/event-stream');
      expect(refusalOf(stream)).toMatchObject({ code: 'NOT_FOUND' });
      expect(stream.text).toMatch(/event: complete\ndata:\n\n$/);
    }
  });

  test('no event of it is pushed when it ends', async () => {
    const id = foreign[1] as string;
    await using socket = await openSocket(app.url, { cookie: other.cookie });
    socket.subscribe('1', COMPLETED, { id });
    await socket.message(({ type }) => type === 'complete');
    expect(socket.of('1')).toMatchObject([
      { type: 'next', payload: { errors: [{ extensions: { code: 'NOT_FOUND' } }] } },
      { type: 'complete' },
    ]);
    app.world.model.release();
    await owner.completion(id);
    // A later message on the same socket: earlier events would have arrived before it.
    socket.subscribe('2', COMPLETED, { id: UNKNOWN });
    await socket.message((message) => message.id === '2');
    expect(socket.of('1')).toHaveLength(2);
  });
});

describe('a malformed id is BAD_USER_INPUT:', () => {
  test.each([
    '',
    'x',
    '1 OR 1=1',
    "' OR ''='",
    `${UNKNOWN}0`,
    UNKNOWN.replaceAll('-', ''),
    `${UNKNOWN}\0`,
    '../session',
    'null',
  ])('%j', async (id) => {
    const refused = { status: 200, code: 'BAD_USER_INPUT', message: /malformed/ };
    expect(await ask({ query: READ, variables: { id } })).toBeRefused(refused);
    expect(await ask({ query: COMPLETED, variables: { id } }, 'text/event-stream')).toBeRefused(refused);
    if (id === '') return;
    const path = `/api/assessment/${encodeURIComponent(id)}`;
    expect(await responseOf(await other.rest('GET', path))).toBeRefused({ ...refused, status: 400 });
  });

  test('a number counts as the text of its digits, by the GraphQL type ID', async () => {
    expect(await ask({ query: READ, variables: { id: 1 } })).toBeRefused({ status: 200, code: 'BAD_USER_INPUT' });
  });

  test('but capital letters in an id do not matter', async () => {
    const id = (foreign[0] as string).toUpperCase();
    expect((await owner.read(id)).id).toBe(foreign[0]);
    expect((await owner.rest('GET', `/api/assessment/${id}`)).status).toBe(200);
  });
});

describe('a list', () => {
  test.each([
    ['first: 0', /from 1 to 100/],
    ['first: -1', /from 1 to 100/],
    ['first: 101', /from 1 to 100/],
    ['first: 2147483647', /from 1 to 100/],
    ['after: ""', /cursor/],
    ['after: "x"', /cursor/],
    [`after: "${UNKNOWN}"`, /cursor/],
    ['questionnaire: "a\\u0000"', /slug/],
    ['questionnaire: ""', /slug/],
    ['questionnaire: "%"', /slug/],
    [`questionnaire: "' OR 1=1 --"`, /slug/],
    [`questionnaire: "${'x'.repeat(101)}"`, /slug/],
    [`after: "${Buffer.from("' OR 1=1").toString('base64url')}"`, /cursor/],
  ])('with %s is BAD_USER_INPUT', async (argument, message) => {
    const query = `{ session { assessments(${argument}) { nodes { id } } } }`;
    expect(await ask({ query })).toBeRefused({ status: 200, code: 'BAD_USER_INPUT', message });
  });

  test('with a cursor of another session has no assessments of others', async () => {
    const after = Buffer.from('ffffffff-ffff-7fff-bfff-ffffffffffff').toString('base64url');
    const query = `{ session { assessments(after: "${after}") { nodes { id } } } }`;
    expect(JSON.parse((await ask({ query })).text).data.session.assessments.nodes).toEqual([]);
  });
});
