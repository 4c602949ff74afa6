import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';

let app: TestApp;

beforeAll(async () => {
  // The audits ask for `__type`, so introspection has to be on.
  app = await startApp({ role: 'api', env: { GRAPHIQL: '1' } });
});
afterAll(() => app.close());

const audits = serverAudits({ url: () => `${app.url}/graphql` });

test('no audit of the specification is left out', () => {
  expect(audits).toHaveLength(61);
});

test.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))('$id $name', async ({ fn }) => {
  const result = await fn();
  expect({ status: result.status, reason: 'reason' in result ? result.reason : undefined }).toEqual({ status: 'ok' });
});
