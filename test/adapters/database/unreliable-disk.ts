import * as files from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Files } from '../../../src/adapters/database/durable-folder.ts';

/** Whether a power loss leaves the writes that were not synced: called for each with the file's path below the folder. */
export type Kept = (path: string) => boolean;

type Change = { at: number; bytes: Buffer } | { length: number };
type File = { synced: Buffer; changes: Change[] };

/**
 * Files of a folder, of which a power loss takes what was not synced: the content of files, and names in folders. It stands
 * between the program and `node:fs`. What is in the folder at the beginning counts as synced.
 */
export class UnreliableDisk implements Files {
  readonly #root: string;
  /** By inode, as long as the file has a name or is open. */
  readonly #files = new Map<number, File>();
  readonly #open = new Map<number, File | 'folder'>();
  readonly #paths = new Map<number, string>();
  /** Names that a power loss leaves: files and folders (undefined) by their path below the root. */
  readonly #names = new Map<string, File | undefined>();
  syncs = 0;
  /** Called after each change, with the path below the folder. */
  onChange: (path: string) => void = () => {};

  constructor(root: string) {
    this.#root = root;
    for (const entry of files.readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isDirectory()) this.#names.set(relative(root, path), undefined);
      else {
        const file = { synced: files.readFileSync(path), changes: [] };
        this.#files.set(files.statSync(path).ino, file);
        this.#names.set(relative(root, path), file);
      }
    }
  }

  /** Writes into a new folder what a power loss at this moment would leave. */
  lose(into: string, kept: Kept): void {
    files.mkdirSync(into, { mode: 0o700 });
    const paths = [...this.#names].toSorted(([a], [b]) => a.length - b.length);
    for (const [path, file] of paths) {
      if (file === undefined) files.mkdirSync(join(into, path), { mode: 0o700 });
      else
        files.writeFileSync(
          join(into, path),
          withChanges(
            file,
            file.changes.filter(() => kept(path)),
          ),
          { mode: 0o600 },
        );
    }
  }

  readonly openSync = (path: files.PathLike, flags: files.OpenMode): number => {
    const descriptor = files.openSync(path, flags);
    const stats = files.fstatSync(descriptor);
    this.#open.set(descriptor, stats.isDirectory() ? 'folder' : this.#fileOf(stats.ino));
    this.#paths.set(descriptor, path as string);
    return descriptor;
  };

  readonly closeSync = (descriptor: number): void => {
    this.#open.delete(descriptor);
    files.closeSync(descriptor);
  };

  readonly writeSync = ((descriptor: number, bytes: Uint8Array, from: number, length: number, at: number): number => {
    const written = files.writeSync(descriptor, bytes, from, length, at);
    this.#opened(descriptor).changes.push({ at, bytes: Buffer.from(bytes.subarray(from, from + written)) });
    this.#changed(descriptor);
    return written;
  }) as Files['writeSync'];

  readonly ftruncateSync = (descriptor: number, length = 0): void => {
    files.ftruncateSync(descriptor, length);
    this.#opened(descriptor).changes.push({ length });
    this.#changed(descriptor);
  };

  readonly writeFileSync = ((path: string, data: string, options: files.WriteFileOptions): void => {
    files.writeFileSync(path, data, options);
    const file = this.#fileOf(files.statSync(path).ino);
    file.changes.push({ length: 0 }, { at: 0, bytes: Buffer.from(data) });
  }) as Files['writeFileSync'];

  readonly unlinkSync = ((path: string): void => {
    this.#files.delete(files.statSync(path).ino);
    files.unlinkSync(path);
  }) as Files['unlinkSync'];

  readonly renameSync = ((from: string, to: string): void => {
    const replaced = files.statSync(to, { throwIfNoEntry: false });
    if (replaced !== undefined) this.#files.delete(replaced.ino);
    files.renameSync(from, to);
  }) as Files['renameSync'];

  readonly fsyncSync = (descriptor: number): void => this.#sync(descriptor);
  readonly fdatasyncSync = (descriptor: number): void => this.#sync(descriptor);
  readonly fdatasync = ((descriptor: number, done: files.NoParamCallback): void => {
    this.#sync(descriptor);
    setImmediate(done, null);
  }) as Files['fdatasync'];

  readonly chmodSync = files.chmodSync;
  readonly fstatSync = files.fstatSync;
  readonly lstatSync = files.lstatSync;
  readonly mkdirSync = files.mkdirSync;
  readonly readdirSync = files.readdirSync;
  readonly readSync = files.readSync;
  readonly rmdirSync = files.rmdirSync;
  readonly utimesSync = files.utimesSync;

  #changed(descriptor: number): void {
    this.onChange(relative(this.#root, this.#paths.get(descriptor) ?? ''));
  }

  #sync(descriptor: number): void {
    this.syncs++;
    const file = this.#open.get(descriptor);
    if (file === 'folder') return this.#syncFolder(this.#paths.get(descriptor) ?? '');
    const opened = this.#opened(descriptor);
    opened.synced = withChanges(opened, opened.changes);
    opened.changes = [];
  }

  #syncFolder(folder: string): void {
    const name = relative(this.#root, folder);
    for (const path of this.#names.keys())
      if ((dirname(path) === '.' ? '' : dirname(path)) === name) this.#names.delete(path);
    for (const entry of files.readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      const file = entry.isDirectory() ? undefined : this.#fileOf(files.statSync(path).ino);
      this.#names.set(relative(this.#root, path), file);
    }
  }

  #fileOf(inode: number): File {
    const file = this.#files.get(inode) ?? { synced: Buffer.alloc(0), changes: [] };
    this.#files.set(inode, file);
    return file;
  }

  #opened(descriptor: number): File {
    const file = this.#open.get(descriptor);
    if (file === undefined || file === 'folder') throw new Error(`no file is open as ${descriptor}`);
    return file;
  }
}

function withChanges({ synced }: File, changes: Change[]): Buffer {
  let length = synced.length;
  for (const change of changes)
    length = 'length' in change ? change.length : Math.max(length, change.at + change.bytes.length);
  const room = Math.max(
    synced.length,
    length,
    ...changes.map((c) => ('length' in c ? c.length : c.at + c.bytes.length)),
  );
  const content = Buffer.alloc(room);
  synced.copy(content);
  let end = synced.length;
  for (const change of changes) {
    if ('length' in change) {
      // The part that was cut off is zeros if the file grows again.
      if (change.length < end) content.fill(0, change.length, end);
      end = change.length;
    } else {
      change.bytes.copy(content, change.at);
      end = Math.max(end, change.at + change.bytes.length);
    }
  }
  return content.subarray(0, length);
}
