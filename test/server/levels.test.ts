import { expect, test } from 'vitest';
import { startFakeServer } from './fake-server.ts';
import { fakeServices, IDS } from './fake-services.ts';
import { JSON_TYPE, postGraphQL, responseOf } from './requests.ts';

test('a score in the middle of its range is MEDIUM over GraphQL and REST', async () => {
  const { services } = fakeServices();
  await using server = await startFakeServer({ services });
  const [, , id] = IDS;
  const query = `{ assessment(id: "${id}") { result { scores { area level } } } }`;
  const scores = [{ area: 'energy', level: 'MEDIUM' }];
  const byGraphQL = await postGraphQL(server.url, JSON.stringify({ query }), JSON_TYPE);
  expect(JSON.parse(byGraphQL.text)).toEqual({ data: { assessment: { result: { scores } } } });
  const byRest = await responseOf(await fetch(`${server.url}/api/assessment/${id}`));
  expect(JSON.parse(byRest.text)).toMatchObject({ data: { result: { scores } } });
});
