import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Dialect, ModelOptions, Pinned } from '../../../src/adapters/model.ts';
import { ProviderFailure, ProviderPause, ProviderRefusal } from '../../../src/entities/provider-failure.ts';
import {
  brokenStream,
  contentFilter,
  garbage,
  onePiece,
  rateLimit,
  rawBody,
  refusal,
  reply,
  status,
  type Behaviour,
} from '../../support/model-behaviours.ts';
import type { Call } from '../../support/model-ledger.ts';
import { sendReply } from '../../support/model-replies.ts';
import { openWorld, request } from './asking.ts';

type Asked = {
  max_tokens?: number;
  max_completion_tokens?: number;
  response_format?: { type: string };
  stream_options?: object;
};
const UNTOLD = { onCharged: () => {}, onReply: () => {} };
const askedIn = ({ body }: Call): Asked => body;
const limitIn = (call: Call): number => askedIn(call).max_tokens ?? askedIn(call).max_completion_tokens ?? 0;

/** A 400 that says no more than this. */
const refuse = (message: string, param: string | null = null, code = 400): Behaviour =>
  rawStatus(code, JSON.stringify({ error: { message, type: 'invalid_request_error', param, code: null } }));
const rawStatus =
  (code: number, body: string): Behaviour =>
  ({ response, settle }) => {
    settle({ outcome: 'refused', charged: 'no' });
    response.writeHead(code, { 'content-type': 'application/json' }).end(body);
  };

type Server = (call: Call) => Behaviour | undefined;

/** Looks at a server. Each call is counted, and each that it does not refuse free of charge. */
async function learnFrom(server: Server, options: Partial<ModelOptions> = {}) {
  await using world = await openWorld(5_000, options);
  world.server.script(server);
  const { length: _, ...asked } = request({ schema: SCHEMA });
  let counted = 0;
  let charged = 0;
  const learned = await world.model
    .learn(asked, { onCall: () => counted++, onCharged: () => charged++, onReply: () => {} })
    .catch((thrown: unknown) => thrown as Error);
  expect(counted).toBe(world.server.calls.length);
  return {
    learned,
    charged,
    dialect: world.model.dialect,
    calls: world.server.calls,
    formats: world.server.calls.map((call) => askedIn(call).response_format?.type ?? 'none'),
    limits: world.server.calls.map(limitIn),
    streams: world.server.calls.map(({ stream }) => stream),
    keys: world.server.calls.map(({ idempotencyKey }) => idempotencyKey),
  };
}

const SCHEMA = {
  type: 'object',
  properties: { list: { type: 'array', minItems: 1, items: { type: 'string' } } },
};

const FIRST: Dialect = {
  tokensParameter: 'max_completion_tokens',
  format: 'json_schema',
  streamUsage: true,
  streams: true,
  tokensMax: 4_000,
};

