import { globSync, readFileSync } from 'node:fs';
import { Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { migrationsList } from '../../../migrations/index.ts';
import { sqlOverPool } from '../../../src/adapters/database/sql.ts';
import { createWorld } from '../../support/world.ts';

/** The statements of an earlier program for one life of some assessments and sessions, and how many rows each gave. */
type Recorded = {
  /** The newest migration that the program knew. */
  schema: string;
  texts: string[];
  steps: { name: string; text: number; values: unknown[]; rows: number }[];
};

const FIXTURES = new URL('fixtures/', import.meta.url);
const recorded = globSync('statements.*.json', { cwd: FIXTURES }).map(
  (name) => JSON.parse(readFileSync(new URL(name, FIXTURES), 'utf8')) as Recorded,
);

/** These depend on the numbers of the server's transactions. */
const OF_THE_SERVER = ['sweep-ends', 'sweep-sessions'];

test.each(recorded)('the statements of a program that ends with $schema work on the schema of today', async (old) => {
  const world = await createWorld();
  const pool = new Pool({ connectionString: world.databaseUrl, max: 1 });
  pool.on('error', () => {}); // its ended connection may still be open when the database is dropped
  onTestFinished(async () => {
    await pool.end();
    await world.close();
  });
  const sql = sqlOverPool(pool, () => {});
  const count = async ({ name, text, values }: Recorded['steps'][number]): Promise<number> => {
    const rows = await sql(`${name}-${text}`, old.texts[text] ?? '', values);
    return OF_THE_SERVER.includes(name) ? -1 : rows.length;
  };
  const counts: string[] = [];
  for (const step of old.steps) counts.push(`${step.name} ${await count(step)}`);
  expect(counts).toEqual(old.steps.map(({ name, rows }) => `${name} ${OF_THE_SERVER.includes(name) ? -1 : rows}`));
});

test('the newest migration is usable by the programs whose statements are kept', () => {
  const [{ schema }] = recorded as [Recorded];
  const after = migrationsList.filter(({ name }) => name > schema);
  expect(after.length).toBeGreaterThan(0);
  for (const { name, needs } of after) expect(`${name} needs ${needs <= schema}`).toBe(`${name} needs true`);
});
