import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nkeys } from 'nats';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { Client } from 'pg';
import { databaseTrouble, openDatabase } from '../../src/adapters/database.ts';
import { startApp } from '../support/app.ts';
import { createAuthority, type Authority, type Certificate } from '../support/certificates.ts';
import { startNats, type Nats } from '../support/nats.ts';
import { startPostgres, type Postgres } from '../support/postgres.ts';
import { until } from '../support/wait.ts';
import { startWire, type Wire } from '../support/wire.ts';
import { createWorld } from '../support/world.ts';
import { openBroker } from '../adapters/broker/broker.ts';
import { readConfig } from '../../src/config.ts';
import { launchProgram, startProgram } from './program.ts';

let authority: Authority;
let other: Authority;
let client: Certificate;
/** Demands TLS of everybody but `postgres`, and a certificate of whoever is called `certified`. */
let encrypted: Postgres;
let plain: Postgres;
let misnamed: Postgres;

const HBA = [
  'host all postgres 127.0.0.1/32 trust',
  'hostssl all certified 127.0.0.1/32 trust clientcert=verify-ca',
  'hostssl all assay 127.0.0.1/32 trust',
];
const SSL = ['ssl=on', 'ssl_cert_file={dir}/server.pem', 'ssl_key_file={dir}/server.key', 'ssl_ca_file={dir}/ca.pem'];

async function encryptedPostgres(names: string): Promise<Postgres> {
  const server = authority.issue('server', names);
  const postgres = await startPostgres({
    files: {
      'server.pem': server.certificate,
      'server.key': server.key,
      'ca.pem': authority.text,
      'hba.conf': `${HBA.join('\n')}\n`,
    },
    settings: [...SSL, 'hba_file={dir}/hba.conf'],
  });
  await withRoles(postgres);
  return postgres;
}

async function withRoles({ url }: Postgres): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query('CREATE ROLE assay LOGIN SUPERUSER; CREATE ROLE certified LOGIN SUPERUSER');
  await admin.end();
}

beforeAll(async () => {
  [authority, other] = [createAuthority(), createAuthority()];
  client = authority.issue('assay');
  [encrypted, plain, misnamed] = await Promise.all([
    encryptedPostgres('IP:127.0.0.1'),
    startPostgres(),
    encryptedPostgres('DNS:elsewhere.example'),
  ]);
  await withRoles(plain);
});

afterAll(async () => {
  await Promise.all([encrypted, plain, misnamed].map((postgres) => postgres.stop()));
  authority.remove();
  other.remove();
});

async function wireTo(port: number): Promise<Wire> {
  const wire = await startWire(port);
  onTestFinished(() => wire.close());
  return wire;
}

/** `@ca`, `@other`, `@cert` and `@key` stand for files. */
const withFiles = (query: string): string =>
  query
    .replace('@ca', authority.file)
    .replace('@other', other.file)
    .replace('@cert', client.certificateFile)
    .replace('@key', client.keyFile);

/** How a check of the database ends, and how its connection began. */
async function tried(postgres: Postgres, query: string, user = 'assay') {
  const wire = await wireTo(postgres.port);
  const url = `postgresql://${user}@127.0.0.1:${wire.port}/postgres?${withFiles(query)}`;
  const database = await openDatabase({ at: { url, poolMax: 1 }, leaseMs: 15_000, observe: () => {} });
  const outcome = await database.identity().then(
    () => 'connected',
    (error: unknown) => databaseTrouble(error)?.code ?? 'refused',
  );
  await database.close();
  return { outcome, encrypted: wire.encrypted, clear: wire.clear };
}

const overTls = { outcome: 'connected', encrypted: 1, clear: 0 };

test.each([
  ['sslmode=require', overTls],
  ['sslmode=require&sslrootcert=@ca', overTls],
  ['sslmode=verify-ca&sslrootcert=@ca', overTls],
  ['sslmode=verify-full&sslrootcert=@ca', overTls],
  ['sslmode=require&sslrootcert=@other', { outcome: 'SELF_SIGNED_CERT_IN_CHAIN', encrypted: 1, clear: 0 }],
  ['sslmode=verify-ca&sslrootcert=@other', { outcome: 'SELF_SIGNED_CERT_IN_CHAIN', encrypted: 1, clear: 0 }],
  ['sslmode=verify-full&sslrootcert=@other', { outcome: 'SELF_SIGNED_CERT_IN_CHAIN', encrypted: 1, clear: 0 }],
  ['sslmode=verify-full', { outcome: 'SELF_SIGNED_CERT_IN_CHAIN', encrypted: 1, clear: 0 }],
  ['sslmode=disable', { outcome: '28000', encrypted: 0, clear: 1 }],
])('a PostgreSQL with TLS and %s', async (query, expected) => {
  expect(await tried(encrypted, query)).toEqual(expected);
});

test.each([
  ['sslmode=verify-ca&sslrootcert=@ca', overTls],
  ['sslmode=verify-full&sslrootcert=@ca', { outcome: 'ERR_TLS_CERT_ALTNAME_INVALID', encrypted: 1, clear: 0 }],
])("a PostgreSQL with another host's certificate and %s", async (query, expected) => {
  expect(await tried(misnamed, query)).toEqual(expected);
});

test.each(['require', 'verify-ca&sslrootcert=@ca', 'verify-full'])(
  'a PostgreSQL without TLS is told nothing with sslmode=%s',
  async (mode) => {
    expect(await tried(plain, `sslmode=${mode}`)).toEqual({ outcome: 'refused', encrypted: 0, clear: 0 });
  },
);

