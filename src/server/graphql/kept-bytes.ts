import { RequestError } from '../../errors.ts';
import { factsOf } from './documents.ts';
import type { GraphQLParams } from './params.ts';

/** Upper estimates. V8 takes 147 bytes for a field of a parsed document, and 21 a character for empty objects in JSON. */
const BYTES_A_TOKEN = 150;
const BYTES_A_CHARACTER_OF_JSON = 30;
const BYTES_A_CHARACTER_OF_TEXT = 2;

/**
 * Memory that the subscriptions of one WebSocket or event stream may take for documents and variables: twice as much as the
 * largest allowed number of ordinary subscriptions needs.
 */
export const KEPT_BYTES_MAX = 2 * 1024 * 1024;

export const KEEPS_TOO_MUCH = new RequestError(
  'RATE_LIMITED',
  'The subscriptions of this connection are too large together. Send smaller documents or variables, or end some.',
);

/** A subscription without its texts. Measured: 2.3 KB, over a WebSocket. */
const SUBSCRIPTION_BYTES = 2_500;

/** Upper estimates of the bytes that a subscription keeps. */
export type KeptBytes = {
  /** For itself and its texts. */
  own: number;
  /** For its parsed document, which subscriptions with the same text share. */
  document: number;
};

/** @param id the subscription's, over a WebSocket */
export function keptBytes({ query, operationName, variables }: GraphQLParams, id = ''): KeptBytes {
  const json = variables === undefined ? '' : JSON.stringify(variables);
  const texts = query.length + (operationName?.length ?? 0) + id.length;
  return {
    own: SUBSCRIPTION_BYTES + texts * BYTES_A_CHARACTER_OF_TEXT + json.length * BYTES_A_CHARACTER_OF_JSON,
    document: factsOf(query).tokens * BYTES_A_TOKEN,
  };
}
