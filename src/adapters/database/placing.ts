import { uuidArray } from './arrays.ts';
import { lookUp } from './look-up.ts';
import type { Sql } from './sql.ts';

/** The place of an assessment in the queue, and figures for an estimate of its wait. */
export type StoredPlace = {
  id: string;
  version: number;
  /** From 1, among the assessments that wait for a worker now; null if it does not wait. */
  position: number | null;
  /** Assessments in work in the whole fleet. */
  processing: number;
  /** The age of the run whose end makes room for this one: runs end in the order of their start. Null without place or runs. */
  elapsedMs: number | null;
  /** Mean time from claim to end of the last completed assessments with one attempt; null without any. */
  meanRunMs: number | null;
};

const IDS_MAX = 10_000;
/** So many of the last ends are measured. */
const MEASURED = 100;

/**
 * The order in which assessments will be claimed. First come the due ones with a message, in the order of the stream. A
 * deferred one is dispatched when one of its network has ended, so it stands behind the one whose end it waits for: the n-th
 * deferred one of a network with m messages waits for the n-th of them, or is m after an earlier deferred one.
 * Reads the open assessments once, along the index that holds only them.
 */
const PLACES = `
WITH open AS MATERIALIZED (
  SELECT id, status, dispatched_at, started_at, network, turn,
    status = 'submitted' AND turn IS NULL AND (not_before IS NULL OR not_before <= now()) AS due
  FROM test_assessment WHERE ended_at IS NULL),
queued AS MATERIALIZED (
  SELECT id, network, due, CASE WHEN due THEN row_number() OVER (PARTITION BY due ORDER BY dispatched_at, id) ELSE 0 END AS place,
    row_number() OVER (PARTITION BY network ORDER BY due, dispatched_at, id) AS nth,
    count(*) OVER (PARTITION BY network) AS messages
  FROM open WHERE due OR status = 'processing'),
deferred AS (
  SELECT id, network, row_number() OVER (PARTITION BY network ORDER BY turn, id) AS nth FROM open WHERE turn IS NOT NULL),
ordered AS (
  SELECT id, 0 AS lap, place, 0 AS nth FROM queued WHERE due
  UNION ALL
  SELECT d.id, 1 + (d.nth - 1) / coalesce(n.messages, 1), coalesce(q.place, 0), d.nth
  FROM deferred AS d
  LEFT JOIN queued AS n ON n.network = d.network AND n.nth = 1
  LEFT JOIN queued AS q ON q.network = d.network AND q.nth = 1 + (d.nth - 1) % n.messages),
waiting AS (
  SELECT id, (row_number() OVER (ORDER BY lap, place, nth, id))::int AS position FROM ordered),
running AS (
  SELECT row_number() OVER (ORDER BY started_at, id) AS nth, count(*) OVER () AS total,
    extract(epoch from now() - started_at)::float8 * 1000 AS "elapsedMs"
  FROM open WHERE status = 'processing'),
last AS (
  SELECT ended_at, started_at, attempts, status FROM test_assessment
  WHERE ended_xid IS NOT NULL ORDER BY ended_xid DESC LIMIT ${MEASURED})
SELECT a.id, a.version, w.position, r."elapsedMs",
  (SELECT count(*)::int FROM open WHERE status = 'processing') AS processing,
  (SELECT avg(extract(epoch from ended_at - started_at) * 1000)::float8 FROM last
   WHERE status = 'completed' AND attempts = 1) AS "meanRunMs"
FROM test_assessment AS a LEFT JOIN waiting AS w ON w.id = a.id
LEFT JOIN running AS r ON r.nth = 1 + (w.position - 1) % r.total
WHERE a.id = ANY($1::uuid[])`;

export function createPlacing(sql: Sql) {
  return {
    /** The place of an assessment. Look-ups requested together share a statement; only one runs at a time. */
    place: lookUp<StoredPlace>({
      find: async (ids) => {
        const rows = await sql<StoredPlace>('places', PLACES, [uuidArray(ids)]);
        return new Map(rows.map((row) => [row.id, row]));
      },
      lanes: 1,
      itemsMax: IDS_MAX,
    }),
  };
}
