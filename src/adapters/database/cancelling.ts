import { toView, VIEW, type AssessmentView, type ViewRow } from './reading.ts';
import type { Sql } from './sql.ts';
import { statusesThatTake } from './statuses.ts';

/** Without its token nobody can save a result any more, and without its lease nobody waits for one. */
const CANCEL = `
UPDATE test_assessment a SET status = 'cancelled', version = a.version + 1, claim_token = NULL, lease_until = NULL,
  not_before = NULL, rejected_answer = NULL, ended_at = now(), ended_xid = pg_current_xact_id()
WHERE a.id = $1 AND a.session_id = $2 AND a.status IN (${statusesThatTake('cancelled')})
RETURNING ${VIEW}`;

export function createCancelling(sql: Sql) {
  return {
    /** Ends it where it stands; undefined if it is not this session's, or has ended already. */
    async cancel(id: string, sessionId: string): Promise<AssessmentView | undefined> {
      const [row] = await sql<ViewRow>('cancel', CANCEL, [id, sessionId]);
      return row && toView(row);
    },
  };
}
