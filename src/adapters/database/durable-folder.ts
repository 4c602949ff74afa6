import { BaseFilesystem, type FsStats } from '@electric-sql/pglite/basefs';
import * as nodeFiles from 'node:fs';
import { dirname, join } from 'node:path';
import { OwnError } from '../../own-error.ts';

/** The functions of `node:fs` that a `DurableFolder` uses. */
export type Files = Pick<
  typeof nodeFiles,
  | 'chmodSync'
  | 'closeSync'
  | 'fdatasync'
  | 'fdatasyncSync'
  | 'fstatSync'
  | 'fsyncSync'
  | 'ftruncateSync'
  | 'lstatSync'
  | 'mkdirSync'
  | 'openSync'
  | 'readdirSync'
  | 'readSync'
  | 'renameSync'
  | 'rmdirSync'
  | 'unlinkSync'
  | 'utimesSync'
  | 'writeFileSync'
  | 'writeSync'
>;

/**
 * The files of the embedded database, in a folder. What a statement has written is on the disk before its answer: PGlite
 * calls `syncToFs` in between. Within a statement, files reach the disk in the order that PostgreSQL's recovery relies on
 * (docs/decisions/0037); PGlite itself runs without fsync.
 */
export class DurableFolder extends BaseFilesystem {
  readonly #root: string;
  readonly #files: Files;
  /** Descriptors with writes that may not be on the disk yet, by their kind. */
  readonly #unsynced = { wal: new Set<number>(), other: new Set<number>() };
  /** Paths of directories with changes that may not be on the disk yet. */
  readonly #unsyncedFolders = new Set<string>();
  readonly #kinds = new Map<number, Kind>();
  #failure: SyncError | undefined;
  #walBytes = 0;

  constructor(root: string, files: Files = nodeFiles) {
    super(root);
    this.#root = root;
    this.#files = files;
  }

  /** The bytes that were written to the log since the last checkpoint. PostgreSQL keeps at least these. */
  get walBytes(): number {
    return this.#walBytes;
  }

  /** @throws SyncError for ever after a sync has failed: the kernel's copy of the file then differs from the disk's. */
  override async syncToFs(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    const descriptors = [...this.#unsynced.wal, ...this.#unsynced.other];
    try {
      // Not on the main thread: meanwhile requests are served, and the next statements wait for each other's company.
      await Promise.all(descriptors.map((descriptor) => this.#syncSoon(descriptor)));
      for (const descriptor of descriptors) this.#isSynced(descriptor);
      this.#syncFolders();
    } catch (error) {
      throw this.#failed(error);
    }
  }

  override async closeFs(): Promise<void> {
    this.#syncAll();
  }

  override open(path: string): number {
    return this.#do(() => {
      const descriptor = this.#files.openSync(this.#at(path), 'r+');
      this.#kinds.set(descriptor, kindOf(path));
      return descriptor;
    });
  }

  override close(descriptor: number): void {
    this.#do(() => {
      this.#sync(descriptor);
      this.#kinds.delete(descriptor);
      this.#files.closeSync(descriptor);
    });
  }

  override read(descriptor: number, buffer: Uint8Array, offset: number, length: number, position: number): number {
    return this.#do(() => this.#files.readSync(descriptor, view(buffer, offset, length), 0, length, position));
  }

  override write(descriptor: number, buffer: Uint8Array, offset: number, length: number, position: number): number {
    return this.#do(() => {
      const kind = this.#kinds.get(descriptor);
      const bytes = view(buffer, offset, length);
      if (kind === 'wal') {
        this.#unsynced.wal.add(descriptor);
        this.#walBytes += length;
        return this.#files.writeSync(descriptor, bytes, 0, length, position);
      }
      // The control file says from where recovery begins: all before that place has to be in the files.
      if (kind === 'control') {
        this.#syncAll();
        this.#walBytes = 0;
      } else this.#syncWal();
      this.#unsynced.other.add(descriptor);
      return this.#files.writeSync(descriptor, bytes, 0, length, position);
    });
  }

  override truncate(path: string, length = 0): void {
    this.#do(() => {
      this.#syncWal();
      const descriptor = this.#files.openSync(this.#at(path), 'r+');
      try {
        this.#files.ftruncateSync(descriptor, length);
        this.#syncNow(descriptor);
      } finally {
        this.#files.closeSync(descriptor);
      }
    });
  }

  override rename(oldPath: string, newPath: string): void {
    this.#do(() => {
      // As PostgreSQL's durable_rename: the new name never stands for half of a file.
      this.#syncAll();
      this.#files.renameSync(this.#at(oldPath), this.#at(newPath));
      this.#changed(oldPath);
      this.#changed(newPath);
      this.#syncFolders();
    });
  }

  override unlink(path: string): void {
    this.#do(() => {
      // After a checkpoint it is a part of the log, which the control file still needs until it is synced.
      this.#syncAll();
      this.#files.unlinkSync(this.#at(path));
      this.#changed(path);
    });
  }

  override rmdir(path: string): void {
    this.#do(() => {
      this.#syncWal();
      this.#files.rmdirSync(this.#at(path));
      this.#unsyncedFolders.delete(this.#at(path));
      this.#changed(path);
    });
  }

  override mkdir(path: string, options?: { recursive?: boolean; mode?: number }): void {
    this.#do(() => {
      this.#files.mkdirSync(this.#at(path), options);
      this.#changed(path);
    });
  }

  override writeFile(path: string, data: string | Uint8Array, options?: { mode?: number }): void {
    this.#do(() => {
      this.#files.writeFileSync(this.#at(path), data, { mode: options?.mode ?? 0o600 });
      this.#changed(path);
    });
  }

  override chmod(path: string, mode: number): void {
    this.#do(() => this.#files.chmodSync(this.#at(path), mode));
  }

  override utimes(path: string, atime: number, mtime: number): void {
    this.#do(() => this.#files.utimesSync(this.#at(path), atime, mtime));
  }

  override fstat(descriptor: number): FsStats {
    return this.#do(() => statsOf(this.#files.fstatSync(descriptor)));
  }

  override lstat(path: string): FsStats {
    return this.#do(() => statsOf(this.#files.lstatSync(this.#at(path))));
  }

  override readdir(path: string): string[] {
    return this.#do(() => this.#files.readdirSync(this.#at(path)));
  }

  #at(path: string): string {
    return join(this.#root, path);
  }

  #changed(path: string): void {
    this.#unsyncedFolders.add(dirname(this.#at(path)));
  }

  #syncAll(): void {
    this.#syncWal();
    for (const descriptor of this.#unsynced.other) this.#sync(descriptor);
    this.#syncFolders();
  }

  /** Before any other file changes, the log has to say how. */
  #syncWal(): void {
    for (const descriptor of this.#unsynced.wal) this.#sync(descriptor);
  }

  #sync(descriptor: number): void {
    if (!this.#unsynced.wal.has(descriptor) && !this.#unsynced.other.has(descriptor)) return;
    this.#syncNow(descriptor);
    this.#isSynced(descriptor);
  }

  #syncNow(descriptor: number): void {
    try {
      this.#files.fdatasyncSync(descriptor);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #syncSoon(descriptor: number): Promise<void> {
    return new Promise((done, failed) => {
      this.#files.fdatasync(descriptor, (error) => (error === null ? done() : failed(error)));
    });
  }

  #isSynced(descriptor: number): void {
    this.#unsynced.wal.delete(descriptor);
    this.#unsynced.other.delete(descriptor);
  }

  #syncFolders(): void {
    for (const folder of this.#unsyncedFolders) {
      const descriptor = this.#files.openSync(folder, 'r');
      try {
        this.#files.fsyncSync(descriptor);
      } finally {
        this.#files.closeSync(descriptor);
      }
      this.#unsyncedFolders.delete(folder);
    }
  }

  #failed(cause: unknown): SyncError {
    this.#failure ??= new SyncError(cause);
    return this.#failure;
  }

  /** Errors of Node name a code by a text; PGlite expects its number. */
  #do<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      const { code } = error as { code?: unknown };
      throw new Refusal((typeof code === 'string' ? ERRNO[code] : undefined) ?? EIO, error);
    }
  }
}

