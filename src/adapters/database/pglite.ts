import { PGlite, types } from '@electric-sql/pglite';
import { createPostgreSqlTypeParsers } from '@mikro-orm/pglite';
import { DurableFolder } from './durable-folder.ts';

/** Opens the embedded database in a folder, whose files say how much a checkpoint would spare. */
export async function createPglite(folder: string): Promise<{ client: PGlite; files: DurableFolder }> {
  const files = new DurableFolder(folder);
  const client = await PGlite.create({ dataDir: folder, fs: files, startParams, parsers });
  return { client, files };
}

/** Keeps at most three files of 16 MB of the log after a checkpoint. */
const startParams = [...PGlite.defaultStartParams, '-c', 'min_wal_size=32MB', '-c', 'max_wal_size=48MB'];

/** MikroORM expects dates and intervals as texts; it sets these parsers itself where it opens PGlite. */
const parsers = createPostgreSqlTypeParsers((text) => types.arrayParser(text, (item) => item, types.TEXT));
