import type { Sql } from './sql.ts';
import { carryOut, inMs, now, tables } from './tables.ts';

/** Caps of the open assessments of one network, and of one session in it; 0: no cap. */
export type OpenMax = { ofNetwork: number; ofSession: number };
export type Cap = 'network' | 'session';

/** With no worker known, a network has this many open messages, so that the first worker finds work. */
const SHARE_MIN = 2;

/**
 * The share of one network: how many of its assessments the stream may have, in work or due. It is what all workers can
 * work on at once: with less, slots would stand empty while one network alone has work.
 */
export const SHARE = `SELECT greatest(${SHARE_MIN}, coalesce(sum(slots), 0))::int AS share
  FROM worker_slots WHERE until > now()`;

/** The number of the network's assessments with a message that are due or in work, counted up to the share. */
export const queuedOf = (network: string, share: string): string => `(SELECT count(*)::int FROM (
    SELECT FROM test_assessment q
    WHERE q.network = ${network} AND q.ended_at IS NULL AND q.turn IS NULL AND (q.not_before IS NULL OR q.not_before <= now())
    LIMIT ${share}) AS queued)`;

export const hasDeferred = (network: string): string =>
  `EXISTS (SELECT FROM test_assessment d WHERE d.network = ${network} AND d.turn IS NOT NULL)`;

/** The open assessments that match, with a message and deferred, each counted up to `most`. */
const openWhere = (queued: string, deferred: string, most: string): string => `(
  (SELECT count(*)::int FROM (
    SELECT FROM test_assessment q WHERE ${queued} AND q.ended_at IS NULL AND q.turn IS NULL LIMIT ${most}) AS queued)
  + (SELECT count(*)::int FROM (
    SELECT FROM test_assessment d WHERE ${deferred} AND d.turn IS NOT NULL LIMIT ${most}) AS deferred))`;

export const openOfNetwork = (network: string, most: string): string =>
  openWhere(`q.network = ${network}`, `d.network = ${network}`, most);

/** The open assessments of the session within the network. */
export const openOfSession = (network: string, session: string, most: string): string =>
  openWhere(
    `q.network = ${network} AND q.session_id = ${session}`,
    `d.session_id = ${session} AND d.network = ${network}`,
    most,
  );

/**
 * A session's next turn: after its own last one, and not before the turn that the network has reached, otherwise each new
 * session would go before those that wait.
 */
export const nextTurn = (network: string, session: string): string => `greatest(1,
    (SELECT min(d.turn) FROM test_assessment d WHERE d.network = ${network} AND d.turn IS NOT NULL),
    (SELECT max(d.turn) + 1 FROM test_assessment d WHERE d.session_id = ${session} AND d.turn IS NOT NULL))`;

/**
 * Releases of each network ($1) its next assessments: at most as many as the caller asks for ($2), and as many as the share
 * has left. In the order of the networks and of their turns, which becomes the order of the stream. Two statements at once
 * skip each other's rows.
 */
const RELEASE = `
WITH share AS MATERIALIZED (${SHARE}),
next AS MATERIALIZED (
  SELECT due.id, n.nth, due.turn FROM share, unnest($1::text[], $2::int[]) WITH ORDINALITY AS n (network, most, nth), LATERAL (
    SELECT d.id, d.turn FROM test_assessment d WHERE d.network = n.network AND d.turn IS NOT NULL
    ORDER BY d.turn, d.id
    LIMIT greatest(0, least(n.most, share - ${queuedOf('n.network', 'share')}))
    FOR UPDATE SKIP LOCKED) AS due),
released AS (
  UPDATE test_assessment a SET turn = NULL, dispatched_at = now()
  WHERE a.turn IS NOT NULL AND a.id = ANY(ARRAY(SELECT id FROM next))
  RETURNING a.id, a.session_id AS "sessionId", a.dispatch_no AS "dispatchNo")
SELECT released.* FROM released JOIN next ON next.id = released.id ORDER BY next.nth, next.turn, next.id`;

/** Jumps from network to network along the index of the deferred ones. */
const DEFERRED_NETWORKS = `
WITH RECURSIVE found AS (
  (SELECT d.network FROM test_assessment d WHERE d.turn IS NOT NULL AND d.network > $1::text
   ORDER BY d.network LIMIT 1)
  UNION ALL
  SELECT (SELECT d.network FROM test_assessment d WHERE d.turn IS NOT NULL AND d.network > found.network
    ORDER BY d.network LIMIT 1)
  FROM found WHERE found.network IS NOT NULL)
SELECT network FROM found WHERE network IS NOT NULL LIMIT $2::int`;

/** The same rule as in the statement that stores a submission. */
const CAP_REACHED = `
SELECT CASE WHEN $3::int > 0 AND ${openOfNetwork('$1::text', '$3::int')} >= $3::int THEN 'network'
  WHEN $4::int > 0 AND ${openOfSession('$1::text', '$2::uuid', '$4::int')} >= $4::int THEN 'session' END AS cap`;

export type Turn = { network: string; most: number };

/** An open assessment without a work message, for its dispatch. */
export type Undispatched = { id: string; sessionId: string; dispatchNo: number };

/** The order before the stream: what is deferred, and how much of it is released. */
export function createTurns(sql: Sql) {
  return {
    /** Releases the next assessments of these networks. The caller dispatches them. */
    release: (turns: readonly Turn[]): Promise<Undispatched[]> =>
      sql<Undispatched>('release-turns', RELEASE, [turns.map(({ network }) => network), turns.map(({ most }) => most)]),

    /** Networks with assessments that are deferred, in the order of their keys, after `after`. */
    async deferredNetworks(after: string, limit: number): Promise<string[]> {
      const rows = await sql<{ network: string }>('deferred-networks', DEFERRED_NETWORKS, [after, limit]);
      return rows.map(({ network }) => network);
    },

    /** The cap that one more open assessment would exceed; undefined if there is room. */
    async capReached(network: string, sessionId: string, openMax: OpenMax): Promise<Cap | undefined> {
      const values = [network, sessionId, openMax.ofNetwork, openMax.ofSession];
      const [row] = await sql<{ cap: Cap | null }>('cap-reached', CAP_REACHED, values);
      return row?.cap ?? undefined;
    },

    /** Says for `ttlMs` how many assessments a worker can work on at once. */
    async announce(workerId: string, slots: number, ttlMs: number): Promise<void> {
      const row = tables
        .insertInto('worker_slots')
        .values({ worker_id: workerId, slots, until: inMs(ttlMs) })
        .onConflict((conflict) =>
          conflict
            .column('worker_id')
            .doUpdateSet((each) => ({ slots: each.ref('excluded.slots'), until: each.ref('excluded.until') })),
        );
      await carryOut(sql, 'announce-slots', row);
      await carryOut(sql, 'forget-slots', tables.deleteFrom('worker_slots').where('until', '<', now));
    },

    /** The worker stops. */
    async withdraw(workerId: string): Promise<void> {
      await carryOut(sql, 'withdraw-slots', tables.deleteFrom('worker_slots').where('worker_id', '=', workerId));
    },
  };
}
