import { sql as fragment } from 'kysely';
import { toView, view } from './reading.ts';
import type { Sql } from './sql.ts';
import { carryOut, now, statesFor, status, tables } from './tables.ts';
import type { AssessmentView } from '../../entities/assessment-view.ts';

/** Removes the claim's token, so that its worker can save no result, and the lease, so that no process waits for its end. */
const cancelled = (id: string, sessionId: string) =>
  tables
    .updateTable('test_assessment as a')
    .set((row) => ({
      status: status('cancelled'),
      version: row('a.version', '+', row.lit(1)),
      claim_token: row.lit(null),
      lease_until: row.lit(null),
      not_before: row.lit(null),
      rejected_answer: row.lit(null),
      ended_at: now,
      ended_xid: fragment<string>`pg_current_xact_id()`,
    }))
    .where('a.id', '=', id)
    .where('a.session_id', '=', sessionId)
    .where('a.status', 'in', statesFor('cancelled'))
    .returning(view);

export function createCancelling(sql: Sql) {
  return {
    /** Ends the assessment; undefined if it belongs to another session or has ended already. */
    async cancel(id: string, sessionId: string): Promise<AssessmentView | undefined> {
      const [row] = await carryOut(sql, 'cancel', cancelled(id, sessionId));
      return row && toView(row);
    },
  };
}
