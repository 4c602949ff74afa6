import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../../src/adapters/database.ts';
import { prepareFolder } from '../../../src/adapters/database/pglite-folder.ts';

function place() {
  const parent = mkdtempSync(join(tmpdir(), 'assay-folder-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return { folder: join(parent, 'postgres'), unfinished: join(parent, 'postgres.unfinished') };
}

test('a new folder becomes a database, without files beside it', async () => {
  const { folder, unfinished } = place();
  await prepareFolder(folder);
  expect(readFileSync(join(folder, 'PG_VERSION'), 'utf8')).toMatch(/^\d+\n$/);
  expect(existsSync(join(folder, 'global/pg_control'))).toBe(true);
  expect(existsSync(unfinished)).toBe(false);
});

test('files of an unfinished database of a killed process are not used', async () => {
  const { folder, unfinished } = place();
  mkdirSync(join(unfinished, 'base'), { recursive: true });
  writeFileSync(join(unfinished, 'base/cut'), 'half of a table');
  await prepareFolder(folder);
  expect(existsSync(join(folder, 'global/pg_control'))).toBe(true);
  expect(existsSync(join(folder, 'base/cut'))).toBe(false);
});

test('an existing database stays unchanged', async () => {
  const { folder } = place();
  mkdirSync(folder);
  writeFileSync(join(folder, 'PG_VERSION'), 'any\n');
  await prepareFolder(folder);
  expect(readFileSync(join(folder, 'PG_VERSION'), 'utf8')).toBe('any\n');
  expect(existsSync(join(folder, 'global'))).toBe(false);
});

test('a folder with other files is refused with a remedy, and stays unchanged', async () => {
  const { folder } = place();
  mkdirSync(folder);
  writeFileSync(join(folder, 'diary.txt'), 'mine');
  await expect(prepareFolder(folder)).rejects.toThrow(
    `${folder} holds other files than a database. Move them away, or choose another DATA_DIR.`,
  );
  expect(readFileSync(join(folder, 'diary.txt'), 'utf8')).toBe('mine');
});

describe('a database that can not be opened is refused with its version and a remedy:', () => {
  test.each<[string, string, (folder: string) => void]>([
    ['another version of PostgreSQL', '16', (folder) => writeFileSync(join(folder, 'PG_VERSION'), '16\n')],
    ['a missing control file', '\\d+', (folder) => rmSync(join(folder, 'global/pg_control'))],
    ['an empty control file', '\\d+', (folder) => truncateSync(join(folder, 'global/pg_control'))],
    ['no log', '\\d+', (folder) => rmSync(join(folder, 'pg_wal'), { recursive: true })],
    ['no version', 'an unknown version', (folder) => writeFileSync(join(folder, 'PG_VERSION'), '../x\n')],
    [
      'a folder in place of its version',
      'an unknown version',
      (folder) => {
        rmSync(join(folder, 'PG_VERSION'));
        mkdirSync(join(folder, 'PG_VERSION'));
      },
    ],
  ])('%s', { timeout: 60_000 }, async (_, version, damage) => {
    const { folder } = place();
    await prepareFolder(folder);
    damage(folder);
    const opening = openDatabase({ at: { folder }, leaseMs: 60_000, observe: () => {} });
    await expect(opening).rejects.toMatchObject({
      name: 'StartError',
      message: expect.stringMatching(
        new RegExp(`^The database in ${folder}, made by PostgreSQL ${version}, can not be opened: .+ DATA_DIR\\.$`),
      ) as string,
    });
  });
});
