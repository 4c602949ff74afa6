import { randomUUID } from 'node:crypto';
import { Client, Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { poolOptions } from '../../../src/adapters/database/pool-options.ts';
import { createReading } from '../../../src/adapters/database/reading.ts';
import { sqlOverPool, type Sql } from '../../../src/adapters/database/sql.ts';
import { createSubmitting } from '../../../src/adapters/database/submitting.ts';
import { createTurns } from '../../../src/adapters/database/turns.ts';
import { createWorking } from '../../../src/adapters/database/working.ts';
import { createWorld } from '../../support/world.ts';
import { fillTables, literals, readWhole, stopAutovacuum, type Explained } from './large-tables.ts';
import { completed, LEASE_MS, newAssessment } from './store.ts';

/** PostgreSQL decides at the sixth execution whether a prepared statement keeps its plan. */
const TIMES = 8;

test.each([1, 30])(
  'a connection from the time of empty tables reads %i rows of large ones by an index, before any ANALYZE',
  async (count) => {
    const world = await createWorld();
    const client = new Client({ connectionString: world.databaseUrl });
    await client.connect();
    const pool = new Pool({ connectionString: world.databaseUrl, ...poolOptions(1) });
    onTestFinished(async () => {
      await pool.end();
      await client.end();
      await world.close();
    });
    await stopAutovacuum(client);
    const prepared = new Map<string, unknown[]>();
    const overPool = sqlOverPool(pool, () => {});
    const sql: Sql = (name, text, values = [], options) => {
      prepared.set(name, values);
      return overPool(name, text, values, options);
    };
    for (let times = 0; times < TIMES; times++) await wholeWay(sql, count);

    await fillTables(client);
    const whole: string[] = [];
    for (const [name, values] of prepared) {
      const text = `EXPLAIN (FORMAT JSON) EXECUTE "${name}" (${literals(values, client)})`;
      const rows = await overPool<Explained[number]>(`explain ${name}`, text);
      whole.push(...readWhole(rows).map((table) => `${name}: ${table}`));
    }
    expect(prepared.size).toBe(7);
    expect(whole).toEqual([]);
  },
);

/** Runs every statement of the hot path for `count` assessments at once. */
async function wholeWay(sql: Sql, count: number): Promise<void> {
  const [submitting, working, reading] = [createSubmitting(sql), createWorking(sql, LEASE_MS), createReading(sql)];
  const rows = Array.from({ length: count }, () => newAssessment());
  await Promise.all(rows.map((row) => submitting.insert(row)));
  await Promise.all(rows.map(({ sessionId, idempotencyKey }) => submitting.findByKey(sessionId, idempotencyKey)));
  const held = rows.map(({ id }) => ({ id, token: randomUUID() }));
  await Promise.all(held.map((each) => working.claim(each)));
  await working.renew(held);
  await Promise.all(held.map((each) => working.finish({ network: null, ...each, outcome: completed })));
  await Promise.all(held.map(({ id }) => reading.byId(id)));
  await createTurns(sql).release(rows.map(({ network }) => ({ network, most: 1 })));
}
