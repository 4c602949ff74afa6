import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareFolder } from '../../../src/adapters/database/pglite-folder.ts';

function place() {
  const parent = mkdtempSync(join(tmpdir(), 'assay-folder-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  return { folder: join(parent, 'postgres'), unfinished: join(parent, 'postgres.unfinished') };
}

test('a new folder becomes a database, and nothing is left beside it', async () => {
  const { folder, unfinished } = place();
  await prepareFolder(folder);
  expect(readFileSync(join(folder, 'PG_VERSION'), 'utf8')).toMatch(/^\d+\n$/);
  expect(existsSync(join(folder, 'global/pg_control'))).toBe(true);
  expect(existsSync(unfinished)).toBe(false);
});

test('of one that was half-way when the process was killed nothing is taken over', async () => {
  const { folder, unfinished } = place();
  mkdirSync(join(unfinished, 'base'), { recursive: true });
  writeFileSync(join(unfinished, 'base/cut'), 'half of a table');
  await prepareFolder(folder);
  expect(existsSync(join(folder, 'global/pg_control'))).toBe(true);
  expect(existsSync(join(folder, 'base/cut'))).toBe(false);
});

test('a database that is there stays as it is', async () => {
  const { folder } = place();
  mkdirSync(folder);
  writeFileSync(join(folder, 'PG_VERSION'), 'any\n');
  await prepareFolder(folder);
  expect(readFileSync(join(folder, 'PG_VERSION'), 'utf8')).toBe('any\n');
  expect(existsSync(join(folder, 'global'))).toBe(false);
});

test('what is no database is refused, with what to do, and stays', async () => {
  const { folder } = place();
  mkdirSync(folder);
  writeFileSync(join(folder, 'diary.txt'), 'mine');
  await expect(prepareFolder(folder)).rejects.toThrow(
    `${folder} holds something that is no database. Move it away, or choose another DATA_DIR.`,
  );
  expect(readFileSync(join(folder, 'diary.txt'), 'utf8')).toBe('mine');
});
