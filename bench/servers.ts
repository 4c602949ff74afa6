import { connect } from 'nats';
import { Client } from 'pg';
import { migrateDatabase } from '../test/support/migrate-database.ts';
import { startNats } from '../test/support/nats.ts';
import { createDatabase, startPostgres } from '../test/support/postgres.ts';
import type { Parts } from './usage.ts';

/** PostgreSQL and NATS of the whole run. */
export type Servers = {
  /** URL of an administrator, for the databases of the benchmark. */
  databaseUrl: string;
  natsUrl: string;
  /** Name of a migrated template database. */
  template: string;
  /** Servers that the benchmark has started; the CPU time of others can't be measured. */
  parts: Parts;
  versions: { postgres: string; nats: string };
};

/** Settings of a durable server; the tests use faster ones. */
const DURABLE = ['fsync=on', 'full_page_writes=on'];
const CONNECTIONS_MAX = 100;

/** Starts a PostgreSQL and a nats-server, or takes those in DATABASE_URL and NATS_URL; `open` stops what was started. */
export async function openServers(open: AsyncDisposableStack, env: NodeJS.ProcessEnv): Promise<Servers> {
  const parts: Parts = {};
  const startOwnPostgres = async (): Promise<string> => {
    const postgres = await startPostgres({ maxConnections: CONNECTIONS_MAX, settings: DURABLE });
    open.defer(() => postgres.stop());
    parts['postgres'] = { pids: [postgres.pid()], withChildren: true };
    return postgres.url;
  };
  const startOwnNats = async (): Promise<string> => {
    const nats = await startNats();
    open.defer(() => nats.stop());
    parts['nats'] = { pids: [nats.pid()] };
    return nats.url;
  };
  const [databaseUrl, natsUrl] = await Promise.all([
    given(env, 'DATABASE_URL') ?? startOwnPostgres(),
    given(env, 'NATS_URL') ?? startOwnNats(),
  ]);
  const template = await createDatabase(databaseUrl);
  open.defer(() => template.drop());
  await migrateDatabase(template.url);
  const versions = { postgres: await postgresVersion(databaseUrl), nats: await natsVersion(natsUrl) };
  return { databaseUrl, natsUrl, template: template.name, parts, versions };
}

function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const url = env[name];
  return url === undefined || url === '' ? undefined : url;
}

async function postgresVersion(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version.split(' ')[0] ?? '';
  } finally {
    await client.end();
  }
}

async function natsVersion(url: string): Promise<string> {
  const connection = await connect({ servers: url });
  try {
    return connection.info?.version ?? '';
  } finally {
    await connection.close();
  }
}
