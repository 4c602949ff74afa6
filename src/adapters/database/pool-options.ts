import type { ClientBase, PoolConfig } from 'pg';
import type { ServerOptions } from './server-options.ts';
import { withDeadline } from './sql.ts';

const CONNECT_WITHIN_MS = 2_000;

/**
 * Settings of every connection. Each execution gets its own plan: a kept plan from the time when a table was small would read
 * the whole table after it has grown (docs/decisions/0023).
 */
const SETTINGS = {
  statement_timeout: '5s',
  lock_timeout: '2s',
  idle_in_transaction_session_timeout: '10s',
  plan_cache_mode: 'force_custom_plan',
};
const SET = Object.entries(SETTINGS)
  .map(([name, value]) => `SET ${name} = '${value}'`)
  .join('; ');

/** By a statement: poolers such as PgBouncer refuse unknown start-up parameters. */
const applySettings = (client: ClientBase): Promise<unknown> => withDeadline(client.query(SET), CONNECT_WITHIN_MS);

/** For the program's pool. */
export const poolOptions = (max: number, server?: ServerOptions) =>
  ({
    max,
    // By default pg waits for ever.
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    idleTimeoutMillis: 30_000,
    // A fail-over or a new password reaches every connection within this time.
    maxLifetimeSeconds: 1_800,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: 'assay',
    ...server?.options,
    // If it fails, pg closes the connection instead of using it.
    // oxlint-disable-next-line typescript/no-misused-promises -- pg waits for it, which its types do not say
    onConnect: async (client) => {
      await applySettings(client);
      await server?.onConnect(client);
    },
  }) satisfies PoolConfig;

/** For the connections of a migration. */
export const migrationOptions = ({ options, onConnect }: ServerOptions) =>
  ({
    max: 2,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    keepAlive: true,
    application_name: 'assay-migrate',
    ...options,
    // oxlint-disable-next-line typescript/no-misused-promises -- as above
    onConnect,
  }) satisfies PoolConfig;