/** The disk did not take what was written. */
export class SyncError extends OwnError {
  override readonly name = 'SyncError';

  constructor(cause: unknown) {
    super('the embedded database could not be written to the disk: restart the program', { cause });
  }
}

class Refusal extends OwnError {
  override readonly name = 'Refusal';
  readonly code: number;

  constructor(code: number, cause: unknown) {
    super('an operation on a file of the embedded database failed', { cause });
    this.code = code;
  }
}

type Kind = 'wal' | 'control' | 'other';

const kindOf = (path: string): Kind =>
  path.startsWith('/pg_wal/') ? 'wal' : path === '/global/pg_control' ? 'control' : 'other';

/** The part of the memory that an operation is about: PGlite hands over views of it, or all of it. */
const view = (memory: Uint8Array | ArrayBuffer, offset: number, length: number): Uint8Array =>
  ArrayBuffer.isView(memory)
    ? new Uint8Array(memory.buffer, memory.byteOffset + offset, length)
    : new Uint8Array(memory, offset, length);

const statsOf = (stats: nodeFiles.Stats): FsStats => ({
  dev: stats.dev,
  ino: stats.ino,
  mode: stats.mode,
  nlink: stats.nlink,
  uid: stats.uid,
  gid: stats.gid,
  rdev: stats.rdev,
  size: stats.size,
  blksize: stats.blksize,
  blocks: stats.blocks,
  atime: stats.atimeMs,
  mtime: stats.mtimeMs,
  ctime: stats.ctimeMs,
});

/** The numbers of WASI, by which PGlite's `ERRNO_CODES` go. */
const EIO = 29;
const ERRNO: Record<string, number> = {
  EACCES: 2,
  EBADF: 8,
  EBUSY: 10,
  EDQUOT: 19,
  EEXIST: 20,
  EFBIG: 22,
  EINVAL: 28,
  EIO,
  EISDIR: 31,
  ELOOP: 32,
  EMFILE: 33,
  ENAMETOOLONG: 37,
  ENFILE: 41,
  ENOENT: 44,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  EPERM: 63,
  EROFS: 69,
};
