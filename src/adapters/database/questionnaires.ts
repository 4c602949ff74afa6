import type { QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, tables } from './tables.ts';

export function createQuestionnaireStore(sql: Sql) {
  return {
    /** The ids (`slug@version`) of all published versions. @throws UnavailableError */
    async versions(): Promise<{ id: string; withdrawn: boolean }[]> {
      const rows = await carryOut(
        sql,
        'read-versions',
        tables.selectFrom('questionnaire').select(['id', 'withdrawn_at as withdrawnAt']),
      );
      return rows.map(({ id, withdrawnAt }) => ({ id, withdrawn: withdrawnAt !== null }));
    },

    /** The contents of these versions. @throws UnavailableError */
    async contents(ids: readonly string[]): Promise<QuestionnaireContent[]> {
      const rows = await carryOut(
        sql,
        'read-questionnaires',
        tables.selectFrom('questionnaire').select('content').where('id', '=', anyOf(ids, 'text')),
      );
      return rows.map(({ content }) => content);
    },
  };
}
