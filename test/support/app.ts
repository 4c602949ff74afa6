import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp as start } from '../../src/app.ts';
import { readConfig, type Role } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { startClient, type Client } from './client.ts';
import { createWorld, type World } from './world.ts';

export type TestApp = {
  /** Address of the api; for a worker, the address of its probes. */
  url: string;
  probesUrl: string;
  world: World;
  /** The parsed lines of the log. */
  logs: Record<string, unknown>[];
  /** A visitor with a session of its own. */
  client: () => Promise<Client>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type AppOptions = {
  role?: Role;
  /** To share a world with other processes. @defaultValue a world of its own, which ends with the app */
  world?: World;
  env?: Record<string, string>;
};

/** The program in this process, as src/main.ts starts it, on real servers and the scripted model. */
export async function startApp({ role = 'all', world, env = {} }: AppOptions = {}): Promise<TestApp> {
  const used = world ?? (await createWorld());
  const afterwards = async (): Promise<void> => {
    if (world === undefined) await used.close();
  };
  try {
    return await open(role, { ...used.env, ...env }, used, afterwards);
  } catch (error) {
    await afterwards();
    throw error;
  }
}

/** The same with embedded database and broker, as by `npm start`, in a new data folder unless DATA_DIR is given. */
export async function startEmbeddedApp(env: Record<string, string> = {}): Promise<Omit<TestApp, 'world'>> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-data-'));
  const remove = async (): Promise<void> => rmSync(folder, { recursive: true, force: true });
  const given = {
    PORT: '0',
    METRICS_PORT: '0',
    SUBMITS_PER_MINUTE: '0',
    SESSIONS_PER_MINUTE: '0',
    DATA_DIR: folder,
  };
  try {
    return await open('all', { ...given, ...env }, undefined as never, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

async function open(
  role: Role,
  env: Record<string, string>,
  world: World,
  afterwards: () => Promise<void>,
): Promise<TestApp> {
  const logs: Record<string, unknown>[] = [];
  const log = createLog('debug', role, { write: (line) => void logs.push(JSON.parse(line) as (typeof logs)[number]) });
  const app = await start(readConfig(role, env), log);
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= app.close().then(afterwards));
  const url = app.url ?? app.probesUrl;
  return {
    url,
    probesUrl: app.probesUrl,
    world,
    logs,
    client: () => startClient(url),
    close,
    [Symbol.asyncDispose]: close,
  };
}
