import { randomBytes } from 'node:crypto';
import { Pool } from 'pg';
import { wire } from '../src/events.ts';
import { deleteStreams } from '../test/support/nats.ts';
import { createDatabase } from '../test/support/postgres.ts';
import { startBenchModel, type BenchModel } from './model.ts';
import type { Options } from './options.ts';
import { startProgram, type Program } from './program.ts';
import type { Servers } from './servers.ts';
import type { Parts } from './usage.ts';

/** Options and servers for all scenarios. */
export type Bench = {
  options: Options;
  servers: Servers;
  /** Open resources, for the end of the run and for Ctrl-C. */
  open: AsyncDisposableStack;
};

export type FleetOptions = {
  modelMs?: number;
  workers?: number;
  /** Settings beyond those of every scenario. */
  env?: Record<string, string>;
  /** Runs before the processes are started. */
  prepare?: (sql: Sql) => Promise<void>;
};

type Sql = <Row>(text: string, values?: unknown[]) => Promise<Row[]>;

/** An api, its workers and a model, on a database and a NATS prefix of their own, so that measurements do not mix. */
export type Fleet = {
  api: Program;
  workers: readonly Program[];
  model: BenchModel;
  sql: Sql;
  /** The processes whose CPU time is counted. */
  parts: () => Parts;
  /** Replaces the running api by a new process. */
  replaceApi: () => Promise<void>;
  [Symbol.asyncDispose]: () => Promise<void>;
};

/** No limits for a client: the benchmark would only measure them. */
const WITHOUT_LIMITS = {
  SUBMITS_PER_MINUTE: '0',
  SESSIONS_PER_MINUTE: '0',
  MAX_SOCKETS_PER_SESSION: '0',
  MAX_QUEUE_DEPTH: '10000000',
};

export async function startFleet({ options, servers, open: outer }: Bench, given: FleetOptions = {}): Promise<Fleet> {
  const { modelMs = 0, workers = 1, env = {}, prepare } = given;
  const open = outer.use(new AsyncDisposableStack());
  const database = await createDatabase(servers.databaseUrl, { template: servers.template });
  open.defer(() => database.drop());
  const pool = new Pool({ connectionString: database.url, max: 1 });
  open.defer(() => pool.end());
  const sql: Sql = async <Row>(text: string, values: unknown[] = []) => (await pool.query(text, values)).rows as Row[];
  await prepare?.(sql);
  const prefix = `bench_${randomBytes(5).toString('hex')}`;
  open.defer(() => deleteStreams(servers.natsUrl, wire(prefix)));
  const model = await startBenchModel(modelMs);
  open.defer(() => model.close());
  const settings = {
    DATABASE_URL: database.url,
    NATS_URL: servers.natsUrl,
    NATS_PREFIX: prefix,
    OPENAI_API_KEY: 'sk-bench',
    OPENAI_BASE_URL: model.url,
    LOG_LEVEL: 'warn',
    ...WITHOUT_LIMITS,
    ...env,
    ...options.settings,
  };
  const start = (role: Program['role']): Promise<Program> =>
    startProgram({ role, env: settings, nodeOptions: options.nodeOptions }, open);
  const [api, ...others] = await Promise.all([start('api'), ...Array.from({ length: workers }, () => start('worker'))]);
  const fleet: Fleet = {
    api,
    workers: others,
    model,
    sql,
    parts: () => ({
      api: { pids: [fleet.api.pid()] },
      worker: { pids: fleet.workers.map(({ pid }) => pid()) },
      ...servers.parts,
      'driver and model': { pids: [process.pid] },
    }),
    async replaceApi() {
      await fleet.api.stop();
      fleet.api = await start('api');
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
  return fleet;
}
