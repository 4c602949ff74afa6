import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { StartError } from '../../own-error.ts';

const OCCUPIED = ['ENOTEMPTY', 'EEXIST', 'ENOTDIR'];

/**
 * Makes a folder into an empty database, unless it is one, from the stored result of PostgreSQL's `initdb`: PGlite would
 * run that for some five seconds. The files have another folder until they are complete, so that a killed process leaves
 * no partial database.
 * @throws StartError if the folder holds other files
 */
export async function prepareFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  const { dataDir } = await import('@electric-sql/pglite-prepopulatedfs');
  const { parseTar } = await import('nanotar');
  const archive = await (await dataDir()).arrayBuffer();
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const { name, type, data } of parseTar(gunzipSync(archive))) {
    const path = join(unfinished, name);
    mkdirSync(type === 'directory' ? path : dirname(path), { recursive: true, mode: 0o700 });
    if (type !== 'directory') writeFileSync(path, data ?? '', { mode: 0o600 });
  }
  await syncBelow(unfinished);
  try {
    renameSync(unfinished, folder);
    await syncEach([dirname(folder)]);
  } catch (error) {
    if (!OCCUPIED.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new StartError(`${folder} holds other files than a database. Move them away, or choose another DATA_DIR.`, {
      cause: error,
    });
  }
}

function versionOf(folder: string): string {
  const file = join(folder, 'PG_VERSION');
  const text = statSync(file).isFile() ? readFileSync(file, 'utf8') : '';
  return /^\d{1,3}(?=\n?$)/.exec(text)?.[0] ?? 'an unknown version';
}

/** Otherwise a power loss after the first start could leave empty files under their right names. */
const syncBelow = async (folder: string): Promise<void> =>
  await syncEach([
    folder,
    ...readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  ]);

/** Several at a time: a journaling file system writes them together. */
async function syncEach(paths: readonly string[]): Promise<void> {
  const rest = paths.values();
  const work = async (): Promise<void> => {
    for (const path of rest) {
      const file = await open(path);
      try {
        await file.sync();
      } finally {
        await file.close();
      }
    }
  };
  await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, work));
}

const SYNCS_AT_ONCE = 8;

/**
 * The database that PGlite opens in a folder.
 * @throws StartError if the folder is damaged or of another version of PostgreSQL
 */
export async function opened<T>(folder: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening;
  } catch (error) {
    throw new StartError(
      `The database in ${folder}, made by PostgreSQL ${versionOf(folder)}, can not be opened: it is damaged, or of another ` +
        'version than the embedded one. Restore a backup, or choose another DATA_DIR.',
      { cause: error },
    );
  }
}
