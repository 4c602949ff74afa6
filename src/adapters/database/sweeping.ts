import { groupCommit } from './group-commit.ts';
import { READ_PATIENCE } from './look-up.ts';
import type { Sql } from './sql.ts';

/** An ended assessment that a sweep found. */
export type SweptEnd = { id: string; sessionId: string; version: number; endedMsAgo: number };
export type Sweep = { ends: SweptEnd[]; /** Where the next sweep begins. */ cursor: string };

/** Ends of one page, which takes some 20 ms. */
const PAGE = 10_000;

/**
 * The oldest transaction that may still commit (the horizon), and the history that its number belongs to. A restored or
 * promoted server begins another history, in which the number means another transaction.
 */
const NOW = `
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, pg_snapshot_xmax(pg_current_snapshot())::text AS next,
  left(encode(sha256(convert_to(concat_ws('-', (SELECT system_identifier FROM pg_control_system()),
    (SELECT timeline_id FROM pg_control_checkpoint()),
    (SELECT oid FROM pg_database WHERE datname = current_database())), 'UTF8')), 'hex'), 16) AS history`;

/** Page and horizon in one statement, so that both come from one snapshot. */
const SWEEP = `
SELECT n.horizon, n.history, e.id, e.session_id AS "sessionId", e.version, e.ended_xid::text AS xid,
  (extract(epoch from now() - e.ended_at) * 1000)::float8 AS "endedMsAgo"
FROM (${NOW}) AS n LEFT JOIN LATERAL (
  SELECT id, session_id, version, ended_xid, ended_at FROM test_assessment
  WHERE ended_xid IS NOT NULL AND ended_xid >= $1::xid8
    AND ($2::uuid IS NULL OR (ended_xid, id) > ($1::xid8, $2))
  ORDER BY ended_xid, id LIMIT $3) AS e ON true`;

/** For many sessions at once, each from its own cursor. */
const OF_SESSIONS = `
SELECT f.nth, n.horizon, n.next, n.history, e.id, e.session_id AS "sessionId", e.version,
  (extract(epoch from now() - e.ended_at) * 1000)::float8 AS "endedMsAgo"
FROM (${NOW}) AS n CROSS JOIN unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS f(session_id, xid, nth)
LEFT JOIN LATERAL (
  SELECT id, session_id, version, ended_at FROM test_assessment
  WHERE session_id = f.session_id AND ended_xid >= f.xid::xid8
  ORDER BY ended_xid, id LIMIT $3) AS e ON true
ORDER BY f.nth`;

type Now = { horizon: string; history: string };
export type NowRow = Now & { next: string };
export type SweptRow = Now & Omit<SweptEnd, 'id'> & { id: string | null; xid: string };
/** `nth` is a bigint: text from PostgreSQL, a number from PGlite. */
export type SessionRow = NowRow & Omit<SweptEnd, 'id'> & { nth: string | number; id: string | null };

/** The cursor up to which a client has the ends of a session. */
export type Resume = { sessionId: string; cursor: string };

/** Cap of replayed ends. After more of them, a client reads the list of assessments, which is shorter. */
const REPLAYED_MAX = 1_000;
const RESUMES_MAX = 250;

export function createSweeping(sql: Sql, page = PAGE) {
  return {
    /**
     * All ends since the sweep that gave `cursor`; some may come twice. Without a cursor: none, and the cursor of now.
     *
     * The next cursor is the horizon of the first page and not the newest end: transactions from the horizon on may still
     * commit, and the next sweep then sees their ends. A horizon below the cursor belongs to another or a restored
     * database; the next sweep begins there.
     */
    async sweep(cursor: string | undefined): Promise<Sweep> {
      if (cursor === undefined) {
        const [now] = await sql<NowRow>('horizon', NOW);
        return { ends: [], cursor: cursorOf(now ?? { horizon: '0', history: '' }) };
      }
      const ends: SweptEnd[] = [];
      let next: string | undefined;
      let after: { xid: string; id: string | null } = { xid: parse(cursor)?.xid ?? '0', id: null };
      for (;;) {
        const rows = await sql<SweptRow>('sweep-ends', SWEEP, [after.xid, after.id, page]);
        next ??= rows[0] && cursorOf(rows[0]);
        for (const { id, sessionId, version, endedMsAgo } of rows)
          if (id !== null) ends.push({ id, sessionId, version, endedMsAgo });
        const last = rows.at(-1);
        if (last === undefined || last.id === null || rows.length < page) return { ends, cursor: next ?? cursor };
        after = { xid: last.xid, id: last.id };
      }
    },

    /**
     * All ends of one session since a cursor from a client; undefined if it is no cursor of this database, or after too
     * many ends. Calls made together share a statement, as after a restart, when all clients return at once.
     */
    sweepSession: groupCommit<Resume, Sweep | undefined>({
      run: (resumes) => sweepSessions(sql, resumes),
      itemsMax: RESUMES_MAX,
      patience: READ_PATIENCE,
    }),
  };
}

async function sweepSessions(sql: Sql, resumes: Resume[]): Promise<(Sweep | undefined)[]> {
  const from = resumes.map(({ cursor }) => parse(cursor));
  const rows = await sql<SessionRow>('sweep-sessions', OF_SESSIONS, [
    resumes.map(({ sessionId }) => sessionId),
    from.map((place) => place?.xid ?? NOWHERE),
    REPLAYED_MAX + 1,
  ]);
  const byResume = Map.groupBy(rows, ({ nth }) => Number(nth) - 1);
  return from.map((place, index) => {
    const found = byResume.get(index) ?? [];
    const [now] = found;
    if (place === undefined || now === undefined || now.history !== place.history) return undefined;
    if (BigInt(place.xid) > BigInt(now.next) || found.length > REPLAYED_MAX) return undefined;
    const ends = found.flatMap(({ id, sessionId, version, endedMsAgo }) =>
      id === null ? [] : [{ id, sessionId, version, endedMsAgo }],
    );
    return { ends, cursor: cursorOf(now) };
  });
}

/** A number beyond every transaction. */
const NOWHERE = '9223372036854775807';

const cursorOf = ({ history, horizon }: Now): string => `${history}.${horizon}`;

const CURSOR = /^(?<history>[\da-f]{16})\.(?<xid>\d{1,19})$/;

function parse(cursor: string): { history: string; xid: string } | undefined {
  const { history, xid } = CURSOR.exec(cursor)?.groups ?? {};
  return history === undefined || xid === undefined ? undefined : { history, xid };
}
