import type { Configuration, SqlEntityManager } from '@mikro-orm/postgresql';
import { createHash } from 'node:crypto';
import { migrationsList } from '../../../migrations/index.ts';
import { UnavailableError } from '../../errors.ts';
import { OwnError, StartError } from '../../own-error.ts';
import type { Sql } from './sql.ts';

/** The oldest maintained version. `pg_current_xact_id` needs 13. */
const SERVER_VERSION_MIN = 14;
const UNDEFINED_DATABASE = '3D000';

/** A migration as this program has it. `hash`: of its statements. */
export type Migrated = { name: string; hash: string; needs: string; statements: string[] };
/** A migration as the database remembers it; hash and needs are null if a program before 0034 ran it. */
export type Remembered = { name: string; hash: string | null; needs: string | null };

type Orm = { em: SqlEntityManager; config: Configuration };

/** The statements of every migration, which a class of MikroORM has only while it runs. */
export async function readMigrations({ em, config }: Orm): Promise<Migrated[]> {
  return await Promise.all(
    migrationsList.map(async ({ name, class: Migration, needs }) => {
      const migration = new Migration(em.getDriver(), config);
      await migration.up();
      const statements = migration.getQueries().map((query) => {
        if (typeof query !== 'string') throw new OwnError(`${name} has a statement that is no text`);
        return query;
      });
      return { name, needs, statements, hash: createHash('sha256').update(statements.join('\n')).digest('hex') };
    }),
  );
}

/**
 * Names of the migrations that the database lacks.
 * @throws StartError if this program can't work with the server or the schema; UnavailableError
 */
export async function pendingMigrations(sql: Sql, known: readonly Migrated[]): Promise<string[]> {
  await checkServer(sql);
  const remembered = await rememberedMigrations(sql);
  const names = known.map(({ name }) => name);
  const breaking = remembered.filter(({ name, needs }) => !names.includes(name) && !names.includes(needs ?? ''));
  if (breaking.length > 0)
    throw new StartError(
      `The database's schema is newer than this program (${breaking.map(({ name }) => name).join(', ')}; this program ends with ${names.at(-1)}). ` +
        'Start the version of the program that made it, or a newer one.',
    );
  checkHashes(known, remembered);
  const executed = new Set(remembered.map(({ name }) => name));
  return names.filter((name) => !executed.has(name));
}

/** Whether the database remembers the text of each migration; one that a program before 0034 made does not. */
export async function remembersTexts(sql: Sql): Promise<boolean> {
  return (await rememberedMigrations(sql)).every(({ hash }) => hash !== null);
}

/** Nothing that ran is edited afterwards: the schema would be another one than its name says. */
function checkHashes(known: readonly Migrated[], remembered: readonly Remembered[]): void {
  const hashes = new Map(remembered.map(({ name, hash }) => [name, hash]));
  const changed = known.filter(({ name, hash }) => (hashes.get(name) ?? hash) !== hash);
  if (changed.length > 0)
    throw new StartError(
      `The database was migrated by another text of ${changed.map(({ name }) => name).join(', ')} than this program has. ` +
        'Start the version of the program that made the schema, or begin with an empty database.',
    );
}

async function checkServer(sql: Sql): Promise<void> {
  const { major, encoding } = await serverOf(sql);
  if (major < SERVER_VERSION_MIN)
    throw new StartError(
      `The database server is PostgreSQL ${major}. Use ${SERVER_VERSION_MIN} or newer, or leave DATABASE_URL out.`,
    );
  if (encoding !== 'UTF8')
    throw new StartError(
      `The database has the encoding ${encoding}, in which not every text can be stored. Create one with UTF8: ` +
        "CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'.",
    );
}

export type FoundServer = { major: number; encoding: string };

async function serverOf(sql: Sql): Promise<FoundServer> {
  try {
    const [row] = await sql<FoundServer>(
      'server-version',
      `SELECT current_setting('server_version_num')::int / 10000 AS major, current_setting('server_encoding') AS encoding`,
    );
    return row ?? { major: Number.NaN, encoding: '' };
  } catch (error) {
    const { code } = (error instanceof UnavailableError ? (error.cause ?? {}) : {}) as { code?: unknown };
    if (code === UNDEFINED_DATABASE)
      throw new StartError('There is no database of the name in DATABASE_URL. Create it, then run "npm run migrate".');
    throw error;
  }
}

async function rememberedMigrations(sql: Sql): Promise<Remembered[]> {
  // A new database has no table yet. To find out by a refused statement would be an error in its log, and in ours.
  const [table] = await sql<{ isThere: boolean }>(
    'find-migrations',
    `SELECT to_regclass('mikro_orm_migrations') IS NOT NULL AS "isThere"`,
  );
  if (table?.isThere !== true) return [];
  // Programs before 0034 made the table without the last two columns.
  return await sql<Remembered>(
    'executed-migrations',
    `SELECT name, to_jsonb(m) ->> 'sql_hash' AS hash, to_jsonb(m) ->> 'needs' AS needs FROM mikro_orm_migrations m ORDER BY id`,
  );
}

