import type { AssessmentEvent } from '../../../entities/assessment-state.ts';
import { uuidArray } from '../arrays.ts';
import { statusesThatTake } from '../statuses.ts';

/** A claim, by its row and its token. */
export type Held = { id: string; token: string };

/** Cap of rows in one statement, which then takes some 10 ms; more would delay the callers behind it. */
export const ROWS_MAX = 256;

/**
 * The element of an array parameter for the row's id, by its position in `$1`. Not a join, which would read all rows of a
 * table that grew since its last ANALYZE.
 */
export const paired = (parameter: number, type: string): string =>
  `($${parameter}::${type}[])[array_position($1::uuid[], a.id)]`;

/** Condition: the rows of the ids `$1` that the tokens `$2` still hold, in a state where the event is legal. */
export const heldFor = (event: AssessmentEvent): string =>
  `a.id = ANY($1::uuid[]) AND a.status IN (${statusesThatTake(event)}) AND a.claim_token = ${paired(2, 'uuid')}`;

/**
 * The end of a row's lease; `lease` is the number of a parameter in milliseconds. No lease ends before the server has been
 * up for the length of a lease: workers could not renew while it was down, and would pay for the same work twice.
 */
export const leaseOver = (row: string, lease: number): string =>
  `greatest(${row}.lease_until, pg_postmaster_start_time() + $${lease}::float8 * interval '1 ms')`;

export const idsOf = (held: readonly Held[]): string => uuidArray(held.map(({ id }) => id));
export const tokensOf = (held: readonly Held[]): string => uuidArray(held.map(({ token }) => token));
