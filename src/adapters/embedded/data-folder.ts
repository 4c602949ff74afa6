import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StartError } from '../../own-error.ts';

/**
 * Makes the folder and locks it for this process: two processes on one embedded database would lose rows without an error.
 * The lock is the kernel's (SQLite's), so it is free as soon as its owner ends, in any way.
 * @throws StartError
 */
export function lockDataFolder(folder: string): { unlock(): void } {
  const lock = inDataFolder(folder, () => {
    makeFolder(folder);
    probe(folder);
    return new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  });
  try {
    lock.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new StartError(
      `The data folder ${folder} is in use by another Assay process. Stop that one, or choose another folder by DATA_DIR.`,
      { cause: error },
    );
  }
  return { unlock: () => lock.close() };
}

/**
 * The free bytes on the disk of a data folder.
 * @throws StartError if they are too few for database and broker
 */
export function checkRoom(folder: string): number {
  const { bavail, bsize } = inDataFolder(folder, () => statfsSync(folder));
  const freeBytes = bavail * bsize;
  const bytesMin = existsSync(join(folder, 'postgres')) ? MORE_BYTES_MIN : NEW_BYTES_MIN;
  if (freeBytes < bytesMin)
    throw new StartError(
      `The disk of the data folder ${folder} has ${inMegabytes(freeBytes)} MB of free space: the embedded database and broker ` +
        `need ${inMegabytes(bytesMin)} MB. Free some space, or choose another folder by DATA_DIR.`,
    );
  return freeBytes;
}

/** An empty database takes 40 MB, its log at most 64 MB between two checkpoints, and the smallest streams 7 MB. */
const NEW_BYTES_MIN = 128_000_000;
const MORE_BYTES_MIN = 48_000_000;
const inMegabytes = (bytes: number): number => Math.floor(bytes / 1_000_000);

/** Runs an action on files of the data folder. @throws StartError */
export function inDataFolder<T>(folder: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new StartError(
      `The data folder ${folder} can not be used (${code}): the program creates, reads and writes files in it. ` +
        'Give it the rights and the disk space for that, or choose another folder by DATA_DIR.',
      { cause: error },
    );
  }
}

/** One level at a time: below /proc, Node's own `recursive` never returns. */
function makeFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    // For its owner only: it holds people's answers.
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    // Another process may have made it meanwhile.
    if (!isFolder(folder)) throw error;
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** Makes a folder and a file as database and broker do, whose own errors would name no setting. */
function probe(folder: string): void {
  const inner = mkdtempSync(join(folder, 'probe-'));
  try {
    writeFileSync(join(inner, 'probe'), 'probe');
  } finally {
    rmSync(inner, { recursive: true });
  }
  for (const name of ENTRIES)
    if (existsSync(join(folder, name))) accessSync(join(folder, name), constants.R_OK | constants.W_OK);
}

/** Files and folders of an earlier start, perhaps by another user. */
const ENTRIES = ['lock', 'nats.conf', 'jetstream', 'postgres'];
