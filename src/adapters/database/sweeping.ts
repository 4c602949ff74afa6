import type { Sql } from './sql.ts';

/** An assessment that has ended, as the sweep finds it. */
export type SweptEnd = { id: string; sessionId: string; version: number };
export type Sweep = { ends: SweptEnd[]; /** Where the next sweep begins. */ cursor: string };

/** More ends than this at once are read in further pages, of which each takes some 20 ms. */
const PAGE = 10_000;

const HORIZON = 'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon';
/** Page and horizon in one statement, so of one snapshot. */
const SWEEP = `
SELECT h.horizon, e.id, e.session_id AS "sessionId", e.version, e.ended_xid::text AS xid
FROM (${HORIZON}) AS h LEFT JOIN LATERAL (
  SELECT id, session_id, version, ended_xid FROM test_assessment
  WHERE ended_xid IS NOT NULL AND ended_xid >= $1::xid8
    AND ($2::uuid IS NULL OR (ended_xid, id) > ($1::xid8, $2))
  ORDER BY ended_xid, id LIMIT $3) AS e ON true`;

type Row = { horizon: string; id: string | null; sessionId: string; version: number; xid: string };

export function createSweeping(sql: Sql, page = PAGE) {
  return {
    /**
     * Everything that has ended since the sweep that gave `cursor`; some of it may come twice. Undefined: from now on.
     *
     * The next cursor is the horizon of the first page and not the newest end: a transaction that is not below the
     * horizon may still commit, and what was not visible yet is seen then. A horizon below the cursor is another
     * database's or a restored one's, and the next sweep begins anew from there.
     */
    async sweep(cursor: string | undefined): Promise<Sweep> {
      if (cursor === undefined) {
        const [row] = await sql<{ horizon: string }>('horizon', HORIZON);
        return { ends: [], cursor: row?.horizon ?? '0' };
      }
      const ends: SweptEnd[] = [];
      let next: string | undefined;
      let after: { xid: string; id: string | null } = { xid: cursor, id: null };
      for (;;) {
        const rows = await sql<Row>('sweep-ends', SWEEP, [after.xid, after.id, page]);
        next ??= rows[0]?.horizon;
        for (const { id, sessionId, version } of rows) if (id !== null) ends.push({ id, sessionId, version });
        const last = rows.at(-1);
        if (last === undefined || last.id === null || rows.length < page) return { ends, cursor: next ?? cursor };
        after = last;
      }
    },
  };
}
