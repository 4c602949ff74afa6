import type { GraphQLScalarType } from 'graphql';
import { describe, expect, test } from 'vitest';
import { schema } from '../../src/schema/index.ts';

const { parseValue, serialize } = schema.getType('DateTime') as GraphQLScalarType<Date, string>;

describe('DateTime takes ISO 8601 with a time zone, and returns UTC with milliseconds:', () => {
  test.each([
    ['2001-12-31T23:59:59Z', '2001-12-31T23:59:59.000Z'],
    ['2001-12-31T23:59:59.123456Z', '2001-12-31T23:59:59.123Z'],
    ['2001-12-31T23:59:59+02:00', '2001-12-31T21:59:59.000Z'],
    ['2001-12-31T23:59Z', '2001-12-31T23:59:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
  ])('%s', (given, expected) => {
    expect(serialize(parseValue(given))).toBe(expected);
  });

  test.each([
    '',
    'now',
    '1',
    '2001',
    '2001-12-31',
    '2001-12-31T23:59:59',
    '31 Dec 2001',
    '2001-13-01T00:00:00Z',
    '2001-12-31T25:00:00Z',
    '2001-12-31T23:59:59+99:00',
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+01:00',
    '9999-12-31T23:59:59-01:00',
    '+275760-09-13T00:00:00Z',
    '-271821-04-20T00:00:00Z',
    0,
    true,
    null,
    {},
    [],
    ['2001-12-31T23:59:59Z'],
  ])('%j is refused', (given) => {
    expect(() => parseValue(given)).toThrow('must be an ISO 8601 string');
  });
});
