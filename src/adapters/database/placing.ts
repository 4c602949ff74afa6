import { sql as fragment, type Expression } from 'kysely';
import { lookUp } from './look-up.ts';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, now, rowCount, status, tables } from './tables.ts';

/** The place of an assessment in the queue, and figures for an estimate of its wait. */
export type StoredPlace = {
  id: string;
  version: number;
  /** From 1, among the assessments that wait for a worker now; null if it does not wait. */
  position: number | null;
  /** Assessments in work in the whole fleet. */
  processing: number;
  /** Mean time from claim to end of the last completed assessments with one attempt; null without any. */
  meanRunMs: number | null;
};

const IDS_MAX = 10_000;

const places = (ids: readonly string[]) => {
  const lastEnded = tables
    .selectFrom('test_assessment')
    .select(['ended_at', 'started_at', 'attempts', 'status'])
    .where('ended_xid', 'is not', null)
    .orderBy('ended_xid', 'desc')
    .limit(MEASURED);
  return (
    tables
      // Reads the open assessments once, along the index that holds only them.
      .with(
        (cte) => cte('open').materialized(),
        (db) =>
          db
            .selectFrom('test_assessment')
            .select(['id', 'status', 'dispatched_at', 'not_before'])
            .where('ended_at', 'is', null),
      )
      .with('waiting', (db) =>
        db
          .selectFrom('open')
          .select((row) => [
            'id',
            fragment<number>`(row_number() over (order by ${row.ref('dispatched_at')}, ${row.ref('id')}))::int`.as(
              'position',
            ),
          ])
          .where('status', '=', status('submitted'))
          .where((row) => row.or([row('not_before', 'is', null), row('not_before', '<=', now)])),
      )
      .selectFrom('test_assessment as a')
      .leftJoin('waiting as w', 'w.id', 'a.id')
      .select((row) => [
        'a.id',
        'a.version',
        'w.position',
        row
          .selectFrom('open')
          .select(rowCount.as('count'))
          .where('status', '=', status('processing'))
          .$asScalar()
          .$notNull()
          .as('processing'),
        row
          .selectFrom(lastEnded.as('last'))
          .select((last) => meanMs(last.ref('last.ended_at'), last.ref('last.started_at')).as('mean'))
          .where('last.status', '=', status('completed'))
          .where('last.attempts', '=', row.lit(1))
          .as('meanRunMs'),
      ])
      .where('a.id', '=', anyOf(ids, 'uuid'))
  );
};

const MEASURED = 100;
const meanMs = (end: Expression<string | null>, start: Expression<string | null>) =>
  fragment<number | null>`avg(extract(epoch from ${end} - ${start}) * 1000)::float8`;

export function createPlacing(sql: Sql) {
  return {
    /** The place of an assessment. Look-ups requested together share a statement; only one runs at a time. */
    place: lookUp<StoredPlace>({
      find: async (ids) => {
        const rows = await carryOut(sql, 'places', places(ids));
        return new Map(rows.map((row) => [row.id, row]));
      },
      lanes: 1,
      itemsMax: IDS_MAX,
    }),
  };
}
