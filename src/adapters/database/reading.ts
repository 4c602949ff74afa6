import type { FailureCode } from '../../errors.ts';
import type { AssessmentStatus } from '../../entities/assessment-state.ts';
import type { Recommendation } from '../../entities/result.ts';
import type { Score } from '../../entities/scoring.ts';
import { uuidArray } from './arrays.ts';
import { lookUp, READ_PATIENCE } from './look-up.ts';
import type { Sql } from './sql.ts';

export type StoredResult = {
  summary: string;
  recommendations: Recommendation[];
  scores: Score[];
  model: string;
  promptVersion: string;
};

/** An assessment as its owner may see it, with the result of its current round. */
export type AssessmentView = {
  id: string;
  sessionId: string;
  questionnaireId: string;
  answers: Record<string, unknown>;
  status: AssessmentStatus;
  version: number;
  round: number;
  /** Drafts may be shown: it was submitted so. */
  watch: boolean;
  failureCode: FailureCode | null;
  submittedAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  result: StoredResult | null;
};

export type ViewRow = Omit<AssessmentView, 'submittedAt' | 'startedAt' | 'endedAt'> & {
  submittedMs: number;
  startedMs: number | null;
  endedMs: number | null;
};

export type AssessmentFilter = {
  sessionId: string;
  status: AssessmentStatus | null;
  questionnaire: string | null;
  /** Only what is older than this id: the first of the next page. */
  before: string | null;
  limit: number;
};

const IDS_MAX = 1_000;

/**
 * What makes a view of a row `a`. The result by a subquery and not a join: of tables that grew since their last ANALYZE
 * a join reads all rows.
 */
export const VIEW = `a.id, a.session_id AS "sessionId", a.questionnaire_id AS "questionnaireId", a.answers, a.status, a.version,
  a.round, a.watch, a.failure_code AS "failureCode", (extract(epoch from a.submitted_at) * 1000)::float8 AS "submittedMs",
  (extract(epoch from a.started_at) * 1000)::float8 AS "startedMs",
  (extract(epoch from a.ended_at) * 1000)::float8 AS "endedMs",
  (SELECT json_build_object('summary', r.summary, 'recommendations', r.recommendations, 'scores', r.scores,
    'model', r.model, 'promptVersion', r.prompt_version)
    FROM result_test r WHERE r.assessment_id = a.id AND r.round = a.round) AS result`;
const SELECT = `SELECT ${VIEW} FROM test_assessment a`;
const BY_ID = `${SELECT} WHERE a.id = ANY($1::uuid[])`;
// UUIDv7 ids rise with time, so the order of ids is the order of submission.
const OF_SESSION = `${SELECT}
WHERE a.session_id = $1 AND ($2::text IS NULL OR a.status = $2) AND ($4::uuid IS NULL OR a.id < $4)
  AND ($3::text IS NULL OR a.questionnaire_id = $3 OR starts_with(a.questionnaire_id, $3 || '@'))
ORDER BY a.id DESC LIMIT $5`;

/** Reads assessments. Reads by id that are asked for together are answered by one statement. */
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
      const { sessionId, status, questionnaire, before, limit } = filter;
      const rows = await sql<ViewRow>('list-assessments', OF_SESSION, [
        sessionId,
        status,
        questionnaire,
        before,
        limit,
      ]);
      return rows.map(toView);
    },
  };
}

export function toView({ submittedMs, startedMs, endedMs, ...rest }: ViewRow): AssessmentView {
  return {
    ...rest,
    submittedAt: new Date(submittedMs),
    startedAt: startedMs === null ? null : new Date(startedMs),
    endedAt: endedMs === null ? null : new Date(endedMs),
  };
}
