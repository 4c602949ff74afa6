import type { ExecutionResult } from 'graphql';
import { RequestError } from '../../errors.ts';
import { asGraphQLError } from './error-table.ts';

/** Of a result as JSON. A page of 100 large assessments has some 3 million. */
export const RESPONSE_CHARACTERS_MAX = 4_000_000;

const TOO_LARGE = new RequestError(
  'OPERATION_TOO_COMPLEX',
  'The response would be larger than 4 MB. Ask for a shorter page, or for fewer fields.',
);

/** In place of a result that is too large. */
export const tooLarge = (): ExecutionResult => ({ errors: [asGraphQLError(TOO_LARGE)] });

/**
 * The result, or an error in its place if its JSON is too large. That is found out before the JSON is made: the aliases of a
 * field share one text in memory, and each is written out. Escapes, which make a text up to six times as long, do not count.
 */
export const withinSize = (result: ExecutionResult): ExecutionResult =>
  roomAfter(result.data, RESPONSE_CHARACTERS_MAX) < 0 ? tooLarge() : result;

/** The characters that are left after a value. The walk ends when there are none. */
function roomAfter(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length - 2;
  if (typeof value !== 'object' || value === null) return room - 1;
  let left = room - 2;
  if (Array.isArray(value))
    for (const item of value) {
      left = roomAfter(item, left - 1);
      if (left < 0) break;
    }
  else
    for (const key in value) {
      // Its quotes, a colon and a comma.
      left = roomAfter((value as Record<string, unknown>)[key], left - key.length - 4);
      if (left < 0) break;
    }
  return left;
}
