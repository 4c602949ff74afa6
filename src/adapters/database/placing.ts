import { lookUp } from './look-up.ts';
import type { Sql } from './sql.ts';

/** Where an assessment stands, and what is known of how fast those before it go. */
export type StoredPlace = {
  id: string;
  version: number;
  /** From 1, among those that wait for a worker right now; null where it does not. */
  position: number | null;
  /** Assessments in work, over the whole fleet. */
  processing: number;
  /** Mean time from claim to end of the last ones that took one attempt; null where there are none. */
  meanRunMs: number | null;
};

const IDS_MAX = 10_000;

// What is open is counted once, along the index that holds nothing else.
const PLACES = `
WITH open AS MATERIALIZED (
  SELECT id, status, dispatched_at, not_before FROM test_assessment WHERE ended_at IS NULL),
waiting AS (
  SELECT id, row_number() OVER (ORDER BY dispatched_at, id)::int AS position
  FROM open WHERE status = 'submitted' AND (not_before IS NULL OR not_before <= now()))
SELECT a.id, a.version, w.position,
  (SELECT count(*)::int FROM open WHERE status = 'processing') AS processing,
  (SELECT avg(extract(epoch from ended_at - started_at) * 1000)::float8 FROM (
    SELECT ended_at, started_at, attempts, status FROM test_assessment WHERE ended_xid IS NOT NULL
    ORDER BY ended_xid DESC LIMIT 100) AS last WHERE status = 'completed' AND attempts = 1) AS "meanRunMs"
FROM test_assessment a LEFT JOIN waiting w ON w.id = a.id
WHERE a.id = ANY($1::uuid[])`;

export function createPlacing(sql: Sql) {
  return {
    /** All that are asked for at this moment are answered by one statement, and never two at a time. */
    place: lookUp<StoredPlace>({
      find: async (ids) => {
        const rows = await sql<StoredPlace>('places', PLACES, [ids]);
        return new Map(rows.map((row) => [row.id, row]));
      },
      lanes: 1,
      itemsMax: IDS_MAX,
    }),
  };
}
