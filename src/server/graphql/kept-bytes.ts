import { RequestError } from '../../errors.ts';
import { factsOf } from './documents.ts';
import type { GraphQLParams } from './params.ts';

/** Upper estimates of what V8 keeps, in bytes: a field of a parsed document takes 147, an empty object in JSON 21 a character. */
const BYTES_A_TOKEN = 150;
const BYTES_A_CHARACTER_OF_JSON = 30;
const BYTES_A_CHARACTER_OF_TEXT = 2;

/**
 * The memory that the subscriptions of one socket, or one event stream, may take for what their client sent. It is twice what the
 * largest number of ordinary subscriptions keeps. A session keeps at most this for each socket and stream that it may open.
 */
export const KEPT_BYTES_MAX = 2 * 1024 * 1024;

export const KEEPS_TOO_MUCH = new RequestError(
  'RATE_LIMITED',
  'The subscriptions of this connection are too large together. Send smaller documents or variables, or end some.',
);

/** Bytes of memory that a subscription keeps of its parameters, at most. */
export function keptBytes({ query, operationName, variables }: GraphQLParams): number {
  const json = variables === undefined ? '' : JSON.stringify(variables);
  return (
    factsOf(query).tokens * BYTES_A_TOKEN +
    json.length * BYTES_A_CHARACTER_OF_JSON +
    (query.length + (operationName?.length ?? 0)) * BYTES_A_CHARACTER_OF_TEXT
  );
}
