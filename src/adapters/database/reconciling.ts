import { sql as fragment } from 'kysely';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, INFINITY, inMs, isNull, msAgo, now, rowCount, sameAs, status, tables } from './tables.ts';

/** An open assessment whose work message may be lost: it is due, or claimed with an expired lease. */
export type Candidate = {
  id: string;
  sessionId: string;
  dispatchNo: number;
  /** Sort key, as text with microseconds, which a Date would cut off. */
  dispatchedAt: string;
};

const candidates = (graceMs: number, leaseMs: number, after: Candidate | undefined, limit: number) => {
  const [afterAt, afterId] = [after?.dispatchedAt ?? null, after?.id ?? null];
  return (
    tables
      .selectFrom('test_assessment as a')
      .select((row) => [
        'a.id',
        'a.session_id as sessionId',
        'a.dispatch_no as dispatchNo',
        fragment<string>`${row.ref('a.dispatched_at')}::text`.as('dispatchedAt'),
      ])
      .where('a.ended_at', 'is', null)
      // A deferred one is dispatched in the future: at infinity.
      .where('a.dispatched_at', '<', msAgo(graceMs))
      .where((row) => {
        const isDue = row.or([row('a.not_before', 'is', null), row('a.not_before', '<=', now)]);
        const leaseOver = fragment<string>`greatest(${row.ref('a.lease_until')},
        pg_postmaster_start_time() + ${leaseMs}::float8 * interval '1 ms')`;
        return row.or([
          row.and([row('a.status', '=', status('submitted')), isDue]),
          row.and([row('a.status', '=', status('processing')), row(leaseOver, '<', now)]),
        ]);
      })
      .where((row) =>
        row.or([
          isNull(afterAt, 'timestamptz'),
          row(
            row.refTuple('a.dispatched_at', 'a.id'),
            '>',
            row.tuple(sameAs(afterAt, 'timestamptz'), sameAs(afterId, 'uuid')),
          ),
        ]),
      )
      .orderBy('a.dispatched_at')
      .orderBy('a.id')
      .limit(limit)
  );
};

type Numbered = Pick<Candidate, 'id' | 'dispatchNo'>[];

/** Raises the number only: a retry may have taken a higher one meanwhile. */
const numbered = (items: Numbered) => {
  const [ids, numbers] = [items.map(({ id }) => id), items.map(({ dispatchNo }) => dispatchNo)];
  return tables
    .updateTable('test_assessment as a')
    .set((row) => ({
      dispatch_no: fragment<number>`greatest(${row.ref('a.dispatch_no')},
        (${numbers}::int[])[array_position(${ids}::uuid[], ${row.ref('a.id')})])`,
    }))
    .where('a.id', '=', anyOf(ids, 'uuid'));
};

const led = (task: string, holder: string, ttlMs: number) =>
  tables
    .insertInto('leader')
    .values({ task, holder, until: inMs(ttlMs) })
    .onConflict((conflict) =>
      conflict
        .column('task')
        .doUpdateSet((row) => ({ holder: row.ref('excluded.holder'), until: row.ref('excluded.until') }))
        .where((row) => row.or([row('leader.holder', '=', row.ref('excluded.holder')), row('leader.until', '<', now)])),
    )
    .returning('task');

const OPEN = tables.selectFrom('test_assessment').select('id').where('ended_at', 'is', null);
/** They have a work message, or had one. */
const DISPATCHED = OPEN.where('dispatched_at', '<', INFINITY);

const countUpTo = (rows: typeof OPEN, most: number) =>
  tables.selectFrom(rows.limit(most).as('open')).select(rowCount.as('open'));

const waitingUpTo = (most: number) =>
  tables
    .selectFrom(
      tables
        .selectFrom('test_assessment')
        .select(['dispatched_at', 'turn'])
        .where('ended_at', 'is', null)
        .where('status', '=', status('submitted'))
        .orderBy('dispatched_at')
        .limit(most)
        .as('open'),
    )
    .select((row) => [
      rowCount.as('waiting'),
      fragment<number | null>`(extract(epoch from now() - least(now(), min(${row.ref('dispatched_at')}))))::float8`.as(
        'oldestSeconds',
      ),
      fragment<number>`count(*) filter (where ${row.ref('turn')} is not null)::int`.as('deferred'),
    ]);

/** `deferred` of the waiting ones have no work message yet. */
export type QueueState = { waiting: number; deferred: number; oldestSeconds: number };

export function createReconciling(sql: Sql, leaseMs: number) {
  return {
    /** Makes this holder the leader of the task for `ttlMs`, or keeps it so; false if another holder leads. */
    async lead(task: string, holder: string, ttlMs: number): Promise<boolean> {
      return (await carryOut(sql, 'lead', led(task, holder, ttlMs))).length > 0;
    },

    async resign(task: string, holder: string): Promise<void> {
      const query = tables.deleteFrom('leader').where('task', '=', task).where('holder', '=', holder);
      await carryOut(sql, 'resign', query);
    },

    /** Oldest first, dispatched more than `graceMs` ago. `after` is the last candidate of the page before. */
    async candidates(graceMs: number, limit: number, after?: Candidate): Promise<Candidate[]> {
      return await carryOut(sql, 'candidates', candidates(graceMs, leaseMs, after, limit));
    },

    /** Records that the stream has a message with this number. */
    async dispatched(items: Numbered): Promise<void> {
      if (items.length > 0) await carryOut(sql, 'dispatched', numbered(items).set({ dispatched_at: now }));
    },

    /** Records that this number was used by a message that may be gone: the next dispatch needs a higher one. */
    async numberUsed(items: Numbered): Promise<void> {
      if (items.length > 0) await carryOut(sql, 'number-used', numbered(items));
    },

    /** The number of open assessments, counted up to `most`. */
    async open(most: number): Promise<number> {
      const [row] = await carryOut(sql, 'open', countUpTo(OPEN, most));
      return row?.open ?? 0;
    },

    /** The number of open assessments that are not deferred, counted up to `most`. */
    async dispatchable(most: number): Promise<number> {
      const [row] = await carryOut(sql, 'dispatchable', countUpTo(DISPATCHED, most));
      return row?.open ?? 0;
    },

    /** The number of waiting assessments, counted up to `most`, and the age of the oldest dispatch. */
    async queue(most: number): Promise<QueueState> {
      const [row] = await carryOut(sql, 'queue', waitingUpTo(most));
      return { waiting: row?.waiting ?? 0, deferred: row?.deferred ?? 0, oldestSeconds: row?.oldestSeconds ?? 0 };
    },
  };
}
