import { startNats, type Nats } from '../support/nats.ts';
import { startNatsCluster, type NatsCluster } from '../support/nats-cluster.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { PostgresPair } from '../support/postgres-pair.ts';
import { startProxy, together, type Links } from '../support/proxy.ts';
import { createWorld, type World } from '../support/world.ts';
import { until } from '../support/wait.ts';
import { checkInvariants, type Allowances } from './invariants.ts';
import { Program } from './process.ts';
import { Visitor } from './visitors.ts';

export type FleetOptions = {
  apis?: number;
  workers?: number;
  env?: Record<string, string>;
  nats?: Parameters<typeof startNats>[0];
  postgres?: Parameters<typeof startPostgres>[0];
  /** Three NATS nodes, in place of one. */
  cluster?: boolean;
  /** PostgreSQL has a synchronous standby. Needs the client programs of PostgreSQL. */
  standby?: boolean;
  /** The processes are not started yet. */
  idle?: boolean;
};

type Parts = Pick<Fleet, 'pair' | 'nats' | 'cluster' | 'toPostgres' | 'toNats' | 'world' | 'apis' | 'workers'> & {
  primary: () => Postgres;
};

/**
 * The real program as processes, two apis and two workers by default, on a PostgreSQL and a nats-server of their own behind
 * proxies, so that a test can break each part.
 */
export class Fleet {
  readonly #primary: () => Postgres;
  readonly pair: PostgresPair | undefined;
  /** The only node, or the first one of the cluster. */
  readonly nats: Nats;
  readonly cluster: NatsCluster | undefined;
  readonly toPostgres: Links;
  readonly toNats: Links;
  readonly world: World;
  readonly apis: Program[];
  readonly workers: Program[];
  readonly visitors: Visitor[] = [];

  private constructor(parts: Parts) {
    this.#primary = parts.primary;
    this.pair = parts.pair;
    this.nats = parts.nats;
    this.cluster = parts.cluster;
    this.toPostgres = parts.toPostgres;
    this.toNats = parts.toNats;
    this.world = parts.world;
    this.apis = parts.apis;
    this.workers = parts.workers;
  }

  static async start(options: FleetOptions = {}): Promise<Fleet> {
    const { apis = 2, workers = 2, env = {} } = options;
    const [database, broker] = await Promise.all([startDatabase(options), startBroker(options)]);
    const world = await createWorld({ databaseUrl: database.url, natsUrl: broker.url });
    const given = {
      ...world.env,
      DATABASE_URL: database.programUrl,
      NATS_URL: broker.programUrl,
      LEASE_MS: '6000',
      SHUTDOWN_GRACE_MS: '5000',
      AI_TIMEOUT_MS: '5000',
      MAX_SOCKETS_PER_SESSION: '0',
      ...env,
    };
    const programs = (role: 'api' | 'worker', count: number) =>
      Array.from({ length: count }, () => new Program({ role, env: given }));
    const fleet = new Fleet({
      ...database,
      ...broker,
      world,
      apis: programs('api', apis),
      workers: programs('worker', workers),
    });
    if (options.idle !== true) await Promise.all(fleet.programs.map((program) => program.start()));
    return fleet;
  }

  /** The only server, or the primary. */
  get postgres(): Postgres {
    return this.#primary();
  }

  /** All nodes of NATS. */
  get nodes(): readonly Nats[] {
    return this.cluster?.nodes ?? [this.nats];
  }

  get programs(): Program[] {
    return [...this.apis, ...this.workers];
  }

  get api(): Program {
    return this.apis[0] as Program;
  }

  get worker(): Program {
    return this.workers[0] as Program;
  }

  /** A visitor with a session, who uses the running api processes alternately. */
  async visitor(urls = this.runningApis, address?: string): Promise<Visitor> {
    const visitor = new Visitor(urls, address);
    this.visitors.push(visitor);
    return await visitor.startSession();
  }

  readonly runningApis = (): string[] => this.apis.filter(({ running }) => running).map(({ url }) => url);

  /** Submits and follows `count` assessments. */
  async submitMany(visitor: Visitor, count: number): Promise<string[]> {
    const submitted = await Promise.all(Array.from({ length: count }, () => visitor.submit()));
    const ids = submitted.flatMap(({ id }) => (id === undefined ? [] : [id]));
    for (const id of ids) visitor.follow(id);
    return ids;
  }

  /** Resolves when no assessment is open. */
  async allEnded(timeoutMs = 60_000): Promise<void> {
    await until(
      async () => {
        const open = await this.world
          .sql('SELECT 1 FROM test_assessment WHERE ended_at IS NULL LIMIT 1')
          .catch(() => [1]);
        return open.length === 0;
      },
      { label: 'every assessment to end', timeoutMs, intervalMs: 100 },
    );
  }

  /** Waits for every end and every push, then checks all invariants. */
  async expectInvariants(allowances: Allowances = {}): Promise<void> {
    await this.allEnded(allowances.endWithinMs);
    await checkInvariants(this, allowances);
  }

  async stop(): Promise<void> {
    await Promise.all(this.visitors.map((visitor) => visitor.leave()));
    await Promise.all(this.programs.map((program) => program.kill()));
    await this.world.close().catch(() => {}); // its server may be gone
    await Promise.all([this.toPostgres.close(), this.toNats.close()]);
    await Promise.all([(this.pair ?? this.postgres).stop(), (this.cluster ?? this.nats).stop()]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** `url` is for the test, past the proxies that it breaks; `programUrl` leads through them. */
async function startDatabase({ standby, postgres }: FleetOptions) {
  if (standby === true) {
    const pair = await PostgresPair.start(postgres);
    return { pair, primary: () => pair.primary, url: pair.url, programUrl: pair.bothUrl, toPostgres: pair.links };
  }
  const single = await startPostgres(postgres);
  const proxy = await startProxy(single.url);
  const programUrl = single.url.replace(`:${single.port}/`, `:${proxy.port}/`);
  return { pair: undefined, primary: () => single, url: single.url, programUrl, toPostgres: proxy as Links };
}

async function startBroker(options: FleetOptions) {
  const cluster = options.cluster === true ? await startNatsCluster({ advertised: false }) : undefined;
  const nodes = cluster?.nodes ?? [await startNats(options.nats)];
  const proxies = await Promise.all(nodes.map((node) => startProxy(node.url)));
  const urlsOf = (servers: readonly { port: number }[]): string =>
    servers.map(({ port }) => `nats://127.0.0.1:${port}`).join(',');
  const [nats] = nodes as [Nats];
  return { cluster, nats, url: urlsOf(nodes), programUrl: urlsOf(proxies), toNats: together(proxies) };
}
