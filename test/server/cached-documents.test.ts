import { expect, test } from 'vitest';
import { JSON_TYPE, postGraphQL } from './requests.ts';
import { startMeasuredServer } from './measured-server.ts';

const COUNT = 3_000;
/** Enough for a cached document of this length. Cached with its validation errors, one took 75 KB. */
const BYTES_MAX = 4_000;

test.each([
  ['that are not valid', (index: number) => `{a${index}}`],
  ['that can not be parsed', (index: number) => `{a${index}`],
  ['that are valid', (index: number) => `query q${index}{__typename}`],
])('thousands of different documents %s take less than 4 KB of memory each', async (_, documentOf) => {
  await using servers = await startMeasuredServer();
  let next = 0;
  const send = async (): Promise<() => void> => {
    for (let count = 0; count < 30; count++) {
      const query = documentOf(next++);
      await postGraphQL(servers.product, JSON.stringify({ query }), JSON_TYPE);
    }
    return () => {};
  };
  // Fills the cache before the measurement.
  await servers.growth(COUNT / 30, send);
  expect((await servers.growth(COUNT / 30, send)) / 30).toBeLessThan(BYTES_MAX);
});
