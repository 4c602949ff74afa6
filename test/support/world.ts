import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { inject } from 'vitest';
import { wire, type Wire } from '../../src/events.ts';
import { migrateDatabase } from './migrate-database.ts';
import { startModel, type Model } from './model.ts';
import { deleteStreams } from './nats.ts';
import { createDatabase } from './postgres.ts';

/** The outside systems of one test: a database and a NATS prefix of its own on the run's servers, and a model. */
export type World = {
  databaseUrl: string;
  natsUrl: string;
  prefix: string;
  wire: Wire;
  model: Model;
  /** The environment of a process in this world, with free ports. */
  env: Record<string, string>;
  sql: <Row = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<Row[]>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type WorldOptions = {
  /** Servers of the test, which it can break. */
  databaseUrl?: string;
  natsUrl?: string;
};

export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const natsUrl = options.natsUrl ?? inject('natsUrl');
  const model = await startModel();
  const database =
    options.databaseUrl === undefined ? await databaseFromTemplate() : await migrated(options.databaseUrl);
  const prefix = `test_${randomBytes(5).toString('hex')}`;
  const pool = new Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => {}); // a test may stop the server
  const names = wire(prefix);
  const close = async (): Promise<void> => {
    await pool.end();
    await model.close();
    await database.drop();
    // A server of the test ends with the test.
    if (options.natsUrl === undefined) await deleteStreams(natsUrl, names);
  };
  return {
    databaseUrl: database.url,
    natsUrl,
    prefix,
    wire: names,
    model,
    env: {
      PORT: '0',
      METRICS_PORT: '0',
      DATABASE_URL: database.url,
      DATABASE_POOL_MAX: '6',
      NATS_URL: natsUrl,
      NATS_PREFIX: prefix,
      OPENAI_API_KEY: 'sk-test-secret',
      OPENAI_BASE_URL: model.url,
      SUBMITS_PER_MINUTE: '0',
      SESSIONS_PER_MINUTE: '0',
      MAX_SOCKETS_PER_SESSION: '0',
    },
    sql: async <Row>(text: string, values: unknown[] = []) => (await pool.query(text, values)).rows as Row[],
    close,
    [Symbol.asyncDispose]: close,
  };
}

const databaseFromTemplate = () => createDatabase(inject('databaseUrl'), { template: inject('databaseTemplate') });

async function migrated(url: string) {
  await migrateDatabase(url);
  return { url, drop: async () => {} };
}
