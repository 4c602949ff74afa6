import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The start can't go on; the message is for the person at the terminal. */
export class DataFolderError extends Error {
  override readonly name = 'StartError';
}

/**
 * Makes the folder and locks it for this process. Two processes on one embedded database lose rows without an error, so
 * the second one is refused. The lock is the kernel's (SQLite's), so it is free at once however its owner ends.
 * @throws DataFolderError
 */
export function lockDataFolder(folder: string): { unlock(): void } {
  try {
    // What people answered is in it.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataFolderError(`The data folder ${folder} can not be made. Choose another one by DATA_DIR.`, {
      cause: error,
    });
  }
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new DataFolderError(
      `The data folder ${folder} is in use by another Assay process. Stop that one, or choose another folder by DATA_DIR.`,
      { cause: error },
    );
  }
  return { unlock: () => lock.close() };
}
