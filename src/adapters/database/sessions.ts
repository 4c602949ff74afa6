import type { StoredSession } from '../../entities/session.ts';
import type { ExpressionBuilder } from 'kysely';
import { lookUp, READ_PATIENCE } from './look-up.ts';
import type { Sql } from './sql.ts';
import { anyOf, carryOut, inMs, now, tables, toMs, type Tables } from './tables.ts';

const FOUND_MAX = 1_000;

const columns = (row: ExpressionBuilder<Tables, 'session'>) =>
  [
    row.ref('id').as('id'),
    toMs(row.ref('created_at')).as('createdMs'),
    toMs(row.ref('expires_at')).as('expiresMs'),
  ] as const;

export function createSessions(sql: Sql) {
  return {
    async start(id: string, tokenHash: string, ttlMs: number): Promise<StoredSession> {
      const [row] = await carryOut(
        sql,
        'start-session',
        tables
          .insertInto('session')
          .values({ id, token_hash: tokenHash, expires_at: inMs(ttlMs) })
          .returning(columns),
      );
      return toSession(row as Row);
    },

    /** The session of a token, unless it ended or expired. Look-ups requested together share a statement. */
    find: lookUp<StoredSession>({
      find: async (tokenHashes) => {
        const rows = await carryOut(
          sql,
          'find-sessions',
          tables
            .selectFrom('session')
            .select(columns)
            .select('token_hash as tokenHash')
            .where('token_hash', '=', anyOf(tokenHashes, 'text'))
            .where('ended_at', 'is', null)
            .where('expires_at', '>', now),
        );
        return new Map(rows.map((row) => [row.tokenHash, toSession(row)]));
      },
      itemsMax: FOUND_MAX,
      patience: READ_PATIENCE,
    }),

    async end(id: string): Promise<void> {
      const query = tables
        .updateTable('session')
        .set({ ended_at: now })
        .where('id', '=', id)
        .where('ended_at', 'is', null);
      await carryOut(sql, 'end-session', query);
    },

    /** Makes the session last for `ttlMs` from now; undefined if it has ended, or was renewed in the last `everyMs`. */
    async renew(id: string, ttlMs: number, everyMs: number): Promise<StoredSession | undefined> {
      const [row] = await carryOut(
        sql,
        'renew-session',
        tables
          .updateTable('session')
          .set({ expires_at: inMs(ttlMs) })
          .where('id', '=', id)
          .where('ended_at', 'is', null)
          .where('expires_at', '>', now)
          .where('expires_at', '<', inMs(ttlMs - everyMs))
          .returning(columns),
      );
      return row && toSession(row);
    },

    /** Ends the session, and leaves nothing of it. */
    async remove(id: string): Promise<void> {
      await carryOut(sql, 'remove-session', tables.deleteFrom('session').where('id', '=', id));
    },

    /** The ids of those sessions that have ended or expired, or whose rows are gone. */
    async over(ids: string[]): Promise<string[]> {
      if (ids.length === 0) return [];
      const rows = await carryOut(
        sql,
        'sessions-over',
        tables
          .selectFrom('session')
          .select('id')
          .where('id', '=', anyOf(ids, 'uuid'))
          .where('ended_at', 'is', null)
          .where('expires_at', '>', now),
      );
      const alive = new Set(rows.map(({ id }) => id));
      return ids.filter((id) => !alive.has(id));
    },
  };
}

type Row = { id: string; createdMs: number; expiresMs: number };

const toSession = ({ id, createdMs, expiresMs }: Row): StoredSession => ({
  id,
  createdAt: new Date(createdMs),
  expiresAt: new Date(expiresMs),
});
