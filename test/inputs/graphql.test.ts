import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixedBodies } from './operations.ts';
import { JSON_TYPE, postGraphQL, rowsIn } from '../server/requests.ts';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { anyText, changedBytes, changedJson, changedText, RUNS } from './draws.ts';
import { faultsOf, harmTo } from './harmless.ts';

let app: TestApp;
let client: Client;
let rows: Awaited<ReturnType<typeof rowsIn>>;
beforeAll(async () => {
  app = await startApp({ role: 'api' });
  client = await app.client();
  rows = await rowsIn(app.world);
});
afterAll(() => app.close());

/** Only queries and mutations that fail before they store, so that nothing may be stored. */
const bodies = fc.constantFrom(...fixedBodies);

const faultsOfBody = async (body: string | Buffer): Promise<string[]> =>
  faultsOf(await postGraphQL(app.url, Buffer.from(body), { ...JSON_TYPE, cookie: client.cookie }));

test('every body that is JSON is refused or served', async () => {
  await fc.assert(
    fc.asyncProperty(bodies.chain(changedJson), async (body) => {
      expect(await faultsOfBody(JSON.stringify(body) ?? '')).toEqual([]);
    }),
    RUNS,
  );
});

test('every body whose text or bytes were changed is refused or served', async () => {
  const texts = bodies.map((body) => JSON.stringify(body));
  await fc.assert(
    fc.asyncProperty(fc.oneof(texts.chain(changedText), texts.chain(changedBytes)), async (body) => {
      expect(await faultsOfBody(body)).toEqual([]);
    }),
    RUNS,
  );
});

test('every document is refused or served', async () => {
  const documents = bodies.chain((body) => changedText(body.query).map((query) => ({ ...body, query })));
  await fc.assert(
    fc.asyncProperty(documents, async (body) => {
      expect(await faultsOfBody(JSON.stringify(body))).toEqual([]);
    }),
    RUNS,
  );
});

test('every name and every id is refused or served, also in a query string', async () => {
  await fc.assert(
    fc.asyncProperty(anyText(), anyText(), async (one, other) => {
      const query =
        'query A($id: ID!, $slug: String!) { assessment(id: $id) { id } questionnaire(slug: $slug) { id } }';
      expect(
        await faultsOfBody(JSON.stringify({ query, variables: { id: one, slug: other }, operationName: 'A' })),
      ).toEqual([]);
      expect(await faultsOfBody(JSON.stringify({ query, operationName: one }))).toEqual([]);
      const search = new URLSearchParams({ query, variables: JSON.stringify({ id: one, slug: other }) });
      if (String(search).length > 8_000) return;
      const response = await fetch(`${app.url}/graphql?${search}`, { headers: { cookie: client.cookie } });
      expect(faultsOf({ status: response.status, headers: response.headers, text: await response.text() })).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('nothing was stored, and nobody else was harmed', async () => {
  expect(await rowsIn(app.world)).toEqual(rows);
  expect(await harmTo(app)).toEqual([]);
});
