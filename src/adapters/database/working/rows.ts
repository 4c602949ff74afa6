import type { AssessmentEvent } from '../../../entities/assessment-state.ts';
import { uuidArray } from '../arrays.ts';
import { statusesThatTake } from '../statuses.ts';

/** A claim as its holder names it. */
export type Held = { id: string; token: string };

/** The most that one statement changes: it takes some 10 ms, and more would make those behind it wait. */
export const ROWS_MAX = 256;

/**
 * Parameters of one kind, paired with the ids of `$1` by position. `= ANY` of ids and not a join: for a table that grew
 * since its last ANALYZE a join reads all of it.
 */
export const paired = (parameter: number, type: string): string =>
  `($${parameter}::${type}[])[array_position($1::uuid[], a.id)]`;

/** The rows named by `$1` that are still held by the tokens of `$2`, in a state where the event is legal. */
export const heldFor = (event: AssessmentEvent): string =>
  `a.id = ANY($1::uuid[]) AND a.status IN (${statusesThatTake(event)}) AND a.claim_token = ${paired(2, 'uuid')}`;

/**
 * When the lease of a row is over; `lease` is a parameter in milliseconds. Not before the server has been up for as
 * long as a lease lasts: while it was away, nobody could renew, and healthy work must not be paid for twice.
 */
export const leaseOver = (row: string, lease: number): string =>
  `greatest(${row}.lease_until, pg_postmaster_start_time() + $${lease}::float8 * interval '1 ms')`;

export const idsOf = (held: readonly Held[]): string => uuidArray(held.map(({ id }) => id));
export const tokensOf = (held: readonly Held[]): string => uuidArray(held.map(({ token }) => token));
