import type { Sql } from './sql.ts';

/** An open assessment whose message may be lost: due, or claimed by somebody whose lease is over. */
export type Candidate = {
  id: string;
  sessionId: string;
  dispatchNo: number;
  /** As the database writes it, in microseconds, which a Date would cut: its place in the order. */
  dispatchedAt: string;
};

const CANDIDATES = `
SELECT a.id, a.session_id AS "sessionId", a.dispatch_no AS "dispatchNo",
  a.dispatched_at::text AS "dispatchedAt"
FROM test_assessment a
WHERE a.ended_at IS NULL AND a.dispatched_at < now() - $1::float8 * interval '1 ms' AND (
  (a.status = 'submitted' AND (a.not_before IS NULL OR a.not_before <= now()))
  OR (a.status = 'processing'
    AND greatest(a.lease_until, pg_postmaster_start_time() + $2::float8 * interval '1 ms') < now()))
  AND ($3::timestamptz IS NULL OR (a.dispatched_at, a.id) > ($3::timestamptz, $4::uuid))
ORDER BY a.dispatched_at, a.id LIMIT $5`;

/** Upwards only: a retry may have taken a higher number meanwhile. */
const NUMBER = `dispatch_no = greatest(a.dispatch_no, ($2::int[])[array_position($1::uuid[], a.id)])`;
const DISPATCHED = `UPDATE test_assessment a SET ${NUMBER}, dispatched_at = now() WHERE a.id = ANY($1::uuid[])`;
const NUMBER_USED = `UPDATE test_assessment a SET ${NUMBER} WHERE a.id = ANY($1::uuid[])`;

const LEAD = `
INSERT INTO leader (task, holder, until) VALUES ($1, $2, now() + $3::float8 * interval '1 ms')
ON CONFLICT (task) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE leader.holder = excluded.holder OR leader.until < now()
RETURNING task`;

const RESIGN = `DELETE FROM leader WHERE task = $1 AND holder = $2`;

const OPEN = `SELECT count(*)::int AS open FROM (SELECT 1 FROM test_assessment WHERE ended_at IS NULL LIMIT $1) AS o`;

const QUEUE = `
SELECT count(*)::int AS waiting, (extract(epoch from now() - min(dispatched_at)))::float8 AS "oldestSeconds"
FROM (SELECT dispatched_at FROM test_assessment WHERE ended_at IS NULL AND status = 'submitted'
  ORDER BY dispatched_at LIMIT $1) AS open`;

export type QueueState = { waiting: number; oldestSeconds: number };

export function createReconciling(sql: Sql, leaseMs: number) {
  return {
    /** Makes or keeps this holder the only one who carries out the task until `ttlMs` from now. */
    async lead(task: string, holder: string, ttlMs: number): Promise<boolean> {
      return (await sql('lead', LEAD, [task, holder, ttlMs])).length > 0;
    },

    async resign(task: string, holder: string): Promise<void> {
      await sql('resign', RESIGN, [task, holder]);
    },

    /** Oldest first; only those dispatched more than `graceMs` ago. `after` is the last of the page before. */
    async candidates(graceMs: number, limit: number, after?: Candidate): Promise<Candidate[]> {
      return await sql<Candidate>('candidates', CANDIDATES, [
        graceMs,
        leaseMs,
        after?.dispatchedAt ?? null,
        after?.id ?? null,
        limit,
      ]);
    },

    /** Notes that a message with this number is in the stream. */
    async dispatched(items: Pick<Candidate, 'id' | 'dispatchNo'>[]): Promise<void> {
      if (items.length > 0) await sql('dispatched', DISPATCHED, pairs(items));
    },

    /** Notes that this number was used up, by a message that may be gone again. */
    async numberUsed(items: Pick<Candidate, 'id' | 'dispatchNo'>[]): Promise<void> {
      if (items.length > 0) await sql('number-used', NUMBER_USED, pairs(items));
    },

    /** How many assessments have not ended, counted up to `most`. */
    async open(most: number): Promise<number> {
      const [row] = await sql<{ open: number }>('open', OPEN, [most]);
      return row?.open ?? 0;
    },

    /** How many assessments wait, counted up to `most`, and since when the oldest. */
    async queue(most: number): Promise<QueueState> {
      const [row] = await sql<{ waiting: number; oldestSeconds: number | null }>('queue', QUEUE, [most]);
      return { waiting: row?.waiting ?? 0, oldestSeconds: row?.oldestSeconds ?? 0 };
    },
  };
}

const pairs = (items: Pick<Candidate, 'id' | 'dispatchNo'>[]): [string[], number[]] => [
  items.map(({ id }) => id),
  items.map(({ dispatchNo }) => dispatchNo),
];