/**
 * Runs those of `known` that are missing in one transaction and remembers their texts. Not by MikroORM's migrator, which looks for the
 * database by the name in the URL: behind a pooler that name can be an alias.
 * @throws StartError
 */
export async function migrateSchema(
  orm: Pick<Orm, 'em'>,
  known: readonly Migrated[],
  before?: (em: SqlEntityManager) => Promise<void>,
): Promise<void> {
  await orm.em.transactional(async (em) => {
    await before?.(em);
    await requireCreate(em);
    for (const statement of REMEMBER) await em.execute(statement);
    const rows: { name: string; hash: string | null }[] = await em.execute(
      'SELECT name, sql_hash AS hash FROM mikro_orm_migrations',
    );
    const executed = new Map(rows.map(({ name, hash }) => [name, hash]));
    for (const { name, hash, needs, statements } of known) {
      if (!executed.has(name)) {
        for (const statement of statements) await em.execute(statement);
        await em.execute('INSERT INTO mikro_orm_migrations (name, sql_hash, needs) VALUES (?, ?, ?)', [
          name,
          hash,
          needs,
        ]);
      } else if (executed.get(name) === null)
        await em.execute('UPDATE mikro_orm_migrations SET sql_hash = ?, needs = ? WHERE name = ?', [hash, needs, name]);
    }
  });
}

/** The table as MikroORM makes it, and two columns beside. */
const REMEMBER = [
  `CREATE TABLE IF NOT EXISTS mikro_orm_migrations
   (id serial PRIMARY KEY, name varchar(255) NOT NULL, executed_at timestamptz NOT NULL DEFAULT current_timestamp)`,
  'ALTER TABLE mikro_orm_migrations ADD COLUMN IF NOT EXISTS sql_hash text, ADD COLUMN IF NOT EXISTS needs text',
];

async function requireCreate(em: SqlEntityManager): Promise<void> {
  const [row]: { schema: string | null; may: boolean | null }[] = await em.execute(
    `SELECT current_schema() AS schema, has_schema_privilege(current_schema(), 'CREATE') AS may`,
  );
  if (row?.schema == null)
    throw new StartError('The search_path of the role in DATABASE_URL names no schema that exists. Create one for it.');
  if (row.may !== true)
    throw new StartError(
      `The role in DATABASE_URL may not create tables in the schema "${row.schema}". Make it the owner of the database, or ` +
        `GRANT CREATE ON SCHEMA "${row.schema}" to it.`,
    );
}

/** Key of the advisory lock: any number, the same in every version of the program. */
const MIGRATION_LOCK = 4_170_051_911;
/** The longest wait for the migration of another process. */
const LOCK_WITHIN = '10min';
/** A migration that waits for a locked table blocks all statements behind it, so it is given up and started again. */
const TABLE_LOCK_WITHIN = '2s';

/** On a server: one process at a time. */
export async function oneAtATime(em: SqlEntityManager): Promise<void> {
  await em.execute(`SET LOCAL lock_timeout = '${LOCK_WITHIN}'`);
  await em.execute(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
  await em.execute(`SET LOCAL lock_timeout = '${TABLE_LOCK_WITHIN}'`);
}

/** The tables and columns that the entities have. */
export function tablesOf({ em }: Orm): Tables {
  return Object.fromEntries(
    [...em.getMetadata().getAll().values()].map(({ tableName, props }) => [
      tableName,
      props.flatMap(({ fieldNames, persist }) => (persist === false ? [] : fieldNames)),
    ]),
  );
}

export type Tables = Record<string, string[]>;
export type FoundTable = { table: string; columns: string[] | null; isReadable: boolean | null };

/**
 * Checks that the tables of this program are there, with its columns, and may be read. An older text of a migration, or a hand,
 * could have left one out.
 * @throws StartError, UnavailableError
 */
export async function checkTables(sql: Sql, tables: Tables): Promise<void> {
  const found = await sql<FoundTable>(
    'tables',
    `SELECT t.name AS table,
       (SELECT array_agg(attname::text) FROM pg_attribute
        WHERE attrelid = to_regclass(t.name) AND attnum > 0 AND NOT attisdropped) AS columns,
       has_any_column_privilege(to_regclass(t.name), 'SELECT') AS "isReadable"
     FROM unnest($1::text[]) AS t(name)`,
    [Object.keys(tables)],
  );
  const missing = found.flatMap(({ table, columns }) =>
    columns === null
      ? [table]
      : (tables[table] ?? []).filter((column) => !columns.includes(column)).map((column) => `${table}.${column}`),
  );
  if (missing.length > 0)
    throw new StartError(
      `The database's schema lacks ${missing.join(', ')}, although its migrations ran: it was changed by hand, or made by ` +
        'another text of a migration. Restore what is missing, or begin with an empty database.',
    );
  const closed = found.filter(({ isReadable }) => isReadable !== true).map(({ table }) => table);
  if (closed.length > 0)
    throw new StartError(
      `The role in DATABASE_URL may not read ${closed.join(', ')}. Grant it the rights of "PostgreSQL roles" in docs/OPERATING.md.`,
    );
}
