import { UnavailableError } from '../../../errors.ts';
import { documentsOf, jsonLines, uuidArray } from '../arrays.ts';
import type { Sql } from '../sql.ts';
import {
  hasDeferred,
  nextTurn,
  openOfNetwork,
  openOfSession,
  queuedOf,
  SHARE,
  type Cap,
  type OpenMax,
} from '../turns.ts';

export type NewAssessment = {
  id: string;
  sessionId: string;
  questionnaireId: string;
  /** Null: the questionnaire's own. */
  language: string | null;
  answersJson: string;
  answersHash: string;
  idempotencyKey: string;
  watch: boolean;
  /** Where it comes from: a keyed hash. */
  network: string;
  /** This one included. */
  openMax: OpenMax;
};

/**
 * The outcome of a submission: stored now, or known from an earlier one with the same key and the same answers. `isDeferred`: it
 * is deferred, so its dispatch comes later.
 */
export type Stored = { id: string; isNew: true; submittedAt: Date; isDeferred: boolean } | { id: string; isNew: false };

/** Time-out of one statement; after it the caller repeats with the same idempotency key. */
const STATEMENT_WITHIN_MS = 3_000;

/**
 * Decides for each row, in the order of the parameters, whether a cap is reached and whether it is deferred. Rows of the
 * same network in one statement count each other; two statements at the same moment do not.
 */
const INSERT = `
WITH share AS MATERIALIZED (${SHARE}),
given AS MATERIALIZED (
  SELECT *, row_number() OVER (PARTITION BY network ORDER BY n) AS nth,
    row_number() OVER (PARTITION BY network, session_id ORDER BY n) AS nth_of_session
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], ${documentsOf(4)}, $5::text[], $6::text[], $7::boolean[], $8::text[],
    $9::int[], $10::int[], $11::text[]) WITH ORDINALITY AS t (id, session_id, questionnaire_id, answers, answers_hash,
    idempotency_key, watch, network, network_max, session_max, language, n)),
networks AS MATERIALIZED (
  SELECT g.network, share - ${queuedOf('g.network', 'share')} AS free, ${openOfNetwork('g.network', 'g.most')} AS open,
    ${hasDeferred('g.network')} AS has_deferred
  FROM share, (SELECT network, max(network_max) AS most FROM given GROUP BY network) AS g),
decided AS MATERIALIZED (
  SELECT g.*,
    CASE WHEN g.network_max > 0 AND w.open + g.nth > g.network_max THEN 'network'
      WHEN g.session_max > 0
        AND ${openOfSession('g.network', 'g.session_id', 'g.session_max')} + g.nth_of_session > g.session_max
      THEN 'session' END AS cap,
    CASE WHEN w.has_deferred OR g.nth > w.free
      THEN ${nextTurn('g.network', 'g.session_id')} + g.nth_of_session - 1 END AS turn
  FROM given AS g JOIN networks AS w ON w.network = g.network),
stored AS (
  INSERT INTO test_assessment (id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch, network,
    language, turn, dispatched_at)
  SELECT id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch, network, language, turn,
    CASE WHEN turn IS NULL THEN now() ELSE 'infinity' END
  FROM decided WHERE cap IS NULL ORDER BY n
  ON CONFLICT DO NOTHING
  RETURNING id, (extract(epoch from submitted_at) * 1000)::float8 AS "submittedMs", turn IS NOT NULL AS "isDeferred")
SELECT id, "submittedMs", "isDeferred", NULL AS cap FROM stored
UNION ALL SELECT id, NULL, NULL, cap FROM decided WHERE cap IS NOT NULL`;

/**
 * Looks the pairs up one by one in the unique index: two arrays would be tried in all combinations. Without the LIMIT, a
 * table that grew since its last ANALYZE would be read as a whole.
 */
const FIND_BY_KEY = `
SELECT a.* FROM unnest($1::uuid[], $2::text[]) AS k(session_id, idempotency_key), LATERAL (
  SELECT id, session_id, idempotency_key, answers_hash,
    (extract(epoch from submitted_at) * 1000)::float8 AS "submittedMs", turn IS NOT NULL AS "isDeferred"
  FROM test_assessment t WHERE t.session_id = k.session_id AND t.idempotency_key = k.idempotency_key LIMIT 1) AS a`;

