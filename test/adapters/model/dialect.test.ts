import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterRefusal,
  afterRefusedStream,
  fieldsOf,
  firstDialect,
  longer,
  readDialect,
  type Dialect,
  type Pinned,
} from '../../../src/adapters/model/dialect.ts';

const FIRST = firstDialect({}, 16_000);

/** All dialects from the first one on, while each is refused. */
function ladder(names: readonly string[], pinned: Pinned = {}, first = firstDialect(pinned, 16_000)): Dialect[] {
  const next = afterRefusal(first, pinned, names);
  return next === undefined ? [first] : [first, ...ladder(names, pinned, next)];
}
const changes = (dialects: readonly Dialect[]) =>
  dialects.map(({ tokensParameter, format, tokensMax }) => `${tokensParameter} ${format} ${tokensMax}`);

test('the first dialect is what OpenAI takes, within the limit of the settings', () => {
  expect(FIRST).toEqual({
    tokensParameter: 'max_completion_tokens',
    format: 'json_schema',
    streamUsage: true,
    streams: true,
    tokensMax: 4_000,
  });
  expect(firstDialect({}, 1_500)).toMatchObject({ tokensMax: 1_500 });
  expect(firstDialect({ tokensParameter: 'max_tokens', format: 'none', streams: false }, 16_000)).toMatchObject({
    tokensParameter: 'max_tokens',
    format: 'none',
    streams: false,
  });
});

describe('after a refusal', () => {
  test('that names no part, one point after the other is changed, in turn', () => {
    expect(changes(ladder([]))).toEqual([
      'max_completion_tokens json_schema 4000',
      'max_tokens json_schema 4000',
      'max_tokens reduced 4000',
      'max_tokens json_object 4000',
      'max_tokens none 4000',
      'max_tokens none 2000',
      'max_tokens none 1000',
    ]);
  });

  test.each<[string, Partial<Dialect>]>([
    ['max_completion_tokens', { tokensParameter: 'max_tokens' }],
    ['max_tokens', { tokensParameter: 'max_tokens' }],
    ['minItems', { format: 'reduced' }],
    ['maxItems', { format: 'reduced' }],
    ['additionalProperties', { format: 'reduced' }],
    ['json_schema', { format: 'reduced' }],
    ['response_format', { format: 'reduced' }],
    ['messages', { tokensMax: 2_000 }],
    ['model', { tokensParameter: 'max_tokens' }],
  ])('that names %s, that point alone is changed if it is one', (name, changed) => {
    expect(afterRefusal(FIRST, {}, [name])).toEqual({ ...FIRST, ...changed });
  });

  test.each(['temperature', 'seed', 'reasoning_effort'])(
    'that names %s alone is not met by another dialect: it is a setting',
    (name) => {
      expect(afterRefusal(FIRST, {}, [name])).toBeUndefined();
      expect(afterRefusal(FIRST, {}, [name, 'minItems'])).toMatchObject({ format: 'reduced' });
    },
  );

  test('that goes on to name a part, the next value of its point follows', () => {
    expect(changes(ladder(['response_format'])).slice(0, 4)).toEqual([
      'max_completion_tokens json_schema 4000',
      'max_completion_tokens reduced 4000',
      'max_completion_tokens json_object 4000',
      'max_completion_tokens none 4000',
    ]);
    expect(changes(ladder(['max_tokens'])).slice(0, 4)).toEqual([
      'max_completion_tokens json_schema 4000',
      'max_tokens json_schema 4000',
      'max_tokens json_schema 2000',
      'max_tokens json_schema 1000',
    ]);
  });

  test('the limit is halved down to the room of three recommendations', () => {
    expect(afterRefusal({ ...FIRST, tokensMax: 1_500 }, {}, ['messages'])).toMatchObject({ tokensMax: 1_000 });
    expect(afterRefusal({ ...FIRST, tokensMax: 1_000 }, {}, ['messages'])).toMatchObject({ tokensMax: 1_000 });
  });

  test.each<[Pinned, readonly string[]]>([
    [{ tokensParameter: 'max_completion_tokens' }, ['max_completion_tokens']],
    [{ tokensParameter: 'max_tokens' }, ['max_tokens']],
    [{ format: 'json_schema' }, ['response_format']],
    [{ format: 'json_object' }, ['json_schema']],
    [{ streams: true }, ['stream']],
    [{ tokensParameter: 'max_tokens', format: 'none', streams: false }, []],
  ])('what the settings say is never changed (%j)', (pinned, names) => {
    const tried = ladder(names, pinned);
    for (const dialect of tried) expect(dialect).toMatchObject(pinned);
    expect(tried.at(-1)).toMatchObject({ tokensMax: 1_000 });
  });
});

