import { sql as fragment } from 'kysely';
import { toView, view } from './reading.ts';
import type { Sql } from './sql.ts';
import { carryOut, now, statesFor, status, tables } from './tables.ts';
import type { AssessmentView } from '../../entities/assessment-view.ts';

export type Cancelled = { view: AssessmentView; network: string | null };

/** Removes the claim's token, so that its worker can save no result, and the lease, so that no process waits for its end. */
const cancelled = (id: string, sessionId: string) =>
  tables
    .updateTable('test_assessment as a')
    .from(networkOf(id).as('before'))
    .set((row) => ({
      status: status('cancelled'),
      version: row('a.version', '+', row.lit(1)),
      claim_token: row.lit(null),
      lease_until: row.lit(null),
      not_before: row.lit(null),
      rejected_answer: row.lit(null),
      network: row.lit(null),
      turn: row.lit(null),
      ended_at: now,
      ended_xid: fragment<string>`pg_current_xact_id()`,
    }))
    .whereRef('a.id', '=', 'before.id')
    .where('a.id', '=', id)
    .where('a.session_id', '=', sessionId)
    .where('a.status', 'in', statesFor('cancelled'))
    .returning(view)
    .returning('before.network');

/** The row's network before the change. */
const networkOf = (id: string) =>
  tables.selectFrom('test_assessment as b').select(['b.id', 'b.network']).where('b.id', '=', id).forUpdate();

export function createCancelling(sql: Sql) {
  return {
    /** Ends the assessment; undefined if it belongs to another session or has ended already. */
    async cancel(id: string, sessionId: string): Promise<Cancelled | undefined> {
      const [row] = await carryOut(sql, 'cancel', cancelled(id, sessionId));
      if (row === undefined) return undefined;
      const { network, ...rest } = row;
      return { view: toView(rest), network };
    },
  };
}
