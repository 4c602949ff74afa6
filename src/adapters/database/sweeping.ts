import { sql as fragment } from 'kysely';
import { UnavailableError } from '../../errors.ts';
import { groupCommit } from './group-commit.ts';
import { DATABASE_ID, SERVER_ID } from './identity.ts';
import { READ_PATIENCE } from './look-up.ts';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, rowCount, tables } from './tables.ts';

/** An ended assessment that a sweep found. */
export type SweptEnd = { id: string; sessionId: string; version: number; endedMsAgo: number };

export type Sweep = {
  ends: SweptEnd[];
  /** Where the next sweep begins. */
  cursor: string;
  /** The history to which the cursor's number belongs. */
  history: string;
  /**
   * False if the cursor that was given belongs to another history, as after a fail-over: then there are no ends, and it is
   * unknown what has ended since.
   */
  isContinued: boolean;
  /** Whether rows carry numbers of another server. */
  hasForeign: boolean;
};

/** `sweep` is undefined if the cursor is refused. */
export type SessionSweep = { history: string; sweep: Pick<Sweep, 'ends' | 'cursor'> | undefined };

/** Ends of one page, which takes some 20 ms. */
const PAGE = 10_000;

/** Rows of one page of numbers to forget, which takes some hundred milliseconds. */
const FORGOTTEN_PAGE = 5_000;

/**
 * The oldest transaction that may still commit (the horizon), the next one, and the history to which these numbers belong:
 * the server, the database, and the timeline, which a promotion and a recovery to a point in time change. The timeline is
 * the one of the write-ahead log: the control file has the one of the last checkpoint, minutes after a promotion still the
 * old one. A server in recovery has no history, since its next one is not known.
 */
const NOW = `
SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon, pg_snapshot_xmax(pg_current_snapshot())::text AS next,
  CASE WHEN NOT pg_is_in_recovery() THEN
    left(encode(sha256(convert_to(concat_ws('-', ${SERVER_ID},
      substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8),
      ${DATABASE_ID}), 'UTF8')), 'hex'), 16) END AS history`;

/**
 * Whether some row has a number that this server has not given to a transaction yet. Rows that were copied from another
 * server by value, as from a dump, keep its numbers. They are no ends of this server, so no sweep reads them. By the order
 * of the index, since EXISTS reads the whole table where there are no statistics.
 */
const HAS_FOREIGN = `coalesce((
  SELECT ended_xid FROM test_assessment WHERE ended_xid IS NOT NULL ORDER BY ended_xid DESC LIMIT 1
) >= pg_snapshot_xmax(pg_current_snapshot()), false) AS "hasForeign"`;

/** Page and horizon in one statement, so that both come from one snapshot. */
const SWEEP = `
SELECT n.horizon, n.next, n.history, ${HAS_FOREIGN}, e.id, e.session_id AS "sessionId", e.version,
  e.ended_xid::text AS xid, (extract(epoch from now() - e.ended_at) * 1000)::float8 AS "endedMsAgo"
FROM (${NOW}) AS n LEFT JOIN LATERAL (
  SELECT id, session_id, version, ended_xid, ended_at FROM test_assessment
  WHERE n.history = $4 AND ended_xid IS NOT NULL AND ended_xid >= $1::xid8 AND ended_xid < n.next::xid8
    AND ($2::uuid IS NULL OR (ended_xid, id) > ($1::xid8, $2))
  ORDER BY ended_xid, id LIMIT $3) AS e ON true`;

/** For many sessions at once, each from its own cursor. */
const OF_SESSIONS = `
SELECT f.nth, n.horizon, n.next, n.history, e.id, e.session_id AS "sessionId", e.version,
  (extract(epoch from now() - e.ended_at) * 1000)::float8 AS "endedMsAgo"
FROM (${NOW}) AS n CROSS JOIN unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY
  AS f(session_id, history, xid, nth)
LEFT JOIN LATERAL (
  SELECT id, session_id, version, ended_at FROM test_assessment
  WHERE n.history = f.history AND session_id = f.session_id AND ended_xid >= f.xid::xid8 AND ended_xid < n.next::xid8
  ORDER BY ended_xid, id LIMIT $4) AS e ON true
ORDER BY f.nth`;

type Now = { horizon: string; next: string; history: string | null };
export type NowRow = Now & { hasForeign: boolean };
export type SweptRow = NowRow & Omit<SweptEnd, 'id'> & { id: string | null; xid: string };
/** `nth` is a bigint: text from PostgreSQL, a number from PGlite. */
export type SessionRow = Now & Omit<SweptEnd, 'id'> & { nth: string | number; id: string | null };

/** The cursor up to which a client has the ends of a session. */
export type Resume = { sessionId: string; cursor: string };

/** Cap of replayed ends. After more of them, a client reads the list of assessments, which is shorter. */
const REPLAYED_MAX = 1_000;
const RESUMES_MAX = 250;

const NEXT = fragment<string>`pg_snapshot_xmax(pg_current_snapshot())`;

/** The lowest numbers first: those are the next that transactions of this server get. */
const forgotten = (most: number) =>
  tables
    .with('forgotten', (query) =>
      query
        .updateTable('test_assessment')
        .set({ ended_xid: null })
        .where('id', 'in', (row) =>
          row
            .selectFrom('test_assessment')
            .select('id')
            .where('ended_xid', 'is not', null)
            .where('ended_xid', '>=', NEXT)
            .orderBy('ended_xid')
            .limit(most)
            // Another process may do the same.
            .forUpdate()
            .skipLocked(),
        )
        .returning('id'),
    )
    .selectFrom('forgotten')
    .select(rowCount.as('count'));

