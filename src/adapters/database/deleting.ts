import { sql as fragment } from 'kysely';
import type { AssessmentStatus } from '../../entities/assessment-state.ts';
import type { Sql } from './sql.ts';
import { carryOut, isNull, sameAs, tables } from './tables.ts';

/** An assessment whose row is gone, as it was last. */
export type Deleted = { id: string; version: number; status: AssessmentStatus; network: string | null };

/** Rows of one statement, which then takes some hundred milliseconds. */
export const DELETED_PAGE = 200;

/** Results, dead letters and untold ends go with the row: they refer to it with ON DELETE CASCADE. */
const deleted = (sessionId: string, id: string | null) => {
  const ids = tables
    .selectFrom('test_assessment as b')
    .select('b.id')
    .where('b.session_id', '=', sessionId)
    .where((row) => row.or([isNull(id, 'uuid'), row('b.id', '=', sameAs(id, 'uuid'))]))
    .orderBy('b.id')
    .limit(DELETED_PAGE)
    .forUpdate();
  return tables
    .deleteFrom('test_assessment as a')
    .where('a.id', '=', fragment<string>`any(array${ids})`)
    .returning(['a.id', 'a.version', 'a.status', 'a.network']);
};

/** Removes rows for good. */
export function createDeleting(sql: Sql) {
  return {
    /** Undefined if the session has no such assessment. */
    async one(sessionId: string, id: string): Promise<Deleted | undefined> {
      const [row] = await carryOut(sql, 'delete-assessments', deleted(sessionId, id));
      return row;
    },

    /** Some assessments of the session, oldest first; fewer than DELETED_PAGE if there are no more. */
    some: (sessionId: string): Promise<Deleted[]> => carryOut(sql, 'delete-assessments', deleted(sessionId, null)),
  };
}
