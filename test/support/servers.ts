import type { TestProject } from 'vitest/node';
import { migrateDatabase } from './migrate-database.ts';
import { startNats } from './nats.ts';
import { createDatabase, startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's PostgreSQL, as an administrator: create a database with `createDatabase`. */
    databaseUrl: string;
    /** A template database with schema and questionnaires. */
    databaseTemplate: string;
    /** The run's nats-server: use a random prefix. */
    natsUrl: string;
  }
}

/** For two test workers with several processes each, and a pool in each process. */
const CONNECTIONS_MAX = 200;

type Servers = { databaseUrl: string; databaseTemplate: string; natsUrl: string; close: () => Promise<void> };
type Shared = { users: number; opened: Promise<Servers> };

declare global {
  /** Global, since Vitest loads this file once for each project. */
  var assayTestServers: Shared | undefined;
}

/** Starts one PostgreSQL and one nats-server for the whole run, or uses those in DATABASE_URL and NATS_URL. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (globalThis.assayTestServers ??= { users: 0, opened: open() });
  shared.users += 1;
  const { databaseUrl, databaseTemplate, natsUrl, close } = await shared.opened;
  project.provide('databaseUrl', databaseUrl);
  project.provide('databaseTemplate', databaseTemplate);
  project.provide('natsUrl', natsUrl);
  return async () => {
    shared.users -= 1;
    if (shared.users === 0) await close();
  };
}

async function open(): Promise<Servers> {
  const [postgres, nats] = await Promise.all([
    given('DATABASE_URL') ?? startPostgres({ maxConnections: CONNECTIONS_MAX }),
    given('NATS_URL') ?? startNats(),
  ]);
  const template = await createDatabase(postgres.url);
  await migrateDatabase(template.url);
  return {
    databaseUrl: postgres.url,
    databaseTemplate: template.name,
    natsUrl: nats.url,
    close: async () => {
      await template.drop();
      await Promise.all([postgres.stop(), nats.stop()]);
    },
  };
}

/** A given server, which stays when the run ends. */
function given(name: string): { url: string; stop: () => Promise<void> } | undefined {
  const url = process.env[name];
  return url === undefined || url === '' ? undefined : { url, stop: async () => {} };
}