export function createSweeping(sql: Sql, page = PAGE) {
  return {
    /**
     * All ends since the sweep that gave `cursor`; some may come twice. Without a cursor: none, and the cursor of now.
     *
     * The next cursor is the horizon of the first page and not the newest end: transactions from the horizon on may still
     * commit, and the next sweep then sees their ends.
     * @throws UnavailableError, also while the server is in recovery
     */
    async sweep(cursor: string | undefined): Promise<Sweep> {
      if (cursor === undefined) {
        const [now] = await sql<NowRow>('horizon', `${NOW}, ${HAS_FOREIGN}`);
        return { ends: [], ...continuation(now), isContinued: true };
      }
      const ends: SweptEnd[] = [];
      let begin: SweptRow | undefined;
      const from = parse(cursor);
      let after: { xid: string; id: string | null } = { xid: from.xid, id: null };
      for (;;) {
        const rows = await sql<SweptRow>('sweep-ends', SWEEP, [after.xid, after.id, page, from.history]);
        begin ??= rows[0];
        for (const { id, sessionId, version, endedMsAgo } of rows)
          if (id !== null) ends.push({ id, sessionId, version, endedMsAgo });
        const last = rows.at(-1);
        if (last === undefined || last.id === null || rows.length < page)
          return { ends, ...continuation(begin), isContinued: isOf(from, begin) };
        after = { xid: last.xid, id: last.id };
      }
    },

    /**
     * All ends of one session since a cursor from a client. The cursor is refused if it is none of this database's history,
     * or after too many ends. Calls made together share a statement, as after a restart, when all clients return at once.
     * @throws UnavailableError, also while the server is in recovery
     */
    sweepSession: groupCommit<Resume, SessionSweep>({
      run: (resumes) => sweepSessions(sql, resumes),
      itemsMax: RESUMES_MAX,
      patience: READ_PATIENCE,
    }),

    /** The ids of those assessments that exist and have not ended. */
    async open(ids: string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const query = tables
        .selectFrom('test_assessment')
        .select('id')
        .where('id', '=', anyOf(ids, 'uuid'))
        .where('ended_at', 'is', null);
      return (await carryOut(sql, 'still-open', query)).map(({ id }) => id);
    },

    /**
     * Forgets numbers of another server (see `Sweep.hasForeign`), page by page: otherwise the ends of which they tell would
     * count as new when this server has used up as many transactions. A call that was broken off is continued by the next.
     * @param pagesMax in pages of 5,000 rows
     * @returns how many were forgotten
     * @throws UnavailableError
     */
    async forgetForeign(pagesMax: number): Promise<number> {
      let total = 0;
      for (let pages = 0; pages < pagesMax; pages++) {
        const [row] = await carryOut(sql, 'forget-foreign-numbers', forgotten(FORGOTTEN_PAGE));
        total += row?.count ?? 0;
        if ((row?.count ?? 0) < FORGOTTEN_PAGE) break;
      }
      return total;
    },
  };
}

async function sweepSessions(sql: Sql, resumes: Resume[]): Promise<SessionSweep[]> {
  const from = resumes.map(({ cursor }) => parse(cursor));
  const rows = await sql<SessionRow>('sweep-sessions', OF_SESSIONS, [
    resumes.map(({ sessionId }) => sessionId),
    from.map(({ history }) => history),
    from.map(({ xid }) => xid),
    REPLAYED_MAX + 1,
  ]);
  const byResume = Map.groupBy(rows, ({ nth }) => Number(nth) - 1);
  return from.map((place, index) => {
    const found = byResume.get(index) ?? [];
    const { history, cursor } = continuation(found[0]);
    if (!isOf(place, found[0]) || found.length > REPLAYED_MAX) return { history, sweep: undefined };
    const ends = found.flatMap(({ id, sessionId, version, endedMsAgo }) =>
      id === null ? [] : [{ id, sessionId, version, endedMsAgo }],
    );
    return { history, sweep: { ends, cursor } };
  });
}

type Place = { history: string; xid: string };

/** No cursor of any history. */
const NOWHERE: Place = { history: '', xid: '0' };

const CURSOR = /^(?<history>[\da-f]{16})\.(?<xid>\d{1,19})$/;

function parse(cursor: string): Place {
  const { history, xid } = CURSOR.exec(cursor)?.groups ?? {};
  return history === undefined || xid === undefined ? NOWHERE : { history, xid };
}

/** A number that the server has not reached is of another history, too: the server was put back to an earlier state. */
const isOf = (place: Place, now: Now | undefined): boolean =>
  place.history === now?.history && BigInt(place.xid) <= BigInt(now.next);

/** @throws UnavailableError if the server is in recovery: until it is promoted nobody knows what comes after the cursor */
function continuation(
  now: (Now & { hasForeign?: boolean }) | undefined,
): Pick<Sweep, 'cursor' | 'history' | 'hasForeign'> {
  if (now === undefined || now.history === null) throw new UnavailableError('database', 'not-done');
  return {
    cursor: `${now.history}.${now.horizon}`,
    history: now.history,
    hasForeign: now.hasForeign === true,
  };
}
