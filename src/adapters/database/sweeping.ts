import type { Sql } from './sql.ts';

/** An assessment that has ended, as the sweep finds it. */
export type SweptEnd = { id: string; sessionId: string; version: number };
export type Sweep = { ends: SweptEnd[]; /** Where the next sweep begins. */ cursor: string };

/** More ends than this at once are read in further pages. */
const ENDS_MAX = 10_000;

// A transaction that is not below the horizon may still commit, so the next sweep begins at the horizon and not at the
// newest end: what was not visible yet is seen then. All of it is one statement, so one snapshot.
const SWEEP = `
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, e.id, e.session_id AS "sessionId", e.version,
  e.ended_xid::text AS xid
FROM (SELECT 1) AS always LEFT JOIN LATERAL (
  SELECT id, session_id, version, ended_xid FROM test_assessment
  WHERE ended_xid IS NOT NULL AND ended_xid >= $1::xid8 ORDER BY ended_xid LIMIT ${ENDS_MAX}) AS e ON true`;

type Row = { horizon: string; id: string | null; sessionId: string; version: number; xid: string };

export function createSweeping(sql: Sql) {
  return {
    /** Everything that has ended since the sweep that gave `cursor`; some of it may come twice. Undefined: from now on. */
    async sweep(cursor: string | undefined): Promise<Sweep> {
      if (cursor === undefined) {
        const [row] = await sql<{ horizon: string }>(
          'horizon',
          'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon',
        );
        return { ends: [], cursor: row?.horizon ?? '0' };
      }
      const rows = await sql<Row>('sweep-ends', SWEEP, [cursor]);
      const ends = rows.flatMap(({ id, sessionId, version }) => (id === null ? [] : [{ id, sessionId, version }]));
      const last = rows.at(-1);
      // A horizon below the cursor is another database's or a restored one's: then it begins anew from there.
      const next = ends.length < ENDS_MAX ? last?.horizon : last?.xid;
      return { ends, cursor: next ?? cursor };
    },
  };
}
