import { expect, test } from 'vitest';
import { restMs } from '../../../src/adapters/model/retry-after.ts';
import { reply } from '../../support/model-behaviours.ts';
import { kinds, openWorld, request } from './asking.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');

test.each<[Record<string, string>, number | undefined]>([
  [{}, undefined],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '20s' }, 20_000],
  [{ 'x-ratelimit-remaining-tokens': ' 0 ', 'x-ratelimit-reset-tokens': '1m0s' }, 60_000],
  [{ 'x-ratelimit-remaining-requests': '1', 'x-ratelimit-reset-requests': '20s' }, undefined],
  [{ 'x-ratelimit-remaining-requests': '', 'x-ratelimit-reset-requests': '20s' }, undefined],
  [{ 'x-ratelimit-remaining-requests': '-1', 'x-ratelimit-reset-requests': '20s' }, undefined],
  [{ 'x-ratelimit-remaining-requests': '0' }, undefined],
  [{ 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': 'soon' }, undefined],
  [{ 'x-ratelimit-reset-requests': '20s' }, undefined],
  // Of two limits only the one that is used up.
  [
    {
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '2s',
      'x-ratelimit-remaining-tokens': '9000',
      'x-ratelimit-reset-tokens': '6m0s',
    },
    2_000,
  ],
  [{ 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '1h' }, 15 * 60_000],
  [
    { 'anthropic-ratelimit-requests-remaining': '0', 'anthropic-ratelimit-requests-reset': '2026-03-01T12:00:09Z' },
    9_000,
  ],
  [{ 'ratelimit-remaining': '0', 'ratelimit-reset': '30' }, 30_000],
  [{ ratelimit: '"burst";r=0;t=4, "day";r=100;t=3600' }, 4_000],
  [{ ratelimit: '"burst";r=05;t=4' }, undefined],
  // A header of refusals says nothing in a reply.
  [{ 'retry-after': '3' }, undefined],
])('%j: %s ms', (headers, expected) => {
  expect(restMs(new Headers(headers), NOW)).toBe(expected);
});

test.each(kinds)('a reply %s says how long the provider would refuse calls', async (_, given) => {
  await using world = await openWorld();
  world.server.script([
    (pending) => {
      pending.response.setHeader('x-ratelimit-remaining-requests', '0');
      pending.response.setHeader('x-ratelimit-reset-requests', '7s');
      return reply()(pending);
    },
  ]);
  expect(await world.model.ask(request(given))).toMatchObject({ restMs: 7_000 });
  expect(await world.model.ask(request(given))).not.toHaveProperty('restMs');
});
