import { GraphQLError, GraphQLScalarType } from 'graphql';
import { builder } from '../builder.ts';

/** JavaScript takes much more for a date, and a time without a zone for the server's own. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

builder.scalarType('DateTime', {
  description: 'A moment, as ISO 8601 with milliseconds in UTC.',
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const date = typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : new Date(Number.NaN);
    // The years that every system here can hold, whatever the offset has made of them.
    if (!(date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9_999))
      throw new GraphQLError('DateTime must be an ISO 8601 string with a time zone, such as "2001-12-31T23:59:59Z".');
    return date;
  },
});

builder.addScalarType(
  'JSON',
  new GraphQLScalarType<unknown, unknown>({
    name: 'JSON',
    description: 'Any JSON value: here answers and JSON Schemas.',
  }),
);
