import { lookUp, READ_PATIENCE } from './look-up.ts';
import type { Sql } from './sql.ts';

/** A session that has neither ended nor expired. */
export type StoredSession = { id: string; createdAt: Date; expiresAt: Date };

const COLUMNS = `id, (extract(epoch from created_at) * 1000)::float8 AS "createdMs",
  (extract(epoch from expires_at) * 1000)::float8 AS "expiresMs"`;
const START = `
INSERT INTO session (id, token_hash, expires_at) VALUES ($1, $2, now() + $3::float8 * interval '1 ms') RETURNING ${COLUMNS}`;
const FIND = `SELECT ${COLUMNS}, token_hash AS "tokenHash" FROM session
WHERE token_hash = ANY($1::text[]) AND ended_at IS NULL AND expires_at > now()`;
const END = `UPDATE session SET ended_at = now() WHERE id = $1 AND ended_at IS NULL`;
const OVER = `SELECT id FROM session WHERE id = ANY($1::uuid[]) AND (ended_at IS NOT NULL OR expires_at <= now())`;

const FOUND_MAX = 1_000;

type Row = { id: string; createdMs: number; expiresMs: number };

export function createSessions(sql: Sql) {
  return {
    async start(id: string, tokenHash: string, ttlMs: number): Promise<StoredSession> {
      const [row] = await sql<Row>('start-session', START, [id, tokenHash, ttlMs]);
      return toSession(row as Row);
    },

    /** After a restart all come back at once: they are looked up together. */
    find: lookUp<StoredSession>({
      find: async (tokenHashes) => {
        const rows = await sql<Row & { tokenHash: string }>('find-sessions', FIND, [tokenHashes]);
        return new Map(rows.map((row) => [row.tokenHash, toSession(row)]));
      },
      itemsMax: FOUND_MAX,
      patience: READ_PATIENCE,
    }),

    async end(id: string): Promise<void> {
      await sql('end-session', END, [id]);
    },

    /** Which of these sessions have ended or expired. */
    async over(ids: string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const rows = await sql<{ id: string }>('sessions-over', OVER, [ids]);
      return rows.map(({ id }) => id);
    },
  };
}

const toSession = ({ id, createdMs, expiresMs }: Row): StoredSession => ({
  id,
  createdAt: new Date(createdMs),
  expiresAt: new Date(expiresMs),
});
