import type { RejectedAnswer } from '../../entities/assessment.ts';
import { groupCommit } from './group-commit.ts';
import type { Sql } from './sql.ts';
import { hasDeferred } from './turns.ts';
import { claimBatch, endOf } from './working/claiming.ts';
import { createFinishing } from './working/finishing.ts';
import { heldFor, idsOf, paired, ROWS_MAX, tokensOf, type Held } from './working/rows.ts';
import type { Claim, ClaimRefusal, End } from '../../entities/claim.ts';

/** A renewal changes neither status nor version. */
const RENEW = `
UPDATE test_assessment a SET lease_until = now() + $3::float8 * interval '1 ms'
WHERE ${heldFor('retryLater')} RETURNING a.id`;

const RELEASE = `
UPDATE test_assessment a SET status = 'submitted', version = a.version + 1, claim_token = NULL, lease_until = NULL,
  not_before = now() + ${paired(3, 'float8')} * interval '1 ms', attempts = greatest(0, a.attempts - ${paired(4, 'int')}),
  rejected_answer = coalesce(${paired(5, 'text')}::jsonb, a.rejected_answer)
WHERE ${heldFor('retryLater')} RETURNING a.id, ${hasDeferred('a.network')} AS "othersDeferred"`;

type Release = Held & { delayMs: number; returnAttempt: boolean; rejectedAnswer?: RejectedAnswer | undefined };
/** Whether others of the same network are deferred, which then have their turn. */
type Released = { id: string; othersDeferred: boolean };

/** The worker's changes of rows. The claim's token guards each of them: if no row changed, the claim was lost. */
export function createWorking(sql: Sql, leaseMs: number) {
  return {
    /** A claim, or the reason why there is none. The token comes from the caller and must be new and unique. */
    claim: groupCommit<Held, Claim | ClaimRefusal>({
      run: (held) => claimBatch(sql, held, leaseMs),
      itemsMax: ROWS_MAX,
    }),

    /** Renews leases; resolves to the ids that are still held. Times out after half a lease. */
    async renew(held: Held[]): Promise<Set<string>> {
      const values = [idsOf(held), tokensOf(held), leaseMs];
      const rows = await sql<{ id: string }>('renew-leases', RENEW, values, { withinMs: leaseMs / 2 });
      return new Set(rows.map(({ id }) => id));
    },

    /** Releases a claim, due again after `delayMs`; undefined if it was lost. */
    release: groupCommit<Release, Released | undefined>({
      run: (items) => releaseBatch(sql, items),
      lanes: 1,
      itemsMax: ROWS_MAX,
    }),

    finish: createFinishing(sql),

    /** The end of an assessment; undefined while it is open, `gone` if it was deleted. */
    endOf: (id: string): Promise<End | 'gone' | undefined> => endOf(sql, id, leaseMs),
  };
}

async function releaseBatch(sql: Sql, items: Release[]): Promise<(Released | undefined)[]> {
  const rows = await sql<Released>('release-claims', RELEASE, [
    idsOf(items),
    tokensOf(items),
    items.map(({ delayMs }) => delayMs),
    items.map(({ returnAttempt }) => (returnAttempt ? 1 : 0)),
    items.map(({ rejectedAnswer }) => (rejectedAnswer ? JSON.stringify(rejectedAnswer) : null)),
  ]);
  const released = new Map(rows.map((row) => [row.id, row]));
  return items.map(({ id }) => released.get(id));
}
