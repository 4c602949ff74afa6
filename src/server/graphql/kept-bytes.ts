import { RequestError } from '../../errors.ts';
import { factsOf } from './documents.ts';
import type { GraphQLParams } from './params.ts';

/** Upper estimates. V8 takes 147 bytes for a field of a parsed document, and 21 a character for empty objects in JSON. */
const BYTES_A_TOKEN = 150;
const BYTES_A_CHARACTER_OF_JSON = 30;
export const BYTES_A_CHARACTER_OF_TEXT = 2;

/**
 * Memory that the subscriptions of one WebSocket or event stream may take for documents and variables: twice as much as the
 * largest allowed number of ordinary subscriptions needs.
 */
export const KEPT_BYTES_MAX = 2 * 1024 * 1024;

export const KEEPS_TOO_MUCH = new RequestError(
  'RATE_LIMITED',
  'The subscriptions of this connection are too large together. Send smaller documents or variables, or end some.',
);

/** Upper estimate of the bytes that a subscription keeps of its parameters. */
export function keptBytes({ query, operationName, variables }: GraphQLParams): number {
  const json = variables === undefined ? '' : JSON.stringify(variables);
  return (
    factsOf(query).tokens * BYTES_A_TOKEN +
    json.length * BYTES_A_CHARACTER_OF_JSON +
    (query.length + (operationName?.length ?? 0)) * BYTES_A_CHARACTER_OF_TEXT
  );
}
