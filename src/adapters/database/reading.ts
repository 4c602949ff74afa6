import { sql as fragment, type ExpressionBuilder, type InferResult } from 'kysely';
import { jsonBuildObject } from 'kysely/helpers/postgres';
import type { AssessmentStatus } from '../../entities/assessment-state.ts';
import type { AssessmentView } from '../../entities/assessment-view.ts';
import { uuidArray } from './arrays.ts';
import { lookUp, READ_PATIENCE } from './look-up.ts';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, isNull, sameAs, tables, toMs, type Tables } from './tables.ts';

export type AssessmentFilter = {
  sessionId: string;
  status: AssessmentStatus | null;
  questionnaire: string | null;
  /** Only older assessments than this id, for the next page. */
  before: string | null;
  limit: number;
};

const IDS_MAX = 1_000;

/** A statement's row `a` of the table of assessments. */
export type AssessmentRow = ExpressionBuilder<Tables & { a: Tables['test_assessment'] }, 'a'>;

/**
 * The columns of a view. The result comes by a subquery: a join would read all rows of tables that grew since their last
 * ANALYZE.
 */
export const view = (row: AssessmentRow) =>
  [
    row.ref('a.id').as('id'),
    row.ref('a.session_id').as('sessionId'),
    row.ref('a.questionnaire_id').as('questionnaireId'),
    row.ref('a.language').as('language'),
    row.ref('a.answers').as('answers'),
    row.ref('a.status').as('status'),
    row.ref('a.version').as('version'),
    row.ref('a.round').as('round'),
    row.ref('a.watch').as('watch'),
    row.ref('a.failure_code').as('failureCode'),
    toMs(row.ref('a.submitted_at')).as('submittedMs'),
    toMs(row.ref('a.not_before')).as('notBeforeMs'),
    toMs(row.ref('a.started_at')).as('startedMs'),
    toMs(row.ref('a.ended_at')).as('endedMs'),
    row
      .selectFrom('result_test as r')
      .select((result) =>
        jsonBuildObject({
          summary: result.ref('r.summary'),
          recommendations: result.ref('r.recommendations'),
          model: result.ref('r.model'),
          promptVersion: result.ref('r.prompt_version'),
        }).as('result'),
      )
      .whereRef('r.assessment_id', '=', 'a.id')
      .whereRef('r.round', '=', 'a.round')
      .as('result'),
  ] as const;

const VIEWS = tables.selectFrom('test_assessment as a').select(view);
export type ViewRow = InferResult<typeof VIEWS>[number];

/** On the hot path: the text is made once, and its only parameter is the list of ids. */
const BY_ID = VIEWS.where('a.id', '=', anyOf('{}', 'uuid')).compile().sql;

// UUIDv7 ids rise with time, so the order of ids is the order of submission.
const ofSession = ({ sessionId, status: wanted, questionnaire, before, limit }: AssessmentFilter) =>
  VIEWS.where('a.session_id', '=', sessionId)
    .where((row) => row.or([isNull(wanted, 'text'), row('a.status', '=', sameAs(wanted, 'text'))]))
    .where((row) => row.or([isNull(before, 'uuid'), row('a.id', '<', sameAs(before, 'uuid'))]))
    .where((row) =>
      row.or([
        isNull(questionnaire, 'text'),
        row('a.questionnaire_id', '=', sameAs(questionnaire, 'text')),
        fragment<boolean>`starts_with(${row.ref('a.questionnaire_id')}, ${questionnaire} || '@')`,
      ]),
    )
    .orderBy('a.id', 'desc')
    .limit(limit);

/** Reads assessments. Reads by id that are requested together share a statement. */
export function createReading(sql: Sql) {
  const byId = lookUp<AssessmentView>({
    find: async (ids) => {
      const rows = await sql<ViewRow>('read-assessments', BY_ID, [uuidArray(ids)]);
      return new Map(rows.map((row) => [row.id, toView(row)]));
    },
    itemsMax: IDS_MAX,
    patience: READ_PATIENCE,
  });
  return {
    byId,

    /** Newest first. `questionnaire` is a slug or `slug@version`. */
    async ofSession(filter: AssessmentFilter): Promise<AssessmentView[]> {
      const rows = await carryOut(sql, 'list-assessments', ofSession(filter));
      return rows.map(toView);
    },
  };
}

export function toView({ submittedMs, notBeforeMs, startedMs, endedMs, ...rest }: ViewRow): AssessmentView {
  return {
    ...rest,
    submittedAt: new Date(submittedMs),
    notBefore: notBeforeMs === null ? null : new Date(notBeforeMs),
    startedAt: startedMs === null ? null : new Date(startedMs),
    endedAt: endedMs === null ? null : new Date(endedMs),
  };
}
