import { sql as fragment } from 'kysely';
import type { CallLimit } from '../../entities/model-limit.ts';
import type { Sql } from './sql.ts';
import { asJson, carryOut, tables } from './tables.ts';

/** Without an answer a worker has no permits for so long. */
const WITHIN_MS = 2_000;
const another = fragment<string>`gen_random_uuid()`;

export function createModelLimits(sql: Sql) {
  return {
    /** @returns the time of the database, too; no limit if there is none yet. @throws UnavailableError */
    async readLimit(hash: string): Promise<{ nowMs: number; version: string | null; limit: CallLimit | null }> {
      const [read] = await carryOut(
        sql,
        'read-limit',
        tables.selectNoFrom((row) => [
          fragment<number>`(extract(epoch from clock_timestamp()) * 1000)::float8`.as('nowMs'),
          row.selectFrom('model_limit').select('version').where('hash', '=', hash).as('version'),
          row.selectFrom('model_limit').select('state').where('hash', '=', hash).as('limit'),
        ]),
        { withinMs: WITHIN_MS },
      );
      return { nowMs: read?.nowMs ?? Date.now(), version: read?.version ?? null, limit: read?.limit ?? null };
    },

    /**
     * @param version of the limit that was read; null if there was none
     * @returns false if it was changed since: then nothing is saved
     * @throws UnavailableError
     */
    async saveLimit(hash: string, version: string | null, limit: CallLimit): Promise<boolean> {
      const values = { version: another, state: asJson(limit) };
      const saved =
        version === null
          ? await carryOut(
              sql,
              'add-limit',
              tables
                .insertInto('model_limit')
                .values({ hash, ...values })
                .onConflict((conflict) => conflict.column('hash').doNothing())
                .returning('hash'),
              { withinMs: WITHIN_MS },
            )
          : await carryOut(
              sql,
              'save-limit',
              tables
                .updateTable('model_limit')
                .set(values)
                .where('hash', '=', hash)
                .where('version', '=', version)
                .returning('hash'),
              { withinMs: WITHIN_MS },
            );
      return saved.length > 0;
    },
  };
}