test('a certificate of the program is shown to a PostgreSQL that asks for one', async () => {
  const query = 'sslmode=verify-full&sslrootcert=@ca';
  expect(await tried(encrypted, query, 'certified')).toEqual({ ...overTls, outcome: '28000' });
  expect(await tried(encrypted, `${query}&sslcert=@cert&sslkey=@key`, 'certified')).toEqual(overTls);
});

async function encryptedNats(lines: string[] = []): Promise<Nats> {
  const server = authority.issue('nats', 'DNS:localhost');
  const tls = `cert_file: "${server.certificateFile}", key_file: "${server.keyFile}", ca_file: "${authority.file}"`;
  const nats = await startNats({ config: [`tls { ${tls}, verify: true }`, ...lines] });
  onTestFinished(() => nats.stop());
  return nats;
}

test('migrate, api and worker say nothing in clear where the URLs demand TLS', { timeout: 180_000 }, async () => {
  const nats = await encryptedNats(['authorization { user: u, password: "p@ss" }']);
  const wires = { database: await wireTo(encrypted.port), nats: await wireTo(nats.port) };
  const parameters = withFiles('sslmode=verify-full&sslrootcert=@ca&sslcert=@cert&sslkey=@key');
  const admin = new Client({ connectionString: encrypted.url });
  await admin.connect();
  await admin.query('CREATE DATABASE roles');
  await admin.end();
  const env = {
    DATABASE_URL: `postgresql://certified@127.0.0.1:${wires.database.port}/roles?${parameters}`,
    NATS_URL: `tls://u:p%40ss@localhost:${wires.nats.port}`,
    NATS_CA_FILE: authority.file,
    NATS_CERT_FILE: client.certificateFile,
    NATS_KEY_FILE: client.keyFile,
    PORT: '0',
    DEMO_MODEL: '1',
  };
  const counts = () => [wires.database.encrypted, wires.nats.encrypted];
  await using migrate = launchProgram('migrate', env);
  expect(await migrate.exited).toEqual({ code: 0, signal: null });
  const afterMigrate = counts();
  expect(afterMigrate[0]).toBeGreaterThan(1);
  await using worker = await startProgram('worker', env);
  await until(async () => (await fetch(`${worker.probesUrl}/readyz`)).status === 200, { timeoutMs: 30_000 });
  const afterWorker = counts();
  await using api = await startProgram('api', env);
  await until(async () => (await fetch(`${api.probesUrl}/readyz`)).status === 200, { timeoutMs: 30_000 });
  const afterApi = counts();
  for (const [before, after] of [
    [afterMigrate, afterWorker],
    [afterWorker, afterApi],
  ])
    for (const at of [0, 1]) expect(after?.[at]).toBeGreaterThan(before?.[at] ?? Infinity);
  expect([wires.database.clear, wires.nats.clear]).toEqual([0, 0]);
});

/** A broker with the settings, as the program reads them. */
function brokerBy(env: Record<string, string>) {
  const config = readConfig('api', { DATABASE_URL: 'postgres://h/d', ...env });
  return openBroker({
    url: config.natsUrl ?? '',
    address: { user: config.natsUser, password: config.natsPassword, token: config.natsToken, tls: config.natsTls },
  });
}

test('a broker without TLS gets neither a password nor a token where the URL says tls://', async () => {
  const nats = await startNats({ config: ['authorization { user: u, password: p }'] });
  onTestFinished(() => nats.stop());
  const wire = await wireTo(nats.port);
  await using one = brokerBy({ NATS_URL: `tls://u:p@localhost:${wire.port}` });
  await until(() => one.troubles.length > 1);
  expect(one.troubles[0]).toMatch(/offers no TLS/);
  expect(one.broker.ready).toBe(false);
  expect([wire.encrypted, wire.clear]).toEqual([0, 0]);
});

test('a broker whose certificate comes from another authority gets no password', async () => {
  const nats = await encryptedNats();
  const wire = await wireTo(nats.port);
  await using one = brokerBy({ NATS_URL: `nats://u:p@localhost:${wire.port}`, NATS_CA_FILE: other.file });
  await until(() => one.troubles.length > 1);
  expect(one.troubles[0]).toMatch(/certificate of the broker is not trusted: check NATS_CA_FILE/);
  expect(one.broker.ready).toBe(false);
  expect(wire.clear).toBe(0);
});

test('a login may be a token in NATS_URL, or the seed of an nkey', { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-seed-'));
  const pair = nkeys.createUser();
  writeFileSync(join(folder, 'seed'), `${new TextDecoder().decode(pair.getSeed())}\n`);
  const nats = await startNats({ config: ['authorization { token: "to/ken" }'] });
  const keyed = await startNats({ config: [`authorization { users: [{ nkey: ${pair.getPublicKey()} }] }`] });
  onTestFinished(async () => {
    await Promise.all([nats.stop(), keyed.stop()]);
    rmSync(folder, { recursive: true });
  });
  await using one = brokerBy({ NATS_URL: `nats://to%2Fken@127.0.0.1:${nats.port}` });
  expect(await one.broker.whenReady(15_000)).toBe(true);

  await using world = await createWorld({ natsUrl: keyed.url });
  await using app = await startApp({ world, env: { NATS_NKEY_FILE: join(folder, 'seed') } });
  expect((await fetch(`${app.probesUrl}/readyz`)).status).toBe(200);
});

test('migrate ends at once where the certificate is refused, and says what to check', async () => {
  const query = withFiles('sslmode=verify-full&sslrootcert=@other');
  const url = `postgresql://assay@127.0.0.1:${encrypted.port}/postgres?${query}`;
  await using program = launchProgram('migrate', { DATABASE_URL: url });
  expect(await program.exited).toEqual({ code: 78, signal: null });
  expect(program.stderr()).toMatch(
    /^The certificate of the database is not trusted: check sslrootcert .* \(SELF_SIGNED_CERT_IN_CHAIN\)\.\n$/,
  );
});
