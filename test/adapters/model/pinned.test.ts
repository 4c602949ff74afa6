import { expect, test } from 'vitest';
import type { Pinned } from '../../../src/adapters/model.ts';
import type { Call } from '../../support/model-ledger.ts';
import { reply, status } from '../../support/model-behaviours.ts';
import { openWorld, request } from './asking.ts';

/** The calls of a look and of one streamed request after it, at a server that refuses what `isRefused` says. */
async function callsWith(pinned: Pinned, isRefused: (call: Call) => boolean) {
  await using world = await openWorld(5_000, { pinned });
  const answer = (call: Call) => (isRefused(call) ? status(400, { type: 'invalid_request_error' }) : reply());
  world.server.script(answer);
  const learned = await world.model.learn(request(), { onCall: () => {}, onReply: () => {} }).then(
    ({ dialect }) => dialect,
    (error: unknown) => error,
  );
  const looks = world.server.calls.map(({ body }) => body);
  world.server.script([]);
  await world.model.ask(request({ onText: () => {} }));
  return { learned, looks, after: world.server.calls.at(-1)?.body };
}

test('a format that is pinned is kept, also where it is refused', async () => {
  const { learned, looks } = await callsWith({ format: 'json_object' }, () => true);
  expect(learned).toMatchObject({ reason: 'unexplained' });
  expect(looks.length).toBeGreaterThan(1);
  expect(looks.map((body) => body.response_format?.type).filter((type) => type !== 'json_object')).toEqual([]);
});

test('a name of the limit that is pinned is kept, also where it is refused', async () => {
  const { looks } = await callsWith({ tokensParameter: 'max_tokens' }, () => true);
  expect(looks.length).toBeGreaterThan(1);
  for (const body of looks) {
    expect(body).toHaveProperty('max_tokens');
    expect(body).not.toHaveProperty('max_completion_tokens');
  }
});

test('without streams nothing is streamed', async () => {
  const { looks, after } = await callsWith({ streams: false }, () => false);
  expect([...looks, after].map((body) => body?.stream ?? false)).toEqual([false, false]);
});

test('with streams replies are streamed, also where the look was not', async () => {
  const { learned, after } = await callsWith({ streams: true }, ({ stream }) => stream);
  expect(learned).toMatchObject({ streams: true, streamUsage: false });
  expect(after).toMatchObject({ stream: true });
});
