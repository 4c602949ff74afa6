import type { Look } from '../../entities/model-setup.ts';
import type { Sql } from './sql.ts';
import { asJson, carryOut, inMs, msAgo, now, tables } from './tables.ts';

/** The last look at a set-up, or the worker that has to look. */
export type SetupState =
  /** Looked at within the age that was asked for. */
  | { kind: 'known'; look: Look; hasFitted: boolean }
  /** The caller has to look, and then to call `saveLook`. */
  | { kind: 'yours'; look: Look | null; hasFitted: boolean }
  /** Another worker looks. */
  | { kind: 'others' };

export function createModelSetups(sql: Sql) {
  return {
    /**
     * The last look at a set-up if it is recent; otherwise the caller gets the task, unless another worker has it.
     * @param maxAgeMs a look before that says nothing any more
     * @param leaseMs after this time another worker may look
     * @throws UnavailableError
     */
    async claimLook(hash: string, maxAgeMs: number, leaseMs: number): Promise<SetupState> {
      const [claimed] = await carryOut(
        sql,
        'claim-look',
        tables
          .insertInto('model_setup')
          .values({ hash, looking_until: inMs(leaseMs) })
          .onConflict((conflict) =>
            conflict
              .column('hash')
              .doUpdateSet({ looking_until: inMs(leaseMs) })
              .where((row) =>
                row.and([
                  row.or([row('model_setup.looking_until', 'is', null), row('model_setup.looking_until', '<', now)]),
                  row.or([
                    row('model_setup.looked_at', 'is', null),
                    row('model_setup.looked_at', '<', msAgo(maxAgeMs)),
                  ]),
                ]),
              ),
          )
          .returning(['look', 'fitted_at as fittedAt']),
      );
      if (claimed !== undefined) return { kind: 'yours', look: claimed.look, hasFitted: claimed.fittedAt !== null };
      const [known] = await carryOut(
        sql,
        'read-look',
        tables
          .selectFrom('model_setup')
          .select(['look', 'fitted_at as fittedAt'])
          .where('hash', '=', hash)
          .where('looked_at', '>=', msAgo(maxAgeMs)),
      );
      if (known?.look == null) return { kind: 'others' };
      return { kind: 'known', look: known.look, hasFitted: known.fittedAt !== null };
    },

    /** The caller still looks. @throws UnavailableError */
    async renewLook(hash: string, leaseMs: number): Promise<void> {
      await carryOut(
        sql,
        'renew-look',
        tables
          .updateTable('model_setup')
          .set({ looking_until: inMs(leaseMs) })
          .where('hash', '=', hash)
          .where('looking_until', 'is not', null),
      );
    },

    /** Ends the caller's look. Undefined: nothing was seen, and another worker may look. @throws UnavailableError */
    async saveLook(hash: string, look: Look | undefined): Promise<void> {
      const seen = look === undefined ? {} : { looked_at: now, look: asJson(look) };
      await carryOut(
        sql,
        look === undefined ? 'end-look' : 'save-look',
        tables
          .updateTable('model_setup')
          .set({ looking_until: null, ...seen })
          .where('hash', '=', hash),
      );
    },

    /** Notes that a person's reply has fitted. @throws UnavailableError */
    async saveFit(hash: string): Promise<void> {
      await carryOut(
        sql,
        'save-fit',
        tables
          .insertInto('model_setup')
          .values({ hash, fitted_at: now })
          .onConflict((conflict) =>
            conflict.column('hash').doUpdateSet({ fitted_at: now }).where('model_setup.fitted_at', 'is', null),
          ),
      );
    },
  };
}
