import type { FailureCode } from '../../errors.ts';
import { toView, VIEW, type AssessmentView, type ViewRow } from './reading.ts';
import type { Sql } from './sql.ts';
import { statusesThatTake } from './statuses.ts';

/** An assessment that begins a new round: what its dispatch needs. */
export type Retried = { id: string; sessionId: string; dispatchNo: number };

export type StoredDeadLetter = {
  assessmentId: string;
  sessionId: string;
  round: number;
  code: FailureCode;
  attempts: number;
  lastError: string;
  createdAt: Date;
  /** The assessment is still in the state that this letter tells of. */
  replayable: boolean;
};

export type DeadLetterQuery = {
  code: FailureCode | null;
  since: Date | null;
  until: Date | null;
  /** Only of these assessments. */
  ids: string[] | null;
};

/** Newest first; a letter's place in the list. */
export type DeadLetterCursor = { createdAt: string; assessmentId: string; round: number };

/** A new round begins as the first one did; what the rounds before left behind stays. */
const BEGIN_ROUND = `status = 'submitted', version = a.version + 1, round = a.round + 1, attempts = 0,
  rejected_answer = NULL, not_before = NULL, failure_code = NULL, started_at = NULL, ended_at = NULL, ended_xid = NULL, dispatch_no = a.dispatch_no + 1,
  dispatched_at = now()`;

const RETRY = `
UPDATE test_assessment a SET ${BEGIN_ROUND}
WHERE a.id = $1 AND a.session_id = $2 AND a.status IN (${statusesThatTake('retried')})
RETURNING a.dispatch_no AS "dispatchNo", ${VIEW}`;

const MATCHES = `($1::text IS NULL OR d.code = $1) AND ($2::timestamptz IS NULL OR d.created_at >= $2)
  AND ($3::timestamptz IS NULL OR d.created_at < $3) AND ($4::uuid[] IS NULL OR d.assessment_id = ANY($4))`;

const REPLAY = `
UPDATE test_assessment a SET ${BEGIN_ROUND}
WHERE a.id = ANY(ARRAY(
  SELECT f.id FROM dead_letter d JOIN test_assessment f ON f.id = d.assessment_id
  WHERE ${MATCHES} AND f.status = 'failed' AND f.round = d.round
  ORDER BY d.created_at, f.id LIMIT $5 FOR UPDATE OF f SKIP LOCKED))
  AND a.status = 'failed'
RETURNING a.id, a.session_id AS "sessionId", a.dispatch_no AS "dispatchNo"`;

const LIST = `
SELECT d.assessment_id AS "assessmentId", a.session_id AS "sessionId", d.round, d.code, d.attempts,
  d.last_error AS "lastError", (extract(epoch from d.created_at) * 1000)::float8 AS "createdMs",
  a.status = 'failed' AND a.round = d.round AS replayable
FROM dead_letter d JOIN test_assessment a ON a.id = d.assessment_id
WHERE ${MATCHES} AND ($5::timestamptz IS NULL OR (d.created_at, d.assessment_id, d.round) < ($5, $6::uuid, $7::int))
ORDER BY d.created_at DESC, d.assessment_id DESC, d.round DESC LIMIT $8`;

type Row = Omit<StoredDeadLetter, 'createdAt'> & { createdMs: number };

const parameters = ({ code, since, until, ids }: DeadLetterQuery): unknown[] => [
  code,
  since?.toISOString() ?? null,
  until?.toISOString() ?? null,
  ids,
];

/** New rounds for what has ended, and the letters that tell of failures. */
export function createRetrying(sql: Sql) {
  return {
    /** Begins a new round; undefined if the assessment is not this session's, or not in a state for it. */
    async retry(id: string, sessionId: string): Promise<{ view: AssessmentView; dispatchNo: number } | undefined> {
      const [row] = await sql<ViewRow & Pick<Retried, 'dispatchNo'>>('retry', RETRY, [id, sessionId]);
      if (row === undefined) return undefined;
      const { dispatchNo, ...view } = row;
      return { view: toView(view), dispatchNo };
    },

    /** Begins a new round for what the letters tell of, oldest first, unless that has happened already. */
    async replay(query: DeadLetterQuery, limit: number): Promise<Retried[]> {
      return await sql<Retried>('replay', REPLAY, [...parameters(query), limit]);
    },

    async deadLetters(
      query: DeadLetterQuery,
      after: DeadLetterCursor | null,
      limit: number,
    ): Promise<StoredDeadLetter[]> {
      const rows = await sql<Row>('list-dead-letters', LIST, [
        ...parameters(query),
        after?.createdAt ?? null,
        after?.assessmentId ?? null,
        after?.round ?? null,
        limit,
      ]);
      return rows.map(({ createdMs, ...rest }) => ({ ...rest, createdAt: new Date(createdMs) }));
    },
  };
}