describe('a look learns how to ask a server', () => {
  test('that takes the first form: one plain call, and one stream, each with a key of its own', async () => {
    const { learned, dialect, streams, keys } = await learnFrom(() => undefined);
    expect(learned).toMatchObject({ dialect: FIRST, reply: { text: expect.stringContaining('list') } });
    expect(dialect).toEqual(FIRST);
    expect(streams).toEqual([false, true]);
    expect(new Set(keys).size).toBe(2);
  });

  test.each<[string, Server, Partial<Dialect>, number]>([
    [
      'that knows max_tokens only',
      (call) =>
        askedIn(call).max_completion_tokens === undefined
          ? undefined
          : rawStatus(422, '{"detail":[{"type":"extra_forbidden","loc":["body","max_completion_tokens"]}]}'),
      { tokensParameter: 'max_tokens' },
      3,
    ],
    [
      'without JSON schemas',
      (call) => (askedIn(call).response_format?.type === 'json_schema' ? refuse('no json_schema here') : undefined),
      { format: 'json_object' },
      4,
    ],
    [
      'without response formats',
      (call) => (askedIn(call).response_format ? refuse('This response_format type is unavailable now') : undefined),
      { format: 'none' },
      5,
    ],
    [
      'without limits of lists',
      (call) => (JSON.stringify(call.body).includes('minItems') ? refuse('minItems is not supported') : undefined),
      { format: 'reduced' },
      3,
    ],
    [
      'that does not tell the usage of a stream',
      (call) =>
        askedIn(call).stream_options ? rawStatus(400, '{"error":"Argument not supported: stream_options"}') : undefined,
      { streamUsage: false },
      3,
    ],
    [
      'that refuses streams',
      (call) => (call.stream ? refuse('verify your organization', 'stream') : undefined),
      { streamUsage: false, streams: false },
      3,
    ],
    [
      'whose streams break off',
      (call) => (call.stream ? brokenStream({ error: { message: 'Internal error' } }) : undefined),
      { streams: false },
      3,
    ],
    ['whose streams fail', (call) => (call.stream ? status(500) : undefined), { streams: false }, 3],
    ['whose filter refuses streams', (call) => (call.stream ? contentFilter() : undefined), { streams: false }, 2],
    ['that sends one piece in place of a stream', () => onePiece(), {}, 2],
    [
      'with a small context',
      (call) => (limitIn(call) > 2_500 ? rawStatus(413, '{"error":{"code":"rate_limit_exceeded"}}') : undefined),
      { tokensMax: 2_000 },
      3,
    ],
    [
      'with a small context, in words',
      (call) => (limitIn(call) > 2_500 ? refuse(`the context is 4096 tokens, reduce messages`) : undefined),
      { tokensMax: 2_000 },
      3,
    ],
    [
      'that refuses everything but one form, and says nothing',
      (call) =>
        askedIn(call).max_tokens === 1_000 && askedIn(call).response_format === undefined && !call.stream
          ? undefined
          : refuse('no'),
      { tokensParameter: 'max_tokens', format: 'none', tokensMax: 1_000, streamUsage: false, streams: false },
      9,
    ],
    [
      'behind a router that has none for the first form',
      (call) =>
        askedIn(call).max_completion_tokens
          ? rawStatus(404, '{"error":{"message":"No endpoints found","code":404}}')
          : undefined,
      { tokensParameter: 'max_tokens' },
      3,
    ],
  ])('%s', async (_, server, expected, callsCount) => {
    const { learned, dialect, calls } = await learnFrom(server);
    expect(learned).toMatchObject({ dialect: { ...FIRST, ...expected } });
    expect(dialect).toEqual({ ...FIRST, ...expected });
    expect(calls).toHaveLength(callsCount);
  });

  test('whose model needs more room to think, up to the limit of the settings', async () => {
    const thinking = (call: Call): Behaviour | undefined =>
      limitIn(call) < 16_000 ? (pending) => sendReply(pending, { content: '', finish: 'length' }) : undefined;
    const { learned, limits } = await learnFrom(thinking);
    expect(learned).toMatchObject({ dialect: { tokensMax: 16_000 }, reply: { cutOff: false } });
    expect(limits).toEqual([4_000, 8_000, 16_000, 16_000]);
    const short = await learnFrom(thinking, { tokensMax: 10_000 });
    expect(short.learned).toMatchObject({ dialect: { tokensMax: 10_000 }, reply: { cutOff: true, text: '' } });
    expect(short.limits).toEqual([4_000, 8_000, 10_000, 10_000]);
  });

  test('whose model needs more room than the context has: the most that is taken', async () => {
    const narrow = (call: Call): Behaviour =>
      limitIn(call) > 5_000
        ? refuse('less messages please', 'messages')
        : (pending) => sendReply(pending, { content: '', finish: 'length' });
    const { learned, limits } = await learnFrom(narrow);
    expect(learned).toMatchObject({ dialect: { tokensMax: 4_000 } });
    expect(limits).toEqual([4_000, 8_000, 4_000, 4_000]);
  });

  test('whose longer limit is refused under the name of the limit: the shorter one is asked for again', async () => {
    const server = (call: Call): Behaviour =>
      askedIn(call).max_tokens !== undefined || limitIn(call) > 5_000
        ? refuse('max_completion_tokens is too large', 'max_completion_tokens')
        : (pending) => sendReply(pending, { content: '', finish: 'length' });
    const { learned, limits } = await learnFrom(server);
    expect(learned).toMatchObject({ dialect: FIRST });
    expect(limits).toEqual([4_000, 8_000, 4_000, 4_000]);
  });

  test('whose reply is cut off after some text, which a longer limit need not mend', async () => {
    const { limits } = await learnFrom(() => (pending) => sendReply(pending, { content: '{"li', finish: 'length' }));
    expect(limits).toEqual([4_000, 4_000]);
  });

  test('whose reply is of no use: it is passed on', async () => {
    const { learned } = await learnFrom(() => garbage('prose'));
    expect(learned).toMatchObject({ dialect: FIRST, reply: { text: 'prose' } });
  });

  test('whose rate limit is reached before its stream: what the plain call has shown', async () => {
    const server: Server = (call) => (call.stream ? rateLimit({ seconds: 1 }) : undefined);
    expect(await learnFrom(server)).toMatchObject({ learned: { dialect: FIRST }, dialect: FIRST });
  });
});