test('a refused stream is asked for without its usage, and then not at all', () => {
  const second = afterRefusedStream(FIRST);
  expect(second).toEqual({ ...FIRST, streamUsage: false });
  const third = second && afterRefusedStream(second);
  expect(third).toEqual({ ...FIRST, streamUsage: false, streams: false });
  expect(third && afterRefusedStream(third)).toBeUndefined();
});

test('a limit that has cut off all text is doubled up to that of the settings', () => {
  expect(longer(FIRST, 16_000)).toEqual({ ...FIRST, tokensMax: 8_000 });
  expect(longer({ ...FIRST, tokensMax: 8_000 }, 10_000)).toMatchObject({ tokensMax: 10_000 });
  expect(longer({ ...FIRST, tokensMax: 10_000 }, 10_000)).toBeUndefined();
});

const PARTS = ['max_completion_tokens', 'max_tokens', 'messages', 'minItems', 'response_format', 'model', 'stream'];
const dialects = fc.record<Dialect>({
  tokensParameter: fc.constantFrom('max_completion_tokens', 'max_tokens'),
  format: fc.constantFrom('json_schema', 'reduced', 'json_object', 'none'),
  streamUsage: fc.boolean(),
  streams: fc.boolean(),
  tokensMax: fc.integer({ min: 1_000, max: 4_000 }),
});

test('whatever refusals name, no dialect comes twice, and there are at most seven', () => {
  const turns = fc.infiniteStream(fc.subarray(PARTS));
  fc.assert(
    fc.property(turns, fc.subarray<keyof Pinned>(['tokensParameter', 'format', 'streams']), (names, points) => {
      const pinned: Pinned = Object.fromEntries(points.map((point) => [point, FIRST[point]]));
      const tried: string[] = [];
      let dialect: Dialect | undefined = firstDialect(pinned, 16_000);
      while (dialect !== undefined) {
        expect(dialect).toMatchObject(pinned);
        tried.push(JSON.stringify(dialect));
        expect(tried.length).toBeLessThanOrEqual(7);
        dialect = afterRefusal(dialect, pinned, names.next().value ?? []);
      }
      expect(new Set(tried).size).toBe(tried.length);
    }),
    { numRuns: 500 },
  );
});

describe('a stored dialect', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(dialects, (dialect) => {
        const stored = JSON.parse(JSON.stringify(dialect)) as Record<string, unknown>;
        expect(readDialect(stored, FIRST)).toEqual(dialect);
      }),
    );
  });

  test('of another version of the program is used as far as it is understood', () => {
    const odd = { tokensParameter: 'tokens', format: 'xml', streamUsage: 1, streams: null, tokensMax: '4', more: true };
    expect(readDialect(odd, FIRST)).toEqual(FIRST);
    expect(readDialect({}, FIRST)).toEqual(FIRST);
    expect(readDialect({ ...odd, format: 'none', tokensMax: 999 }, FIRST)).toEqual({ ...FIRST, format: 'none' });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...Object.keys(FIRST), '__proto__'), fc.jsonValue()), (stored) => {
        const read = readDialect(stored, FIRST);
        expect(Object.keys(read)).toEqual(Object.keys(FIRST));
        expect(Number.isNaN(read.tokensMax)).toBe(false);
      }),
    );
  });
});

describe('a request', () => {
  const schema = {
    type: 'object',
    additionalProperties: false,
    required: ['list'],
    properties: {
      list: { type: 'array', minItems: 1, maxItems: 10, items: { type: ['string', 'null'], enum: ['a', null] } },
    },
  };

  const schemas = { schema, reducedSchema: { type: 'object' } };

  test('carries one limit, under the name of the dialect', () => {
    expect(fieldsOf({ ...FIRST, format: 'none' }, 123, schemas)).toEqual({ max_completion_tokens: 123 });
    expect(fieldsOf({ ...FIRST, format: 'none', tokensParameter: 'max_tokens' }, 123, schemas)).toEqual({
      max_tokens: 123,
    });
  });

  test('asks for the whole schema, a reduced one, for any JSON, or for nothing', () => {
    const formatOf = (format: Dialect['format']) => fieldsOf({ ...FIRST, format }, 1, schemas).response_format;
    expect(formatOf('json_schema')).toEqual({
      type: 'json_schema',
      json_schema: { name: 'recommendations', strict: true, schema },
    });
    expect(formatOf('reduced')).toEqual({
      type: 'json_schema',
      json_schema: {
        name: 'recommendations',
        schema: schemas.reducedSchema,
      },
    });
    expect(formatOf('json_object')).toEqual({ type: 'json_object' });
    expect(formatOf('none')).toBeUndefined();
  });
});
