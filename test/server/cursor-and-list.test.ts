import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { startFakeServer } from './fake-server.ts';
import { JSON_TYPE, postGraphQL } from './requests.ts';

test('while the history of the database is being read, a list waits for it as its cursor does: it is never older than the cursor', async () => {
  await using server = await startFakeServer();
  const { promise: settled, resolve } = Promise.withResolvers<void>();
  const steps: string[] = [];
  server.services['feeds'] = {
    get cursor() {
      steps.push('cursor');
      return settled.then(() => 'new');
    },
    settled,
  };
  server.services['reading'] = {
    ofSession: async () => {
      steps.push('list');
      return [];
    },
  };
  const query = '{ session { cursor assessments { nodes { id } } } }';
  const response = postGraphQL(server.url, JSON.stringify({ query }), JSON_TYPE);
  await until(() => steps.includes('cursor'));
  await new Promise(setImmediate);
  expect(steps).toEqual(['cursor']);
  resolve();
  expect(JSON.parse((await response).text)).toEqual({
    data: { session: { cursor: 'new', assessments: { nodes: [] } } },
  });
  expect(steps).toEqual(['cursor', 'list']);
});