describe('a look makes one call, and says why it failed, where another form can not help:', () => {
  test.each<[string, Behaviour, new (...given: never[]) => Error, object]>([
    ['a wrong key', status(401, { type: 'invalid_api_key' }), ProviderRefusal, { reason: 'configuration' }],
    [
      'a wrong key with 400',
      rawStatus(400, '[{"error":{"details":[{"reason":"API_KEY_INVALID"}]}}]'),
      ProviderRefusal,
      { reason: 'configuration' },
    ],
    ['a lack of rights', status(403), ProviderRefusal, { reason: 'unexplained' }],
    ['an unknown model', status(404, { type: 'model_not_found' }), ProviderRefusal, { reason: 'configuration' }],
    ['a wrong address', rawStatus(404, '404 page not found'), ProviderRefusal, { reason: 'configuration' }],
    ['another method', status(405), ProviderRefusal, { reason: 'configuration' }],
    ['a redirect', status(308, { headers: { location: '/' } }), ProviderRefusal, { reason: 'configuration' }],
    ['no credit', status(402), ProviderRefusal, { reason: 'quota' }],
    ['a used-up quota', status(429, { type: 'insufficient_quota' }), ProviderRefusal, { reason: 'quota' }],
    ['a used-up budget with 400', status(400, { type: 'budget_exceeded' }), ProviderRefusal, { reason: 'quota' }],
    [
      'a page',
      rawBody('<html>Sign in</html>', 'text/html'),
      ProviderRefusal,
      { reason: 'configuration', isFree: false },
    ],
    ['a rate limit', rateLimit({ seconds: 7 }), ProviderPause, { delayMs: 7_000 }],
    ['an outage', status(503), ProviderFailure, {}],
    ['a refusal of the model', refusal(), Error, { code: 'AI_REFUSED' }],
  ])('%s', async (_, behaviour, kind, expected) => {
    const { learned, calls, dialect } = await learnFrom(() => behaviour);
    expect(learned).toBeInstanceOf(kind);
    expect(learned).toMatchObject(expected);
    expect(calls).toHaveLength(1);
    expect(dialect).toEqual(FIRST);
  });
});

test('a server that refuses every form is asked in each of them once, and nothing is learned', async () => {
  const { learned, calls, dialect, limits, formats } = await learnFrom(() => refuse('no'));
  expect(learned).toMatchObject({ reason: 'unexplained', facts: { status: 400 } });
  expect(calls).toHaveLength(7);
  expect(formats.slice(2, 5)).toEqual(['json_schema', 'json_object', 'none']);
  expect(limits.slice(4)).toEqual([4_000, 2_000, 1_000]);
  expect(dialect).toEqual(FIRST);
});

test.each<[Pinned, number, object]>([
  [{ tokensParameter: 'max_completion_tokens' }, 6, { max_completion_tokens: expect.any(Number) }],
  [{ tokensParameter: 'max_tokens' }, 6, { max_tokens: expect.any(Number) }],
  [{ format: 'json_schema' }, 4, { response_format: { type: 'json_schema', json_schema: { strict: true } } }],
  [{ format: 'json_object' }, 4, { response_format: { type: 'json_object' } }],
  [{ tokensParameter: 'max_tokens', format: 'json_object' }, 3, { response_format: { type: 'json_object' } }],
])('the forms that the settings say are kept in each call of a look (%j)', async (pinned, callsCount, expected) => {
  const refusing = refuse('max_tokens, max_completion_tokens, response_format');
  const { calls } = await learnFrom(() => refusing, { pinned });
  expect(calls).toHaveLength(callsCount);
  for (const { body } of calls) expect(body).toMatchObject(expected);
});

test('settings without streams leave out the stream of a look', async () => {
  const { streams, learned } = await learnFrom(() => undefined, { pinned: { streams: false } });
  expect(streams).toEqual([false]);
  expect(learned).toMatchObject({ dialect: { streams: false } });
});

test('a look that a low rate limit has cut short is continued by the next one', async () => {
  await using world = await openWorld();
  const { length: _, ...asked } = request();
  world.server.script([
    status(422),
    rateLimit({ seconds: 1 }),
    refuse('no', 'response_format'),
    rateLimit({ seconds: 1 }),
  ]);
  const first = world.model.dialect;
  for (let look = 0; look < 2; look++)
    // oxlint-disable-next-line no-await-in-loop -- one look after another
    await expect(world.model.learn(asked, UNTOLD)).rejects.toBeInstanceOf(ProviderPause);
  // Calls keep the dialect that was answered last.
  expect(world.model.dialect).toEqual(first);
  expect(await world.model.learn(asked, UNTOLD)).toMatchObject({ dialect: { format: 'reduced' } });
  expect(world.server.calls).toHaveLength(6);
});

test('what was learned in passing trouble is forgotten with the next look', async () => {
  await using world = await openWorld();
  const { length: _, ...asked } = request();
  world.server.script([status(400), status(400)]);
  expect(await world.model.learn(asked, UNTOLD)).not.toMatchObject({ dialect: FIRST });
  expect(await world.model.learn(asked, UNTOLD)).toMatchObject({ dialect: FIRST });
});

