import { PGlite } from '@electric-sql/pglite';
import { randomBytes } from 'node:crypto';
import fs, { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/database.ts';
import { DurableFolder, SyncError } from '../../../src/adapters/database/durable-folder.ts';
import { prepareFolder } from '../../../src/adapters/database/pglite-folder.ts';
import { newAssessment } from './store.ts';
import { UnreliableDisk, type Kept } from './unreliable-disk.ts';

let place: string;
const empty = (): string => join(place, 'empty');

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'assay-durable-'));
  await prepareFolder(empty());
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

function temporary(): string {
  const folder = mkdtempSync(join(place, 'test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Few buffers, so that pages are written long before a checkpoint. */
const SMALL = [
  '-c',
  'shared_buffers=128kB',
  '-c',
  'wal_buffers=64kB',
  '-c',
  'min_wal_size=32MB',
  '-c',
  'max_wal_size=32MB',
];

/** The files whose unsynced writes the kernel has written by itself when the power goes. */
const KEPT = {
  nothing: () => false,
  'all but the log': (path) => !path.startsWith('pg_wal/'),
  'the log and the control file': (path) => path.startsWith('pg_wal/') || path === 'global/pg_control',
  everything: () => true,
} satisfies Record<string, Kept>;
type KeptName = keyof typeof KEPT;

async function onUnreliableDisk(params = SMALL) {
  const parent = temporary();
  const folder = join(parent, 'postgres');
  cpSync(empty(), folder, { recursive: true });
  const disk = new UnreliableDisk(folder);
  const client = await PGlite.create({
    dataDir: folder,
    fs: new DurableFolder(folder, disk),
    startParams: [...PGlite.defaultStartParams, ...params],
  });
  onTestFinished(async () => {
    if (!client.closed) await client.close();
  });
  await client.exec('CREATE TABLE entries (id int PRIMARY KEY, round int NOT NULL, text text NOT NULL)');
  const lose = (kept: KeptName, when = 'then'): string => {
    const image = join(parent, `${when} with ${kept}`);
    disk.lose(image, KEPT[kept]);
    return image;
  };
  return { client, disk, lose };
}

const text = (seed: number): string => Array.from({ length: 60 }, (_, at) => Math.sin(seed * 61 + at)).join();

/** Inserts and updates some hundred rows. */
async function work(client: PGlite, round: number): Promise<void> {
  const ids = Array.from({ length: 150 }, (_, at) => round * 150 + at);
  await client.query('INSERT INTO entries SELECT id, $2, text FROM unnest($1::int[], $3::text[]) AS new (id, text)', [
    ids,
    round,
    ids.map(text),
  ]);
  await client.query('UPDATE entries SET round = $1 WHERE id % 7 = $1 % 7', [round]);
}

type Counts = { rows: number; rounds: number };

const counted = async (client: PGlite): Promise<Counts> => {
  const { rows } = await client.query<Counts>(
    'SELECT count(*)::int AS rows, coalesce(sum(round), 0)::int AS rounds FROM entries',
  );
  return rows[0] ?? { rows: 0, rounds: 0 };
};

/** Opens what a power loss has left, and uses it. */
async function recovered<T>(image: string, use: (client: PGlite) => Promise<T>): Promise<T> {
  const client = await PGlite.create({ dataDir: image });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

/** Reads by table and by index, and writes. */
async function countedInAllWays(client: PGlite): Promise<Counts> {
  const counts = await counted(client);
  await client.exec('SET enable_seqscan = off; SET enable_bitmapscan = off');
  const { rows } = await client.query<{ id: number; text: string }>('SELECT id, text FROM entries ORDER BY id');
  expect(rows).toHaveLength(counts.rows);
  for (const row of rows) expect(row.text).toBe(text(row.id));
  // With the number of the transaction that the power loss ended.
  await client.exec(`INSERT INTO entries VALUES (-1, 0, '')`);
  await client.exec('DELETE FROM entries WHERE id = -1');
  expect(await counted(client)).toEqual(counts);
  await client.exec('VACUUM');
  await client.exec('CHECKPOINT');
  return counts;
}

test.each<KeptName>(['nothing', 'all but the log'])(
  'a power loss takes nothing that was answered, even if it leaves %s of what was not synced',
  async (kept) => {
    const { client, lose } = await onUnreliableDisk();
    await work(client, 0);
    await work(client, 1);
    await client.exec('CHECKPOINT');
    await work(client, 2);
    expect(await recovered(lose(kept), countedInAllWays)).toEqual(await counted(client));
  },
);

/** The change of a kind at which the power goes, and what the kernel has written then. */
const MOMENTS: [kind: Kind, change: number, kept: KeptName[]][] = [
  ['log', 1, ['nothing']],
  ['other', 1, ['all but the log']],
  ['other', 80, ['nothing', 'all but the log']],
  ['control', 1, ['the log and the control file', 'everything']],
];
type Kind = 'log' | 'control' | 'other';

test('a power loss within an update or a checkpoint takes nothing of the statements before', async () => {
  const { client, disk, lose } = await onUnreliableDisk();
  for (let round = 0; round < 3; round++) await work(client, round);
  const images: { image: string; counts: Counts }[] = [];
  let counts = await counted(client);
  const changes = { log: 0, control: 0, other: 0 };
  disk.onChange = (path) => {
    const is: Kind = path.startsWith('pg_wal/') ? 'log' : path === 'global/pg_control' ? 'control' : 'other';
    const change = ++changes[is];
    for (const [kind, at, all] of MOMENTS)
      if (kind === is && at === change)
        images.push(...all.map((kept) => ({ image: lose(kept, `${kind} ${at}`), counts })));
  };
  await client.query('UPDATE entries SET round = round + 1000');
  counts = await counted(client);
  // A page of which only the checkpoint writes what is new.
  await client.query('UPDATE entries SET round = round + 1 WHERE id = 7');
  counts.rounds++;
  await client.exec('CHECKPOINT');
  disk.onChange = () => {};
  expect(images).toHaveLength(6);
  for (const { image, counts: expected } of images)
    expect(await recovered(image, countedInAllWays), image).toEqual(expected);
});

test.each<KeptName>(['nothing', 'all but the log'])(
  'a power loss while a table is dropped leaves all of it or nothing, even if it leaves %s',
  async (kept) => {
    const { client, disk, lose } = await onUnreliableDisk();
    await work(client, 0);
    await client.exec('CREATE TABLE other AS SELECT * FROM entries');
    await client.exec('CHECKPOINT');
    const { rows } = await client.query<{ path: string }>(`SELECT pg_relation_filepath('other') AS path`);
    let image: string | undefined;
    disk.onChange = (path) => {
      if (path === rows[0]?.path) image ??= lose(kept);
    };
    await client.exec('DROP TABLE other');
    expect(image).toBeDefined();
    const left = await recovered(image ?? '', async (after) => {
      const exists = `SELECT to_regclass('other') IS NOT NULL AS there`;
      if ((await after.query<{ there: boolean }>(exists)).rows[0]?.there !== true) return 'nothing';
      return (await after.query<{ count: number }>('SELECT count(*)::int FROM other')).rows[0]?.count;
    });
    expect(['nothing', 150]).toContain(left);
  },
);

test('a power loss after the end takes nothing', async () => {
  const { client, lose } = await onUnreliableDisk();
  await work(client, 0);
  const before = await counted(client);
  await client.close();
  expect(await recovered(lose('nothing'), counted)).toEqual(before);
});

test('a statement that only reads syncs nothing', async () => {
  const { client, disk } = await onUnreliableDisk([]);
  await work(client, 0);
  await counted(client);
  const before = disk.syncs;
  await counted(client);
  expect(disk.syncs).toBe(before);
});

test('a disk that does not take what was written fails the statement and every later one', async () => {
  const { client, disk } = await onUnreliableDisk();
  const sync = disk.fdatasync;
  Object.assign(disk, {
    fdatasync: (_: number, done: (error: Error | null) => void) => setImmediate(done, new Error('EIO')),
  });
  await expect(work(client, 0)).rejects.toThrow(SyncError);
  Object.assign(disk, { fdatasync: sync });
  await expect(counted(client)).rejects.toThrow(SyncError);
});

test('the log is cut by a checkpoint once it is long', async () => {
  const folder = join(temporary(), 'postgres');
  cpSync(empty(), folder, { recursive: true });
  const names: string[] = [];
  const database = await openDatabase({
    at: { folder },
    leaseMs: 60_000,
    observe: ({ operation }) => void names.push(operation),
  });
  onTestFinished(() => database.close());
  await database.migrate();
  while (!names.includes('checkpoint')) {
    // Random, or PostgreSQL would compress it.
    const answersJson = JSON.stringify({ text: randomBytes(200_000).toString('base64') });
    await Promise.all(Array.from({ length: 5 }, () => database.submitting.insert(newAssessment({ answersJson }))));
    expect(readdirSync(join(folder, 'pg_wal')).length).toBeLessThan(12);
  }
});

test('a submission is synced before it is accepted, and submissions at the same time share a sync', async () => {
  const folder = join(temporary(), 'postgres');
  cpSync(empty(), folder, { recursive: true });
  const database = await openDatabase({ at: { folder }, leaseMs: 60_000, observe: () => {} });
  const { fdatasync } = fs;
  onTestFinished(async () => {
    Object.assign(fs, { fdatasync });
    syncBuiltinESMExports();
    await database.close();
  });
  await database.migrate();
  let synced = 0;
  const counting = (descriptor: number, done: fs.NoParamCallback): void =>
    fdatasync(descriptor, (error) => {
      synced++;
      done(error);
    });
  Object.assign(fs, { fdatasync: counting });
  syncBuiltinESMExports();
  await database.submitting.insert(newAssessment());
  expect(synced).toBeGreaterThan(0);
  synced = 0;
  await Promise.all(Array.from({ length: 100 }, () => database.submitting.insert(newAssessment())));
  expect(synced).toBeGreaterThan(0);
  expect(synced).toBeLessThan(40);
});
