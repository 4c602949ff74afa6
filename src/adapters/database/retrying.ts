import { sql as fragment, type ExpressionBuilder } from 'kysely';
import type { AssessmentView } from '../../entities/assessment-view.ts';
import type { FailureCode } from '../../errors.ts';
import type { StoredDeadLetter } from '../../entities/dead-letter.ts';
import { toView, view, type AssessmentRow } from './reading.ts';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, INFINITY, isNull, sameAs, statesFor, status, tables, toMs, type Tables } from './tables.ts';
import { nextTurn } from './turns.ts';

export type DeadLetterQuery = {
  code: FailureCode | null;
  since: Date | null;
  until: Date | null;
  /** Only of these assessments. */
  ids: string[] | null;
};

/** The place of a dead letter in the list, which is newest first. */
export type DeadLetterCursor = { createdAt: string; assessmentId: string; round: number };

/** The network of all assessments that operators replay: they wait for each other, and nobody waits for all of them. */
export const REPLAYED = 'replayed';

/** Begins a new round like the first one, deferred: its turn is decided after it. Results and dead letters stay. */
const beginRound = (row: AssessmentRow) => ({
  status: status('submitted'),
  version: row('a.version', '+', row.lit(1)),
  round: row('a.round', '+', row.lit(1)),
  attempts: row.lit(0),
  rejected_answer: row.lit(null),
  not_before: row.lit(null),
  failure_code: row.lit(null),
  started_at: row.lit(null),
  ended_at: row.lit(null),
  ended_xid: row.lit(null),
  dispatch_no: row('a.dispatch_no', '+', row.lit(1)),
  network: fragment<string>`given.network`,
  turn: fragment<number>`${fragment.raw(nextTurn('given.network', 'a.session_id'))}`,
  dispatched_at: INFINITY,
});

const given = (network: string) =>
  fragment<{ network: string }>`(select ${network}::text as network)`.as<'given'>(fragment.ref('given'));

const retried = (id: string, sessionId: string, network: string) =>
  tables
    .updateTable('test_assessment as a')
    .from(given(network))
    .set(beginRound)
    .where('a.id', '=', id)
    .where('a.session_id', '=', sessionId)
    .where('a.status', 'in', statesFor('retried'))
    .returning(view);

type LetterRow = ExpressionBuilder<Tables & { d: Tables['dead_letter'] }, 'd'>;

const matches =
  ({ code, since, until, ids }: DeadLetterQuery) =>
  (row: LetterRow) => {
    const [from, to] = [since?.toISOString() ?? null, until?.toISOString() ?? null];
    return row.and([
      row.or([isNull(code, 'text'), row('d.code', '=', sameAs(code, 'text'))]),
      row.or([isNull(from, 'timestamptz'), row('d.created_at', '>=', sameAs(from, 'timestamptz'))]),
      row.or([isNull(to, 'timestamptz'), row('d.created_at', '<', sameAs(to, 'timestamptz'))]),
      row.or([isNull(ids, 'uuid[]'), row('d.assessment_id', '=', anyOf(ids, 'uuid'))]),
    ]);
  };

const replayed = (query: DeadLetterQuery, limit: number) => {
  const ids = tables
    .selectFrom('dead_letter as d')
    .innerJoin('test_assessment as f', 'f.id', 'd.assessment_id')
    .select('f.id')
    .where(matches(query))
    .where('f.status', '=', status('failed'))
    .whereRef('f.round', '=', 'd.round')
    .orderBy('d.created_at')
    .orderBy('f.id')
    .limit(limit)
    .forUpdate('f')
    .skipLocked();
  return tables
    .updateTable('test_assessment as a')
    .from(given(REPLAYED))
    .set(beginRound)
    .where('a.id', '=', fragment<string>`any(array${ids})`)
    .where('a.status', '=', status('failed'))
    .returning('a.id');
};

const listed = (query: DeadLetterQuery, after: DeadLetterCursor | null, limit: number) => {
  const { createdAt, assessmentId, round } = after ?? { createdAt: null, assessmentId: null, round: null };
  return tables
    .selectFrom('dead_letter as d')
    .innerJoin('test_assessment as a', 'a.id', 'd.assessment_id')
    .select((row) => [
      'd.assessment_id as assessmentId',
      'a.session_id as sessionId',
      'd.round',
      'd.code',
      'd.attempts',
      'd.last_error as lastError',
      toMs(row.ref('d.created_at')).as('createdMs'),
      row
        .and([row('a.status', '=', status('failed')), row('a.round', '=', row.ref('d.round'))])
        .$castTo<boolean>()
        .as('replayable'),
    ])
    .where(matches(query))
    .where((row) =>
      row.or([
        isNull(createdAt, 'timestamptz'),
        row(
          row.refTuple('d.created_at', 'd.assessment_id', 'd.round'),
          '<',
          row.tuple(sameAs(createdAt, 'timestamptz'), sameAs(assessmentId, 'uuid'), sameAs(round, 'int')),
        ),
      ]),
    )
    .orderBy('d.created_at', 'desc')
    .orderBy('d.assessment_id', 'desc')
    .orderBy('d.round', 'desc')
    .limit(limit);
};

/** New rounds for ended assessments, and the list of dead letters. */
export function createRetrying(sql: Sql) {
  return {
    /**
     * Begins a new round, which is deferred; undefined if the assessment belongs to another session or can't be retried.
     * @param network where the retry comes from
     */
    async retry(id: string, sessionId: string, network: string): Promise<AssessmentView | undefined> {
      const [row] = await carryOut(sql, 'retry', retried(id, sessionId, network));
      return row && toView(row);
    },

    /** Begins a new, deferred round for the failed assessments of matching dead letters, oldest first; resolves to their number. */
    async replay(query: DeadLetterQuery, limit: number): Promise<number> {
      return (await carryOut(sql, 'replay', replayed(query, limit))).length;
    },

    async deadLetters(
      query: DeadLetterQuery,
      after: DeadLetterCursor | null,
      limit: number,
    ): Promise<StoredDeadLetter[]> {
      const rows = await carryOut(sql, 'list-dead-letters', listed(query, after, limit));
      return rows.map(({ createdMs, ...rest }) => ({ ...rest, createdAt: new Date(createdMs) }));
    },
  };
}