test('a look that is aborted during its stream learns nothing', async () => {
  await using world = await openWorld();
  const abort = new AbortController();
  const { length: _, ...asked } = request({ signal: abort.signal });
  world.server.script([reply(), brokenStream('hang')]);
  const learned = world.model.learn(asked, UNTOLD).catch((thrown: unknown) => thrown);
  await world.server.waitForCalls(2);
  abort.abort('shutdown');
  expect(await learned).toBeInstanceOf(ProviderFailure);
  expect(world.model.dialect).toEqual(FIRST);
});

/** The only form that a server takes. */
const forms = fc.record<Dialect>({
  tokensParameter: fc.constantFrom('max_completion_tokens', 'max_tokens'),
  format: fc.constantFrom('json_schema', 'reduced', 'json_object', 'none'),
  tokensMax: fc.constantFrom(500, 1_000, 2_000, 3_999, 4_000, 16_000),
  streamUsage: fc.boolean(),
  streams: fc.boolean(),
});

/** The part of a request in each of its points that is not as the server takes it. */
function wrongParts(call: Call, only: Dialect): string[] {
  const { stream_options: usage, ...asked } = askedIn(call);
  return [
    ...(asked[only.tokensParameter] === undefined ? ['max_tokens and max_completion_tokens'] : []),
    ...(limitIn(call) > only.tokensMax ? ['messages'] : []),
    ...(formatIn(call) === only.format ? [] : ['response_format']),
    ...(call.stream && !only.streams ? ['stream'] : []),
    ...(usage === undefined || only.streamUsage ? [] : ['stream_options']),
  ];
}

function formatIn(call: Call): string {
  const type = askedIn(call).response_format?.type ?? 'none';
  return type === 'json_schema' && !JSON.stringify(call.body).includes('minItems') ? 'reduced' : type;
}

/** A look at a server that takes one form, and names `saying` of each other one. */
async function learnForm(world: World, only: Dialect, saying: (wrong: string[], call: Call) => string[]) {
  const { length: _, ...asked } = request({ schema: SCHEMA });
  const before = world.server.calls.length;
  world.server.script((call) => {
    const wrong = wrongParts(call, only);
    return wrong.length === 0
      ? reply()
      : rawStatus(400, JSON.stringify({ message: `no ${saying(wrong, call).join(' ')}` }));
  });
  world.model.dialect = FIRST;
  const learned = await world.model.learn(asked, UNTOLD).catch((thrown: unknown) => thrown);
  const calls = world.server.calls.slice(before);
  expect(calls.filter(({ stream }) => !stream).length).toBeLessThanOrEqual(9);
  expect(calls.filter(({ stream }) => stream).length).toBeLessThanOrEqual(2);
  return { learned, isTaken: calls.some((call) => !call.stream && wrongParts(call, only).length === 0) };
}
type World = Awaited<ReturnType<typeof openWorld>>;

const expectedOf = ({ tokensParameter, format, streams, streamUsage }: Dialect) => ({
  dialect: { tokensParameter, format, streams, streamUsage: streams && streamUsage },
});

test('a server that names a part that it refuses is understood, whatever form it takes', async () => {
  await using world = await openWorld(30_000);
  await fc.assert(
    fc.asyncProperty(forms, fc.nat(5), async (only, which) => {
      fc.pre(only.tokensMax >= 1_000);
      const { learned } = await learnForm(world, only, (wrong) => [wrong[which % wrong.length] ?? '']);
      expect(learned).toMatchObject(expectedOf(only));
    }),
    { numRuns: 60 },
  );
});

test('whatever form a server takes, and whatever it says of the others, a look ends', async () => {
  await using world = await openWorld(30_000);
  const named = fc.subarray(['max_tokens', 'max_completion_tokens', 'response_format', 'messages', 'stream', 'model']);
  await fc.assert(
    fc.asyncProperty(forms, fc.array(named, { minLength: 1, maxLength: 9 }), async (only, sayings) => {
      const { learned, isTaken } = await learnForm(
        world,
        only,
        (_, { number }) => sayings[number % sayings.length] ?? [],
      );
      const isRefused = learned instanceof ProviderRefusal;
      expect(isRefused).toBe(!isTaken);
      expect(isRefused ? expectedOf(only) : learned).toMatchObject(expectedOf(only));
    }),
    { numRuns: 60 },
  );
});

test('a call that is refused free of charge is none of the budget', async () => {
  const { calls, charged } = await learnFrom((call) =>
    'max_completion_tokens' in call.body ? rawStatus(400, '{"error":{"param":"max_completion_tokens"}}') : undefined,
  );
  expect([calls.length, charged]).toEqual([3, 2]);
});
