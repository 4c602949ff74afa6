import { GraphQLError, GraphQLScalarType } from 'graphql';
import { builder } from '../builder.ts';

/** `Date` parses many other texts, and reads a time without a zone as local time of the server. */
const ISO_8601 = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/;

const DATE_TIME = 'https://scalars.graphql.org/andimarek/date-time.html';
const JSON_VALUE = 'https://www.rfc-editor.org/rfc/rfc8259';

builder.scalarType('DateTime', {
  specifiedByURL: DATE_TIME,
  description: `A time in ISO 8601, such as 2001-12-31T23:59:59.000Z (${DATE_TIME}). Output has milliseconds and UTC; input needs a time zone.`,
  serialize: (value) => value.toISOString(),
  parseValue: (value) => {
    const date = typeof value === 'string' && ISO_8601.test(value) ? new Date(value) : new Date(Number.NaN);
    // In UTC, the years that PostgreSQL and `toISOString` both hold.
    if (!(date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9_999))
      throw new GraphQLError('DateTime must be an ISO 8601 string with a time zone, such as "2001-12-31T23:59:59Z".');
    return date;
  },
});

builder.addScalarType(
  'JSON',
  new GraphQLScalarType<unknown, unknown>({
    name: 'JSON',
    description: `Any JSON value (${JSON_VALUE}). Used for answers and JSON Schemas.`,
    specifiedByURL: JSON_VALUE,
  }),
);