type StoredRow = { id: string; submittedMs: number; isDeferred: boolean };
/** A row that was stored, or one that was not because of a cap. */
export type NewRow = (StoredRow & { cap: null }) | { id: string; submittedMs: null; isDeferred: null; cap: Cap };
export type KeyRow = StoredRow & { session_id: string; idempotency_key: string; answers_hash: string };

export type Outcome = Stored | 'conflict' | { cap: Cap };

export const keyOf = (sessionId: string, idempotencyKey: string): string => `${sessionId} ${idempotencyKey}`;
/** Length of a UUID. Keys have no spaces. */
const SESSION_CHARACTERS = 36;

/**
 * Stores rows in one statement; one outcome for each, in the same order.
 * @throws UnavailableError, DataRefusedError
 */
export async function insertRows(sql: Sql, rows: NewAssessment[]): Promise<Outcome[]> {
  // The same order in all batches, otherwise two of them could deadlock on each other's keys. Of rows with the same key the
  // first one wins, as between two statements.
  const sorted = rows
    .map((row) => ({ row, key: keyOf(row.sessionId, row.idempotencyKey) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
  const values = [
    uuidArray(sorted.map(({ id }) => id)),
    uuidArray(sorted.map(({ sessionId }) => sessionId)),
    sorted.map(({ questionnaireId }) => questionnaireId),
    jsonLines(sorted.map(({ answersJson }) => answersJson)),
    sorted.map(({ answersHash }) => answersHash),
    sorted.map(({ idempotencyKey }) => idempotencyKey),
    sorted.map(({ watch }) => watch),
    sorted.map(({ network }) => network),
    sorted.map(({ openMax }) => openMax.ofNetwork),
    sorted.map(({ openMax }) => openMax.ofSession),
    sorted.map(({ language }) => language),
  ];
  const decided = await sql<NewRow>('insert-assessments', INSERT, values, { withinMs: STATEMENT_WITHIN_MS });
  const rowOf = new Map(decided.map((row) => [row.id, row]));
  // Duplicates have no row. One that a cap refused may be a duplicate as well, or stored by an earlier try.
  const rest = rows.filter(({ id }) => rowOf.get(id)?.cap !== null);
  const known = rest.length === 0 ? new Map<string, KeyRow>() : await findKnown(sql, rest);
  return rows.map((row) => {
    const found = rowOf.get(row.id);
    if (found?.cap === null) return newlyStored(found);
    const first = known.get(keyOf(row.sessionId, row.idempotencyKey));
    if (first === undefined) {
      if (found !== undefined) return { cap: found.cap };
      // The other row was deleted between the two statements: the next try stores this one.
      throw new UnavailableError('database', 'unknown');
    }
    if (first.answers_hash !== row.answersHash) return 'conflict';
    // An earlier try had stored it, but its result was lost.
    return first.id === row.id ? newlyStored(first) : { id: first.id, isNew: false };
  });
}

const newlyStored = ({ id, submittedMs, isDeferred }: StoredRow): Stored => ({
  id,
  isNew: true,
  submittedAt: new Date(submittedMs),
  isDeferred,
});

/** Only a second statement sees the rows that another transaction committed. */
async function findKnown(sql: Sql, rows: NewAssessment[]): Promise<Map<string, KeyRow>> {
  try {
    return await findByKeys(
      sql,
      rows.map((row) => keyOf(row.sessionId, row.idempotencyKey)),
    );
  } catch (error) {
    // The other rows of this batch are stored, although the look-up failed.
    if (error instanceof UnavailableError) throw new UnavailableError('database', 'unknown', { cause: error });
    throw error;
  }
}

export async function findByKeys(sql: Sql, keys: string[]): Promise<Map<string, KeyRow>> {
  const sessionIds = keys.map((key) => key.slice(0, SESSION_CHARACTERS));
  const idempotencyKeys = keys.map((key) => key.slice(SESSION_CHARACTERS + 1));
  const values = [uuidArray(sessionIds), idempotencyKeys];
  const rows = await sql<KeyRow>('find-by-key', FIND_BY_KEY, values, { withinMs: STATEMENT_WITHIN_MS });
  return new Map(rows.map((row) => [keyOf(row.session_id, row.idempotency_key), row]));
}
