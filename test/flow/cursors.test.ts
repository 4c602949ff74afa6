import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { refusal } from '../support/model-behaviours.ts';

const OPERATOR = `op_${'x'.repeat(30)}`;
const asOperator = { authorization: `Bearer ${OPERATOR}` };
const LETTERS = `query Letters($after: String) { deadLetters(first: 5, after: $after) {
  nodes { round } pageInfo { endCursor } } }`;
const ASSESSMENTS = `query List($after: String) { session { assessments(first: 5, after: $after) {
  edges { node { id } } pageInfo { endCursor } } } }`;
const FEED = `subscription Feed($after: String) { assessmentFinished(after: $after) { cursor errors { code } } }`;

let app: TestApp;
let client: Client;

beforeAll(async () => {
  app = await startApp({ env: { OPERATOR_TOKEN: OPERATOR } });
  app.world.model.script(() => refusal());
  client = await app.client();
  await client.completion(await client.submit());
});
afterAll(() => app[Symbol.asyncDispose]());

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const time = fc.oneof(
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.constantFrom('1', 'now', 'infinity', '-infinity', 'epoch', '2026-02-30T00:00:00.000Z', '0000-01-01T00:00:00.000Z'),
  fc.constantFrom('2026-01-01', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000+01:00', '9999-12-31T23:59:59.999Z'),
);
const id = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.toUpperCase()),
  fc.uuid().map((uuid) => `{${uuid}}`),
  fc.constant(''),
);
const round = fc.oneof(
  fc.integer().map(String),
  fc.bigInt().map(String),
  fc.constantFrom('2147483647', '2147483648', '01', '1e3', '0x1', ' 1', '١'),
);
const place = fc.oneof(
  fc.tuple(time, id, round).map((parts) => parts.join(' ')),
  id,
  fc.string({ unit: 'binary' }),
  fc
    .tuple(fc.stringMatching(/^[\da-f]{15,17}$/), fc.bigInt({ min: 0n, max: 2n ** 70n }))
    .map((parts) => parts.join('.')),
);
/** Cursors as a client may send them: well encoded, in another encoding, and not encoded. */
const cursor = fc.oneof(
  place.map(encoded),
  place.map((text) => `${encoded(text)}=`),
  place.map((text) => Buffer.from(text).toString('base64')),
  fc.string({ unit: 'grapheme' }),
);

test.each([
  ['deadLetters', LETTERS, asOperator],
  ['assessments', ASSESSMENTS, {}],
])('a made-up cursor of %s gives BAD_USER_INPUT or a page, never an error of the server', async (_, query, headers) => {
  await fc.assert(
    fc.asyncProperty(cursor, async (after) => {
      const { errors } = await client.graphql(query, { after }, headers);
      expect(errors?.[0].extensions.code ?? 'BAD_USER_INPUT').toBe('BAD_USER_INPUT');
    }),
    { numRuns: 200 },
  );
});

test('a cursor of deadLetters is accepted as it was sent, and refused in another encoding', async () => {
  const { data } = await client.graphql(LETTERS, {}, asOperator);
  expect(data.deadLetters.nodes).toEqual([{ round: 1 }]);
  const { endCursor } = data.deadLetters.pageInfo;
  expect((await client.graphql(LETTERS, { after: endCursor }, asOperator)).data.deadLetters.nodes).toEqual([]);
  const { errors } = await client.graphql(LETTERS, { after: `${endCursor}=` }, asOperator);
  expect(errors).toMatchObject([
    { message: '"after" is not a cursor of this list.', extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});

test('a made-up cursor of assessmentFinished gets the error INVALID_CURSOR only', async () => {
  await fc.assert(
    fc.asyncProperty(cursor, async (after) => {
      const socket = client.socket();
      const events: unknown[] = [];
      for await (const event of socket.iterate({ query: FEED, variables: { after } })) events.push(event);
      await socket.dispose();
      expect(events).toEqual([
        { data: { assessmentFinished: { cursor: null, errors: [{ code: 'INVALID_CURSOR' }] } } },
      ]);
    }),
    { numRuns: 60 },
  );
});
