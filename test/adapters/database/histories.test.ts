import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '../../../src/adapters/database.ts';
import { createSweeping } from '../../../src/adapters/database/sweeping.ts';
import type { Sql } from '../../../src/adapters/database/sql.ts';
import { migrateDatabase } from '../../support/migrate-database.ts';
import { clientPrograms, startPostgres, type Postgres } from '../../support/postgres.ts';
import { until } from '../../support/wait.ts';
import { literals } from './large-tables.ts';
import { LEASE_MS } from './store.ts';

const open = (url: string): Promise<Database> =>
  openDatabase({ at: { url, poolMax: 2 }, leaseMs: LEASE_MS, observe: () => {} });
const { bin, lack } = clientPrograms();
const UNAVAILABLE = { name: 'UnavailableError', system: 'database' };

/** Pages that have to be written before the checkpoint after a promotion is over: some minutes, by the pauses between. */
const DIRTY = `CREATE TABLE filler AS SELECT n, repeat('x', 1000) AS text FROM generate_series(1, 20000) AS n`;
const TIMELINES = `SELECT (SELECT timeline_id FROM pg_control_checkpoint()) AS checkpoint,
  ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int AS log`;

describe.skipIf(bin === undefined)(`a standby${lack}`, () => {
  let primary: Postgres;
  let standby: Postgres;
  let database: Database;
  let client: Client;

  beforeAll(async () => {
    primary = await startPostgres({ settings: ['checkpoint_timeout=1d', 'max_wal_size=10GB'] });
    await migrateDatabase(primary.url);
    standby = await primary.startStandby(primary.port);
    client = new Client({ connectionString: primary.url });
    await client.connect();
    await client.query(DIRTY);
    database = await open(standby.url);
  });
  afterAll(async () => {
    await database.close();
    await client.end();
    await standby.stop();
    await primary.stop();
  });

  test('gives no cursor while it is in recovery, and another history as soon as it is promoted, before its next checkpoint', async () => {
    const onPrimary = await open(primary.url);
    const { cursor, history } = await onPrimary.sweeping.sweep(undefined);
    await onPrimary.close();
    const { sweeping } = database;
    const sessionId = randomUUID();
    await expect(sweeping.sweep(undefined)).rejects.toMatchObject(UNAVAILABLE);
    await expect(sweeping.sweep(cursor)).rejects.toMatchObject(UNAVAILABLE);
    await expect(sweeping.sweepSession({ sessionId, cursor })).rejects.toMatchObject(UNAVAILABLE);
    // Everything that the primary has written is replayed before the promotion.
    const { rows: sent } = await client.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
    const replayed = new Client({ connectionString: standby.url });
    await replayed.connect();
    await until(async () => {
      const { rows } = await replayed.query('SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn AS over', [sent[0]?.lsn]);
      return rows[0].over;
    });
    await standby.promote();
    const swept = await sweeping.sweep(cursor);
    expect(swept).toMatchObject({ ends: [], isContinued: false });
    expect(swept.history).not.toBe(history);
    expect(await sweeping.sweepSession({ sessionId, cursor })).toEqual({ history: swept.history, sweep: undefined });
    const { rows } = await replayed.query(TIMELINES);
    await replayed.end();
    expect(rows).toEqual([{ checkpoint: 1, log: 2 }]);
  });
});

describe.skipIf(bin === undefined)(
  `a dump with 100,000 ended assessments that was restored into another server${lack}`,
  () => {
    const ENDED = 100_000;
    const SESSION = randomUUID();
    let servers: Postgres[];
    let client: Client;

    beforeAll(async () => {
      servers = await Promise.all([startPostgres(), startPostgres()]);
      const [from, to] = servers.map(({ url }) => url) as [string, string];
      await migrateDatabase(from);
      client = new Client({ connectionString: from });
      await client.connect();
      // The numbers of a server that has used up that many transactions; 2,000 ends belong to one session.
      await client.query(
        `INSERT INTO test_assessment (id, session_id, questionnaire_id, answers, answers_hash, idempotency_key, watch, status,
         version, ended_at, ended_xid)
       SELECT gen_random_uuid(), CASE WHEN n % 50 = 0 THEN $2::uuid ELSE gen_random_uuid() END, 'wellbeing-check@1', '{}',
         'hash', 'key-' || n, false, 'completed', 3, now() - interval '1 day', (10000 + n)::text::xid8
       FROM generate_series(1, $1::int) AS n`,
        [ENDED, SESSION],
      );
      await client.end();
      const file = join(servers[0]?.dir ?? '', 'assay.dump');
      const run = (name: string, ...options: string[]) =>
        execFileSync(join(bin ?? '', name), options, { stdio: 'pipe' });
      run('pg_dump', '--format=custom', `--file=${file}`, from);
      run('pg_restore', '--no-owner', `--dbname=${to}`, file);
      client = new Client({ connectionString: to });
      await client.connect();
    });
    afterAll(async () => {
      await client.end();
      for (const server of servers) await server.stop();
    });

    /** Runs the statements, and counts the assessments that each reads. */
    function counting(): { sql: Sql; read: () => number } {
      let read = 0;
      const sql: Sql = async <Row>(_name: string, text: string, values: unknown[] = []) => {
        await client.query(`PREPARE probe AS ${text}`);
        const call = `EXECUTE probe ${values.length > 0 ? `(${literals(values, client)})` : ''}`;
        const { rows } = await client.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${call}`);
        read += rowsOf(rows[0]['QUERY PLAN'][0].Plan);
        const found = await client.query(call);
        await client.query('DEALLOCATE probe');
        return found.rows as Row[];
      };
      return { sql, read: () => read };
    }

    type Plan = { 'Relation Name'?: string; 'Actual Rows': number; 'Actual Loops': number; Plans?: Plan[] };
    const rowsOf = (plan: Plan): number =>
      (plan['Relation Name'] === 'test_assessment' ? plan['Actual Rows'] * plan['Actual Loops'] : 0) +
      (plan.Plans ?? []).reduce((sum, child) => sum + rowsOf(child), 0);

    /** Sweeps, resumes a session, and sweeps again. */
    async function sweepTwice(): Promise<{ ends: number; read: number; hasForeign: boolean }> {
      const { sql, read } = counting();
      const sweeping = createSweeping(sql);
      const begin = await sweeping.sweep(undefined);
      const { sweep } = await sweeping.sweepSession({ sessionId: SESSION, cursor: begin.cursor });
      const swept = await sweeping.sweep(begin.cursor);
      return { ends: (sweep?.ends.length ?? -1) + swept.ends.length, read: read(), hasForeign: swept.hasForeign };
    }

    test('has no end for a sweep or a session, whose statements read one row to learn of the numbers, and none once they are forgotten', async () => {
      expect(await sweepTwice()).toEqual({ ends: 0, read: 2, hasForeign: true });
      const { sweeping, close } = await open(servers[1]?.url ?? '');
      expect(await sweeping.forgetForeign(1)).toBe(5_000);
      expect(await sweeping.forgetForeign(100)).toBe(ENDED - 5_000);
      await close();
      expect(await sweepTwice()).toEqual({ ends: 0, read: 0, hasForeign: false });
      const { rows } = await client.query(
        'SELECT count(*)::int AS ended FROM test_assessment WHERE ended_at IS NOT NULL',
      );
      expect(rows).toEqual([{ ended: ENDED }]);
    });

    test('is swept, and its numbers are forgotten, by a role that may only read and change the table', async () => {
      await client.query('CREATE ROLE runs LOGIN; GRANT SELECT, UPDATE ON test_assessment TO runs');
      await client.query(
        `UPDATE test_assessment SET ended_xid = '9000000000' WHERE id IN (SELECT id FROM test_assessment LIMIT 1)`,
      );
      const { sweeping, close } = await open((servers[1]?.url ?? '').replace('postgres@', 'runs@'));
      const { cursor, hasForeign } = await sweeping.sweep(undefined);
      expect(hasForeign).toBe(true);
      expect(await sweeping.forgetForeign(1)).toBe(1);
      expect(await sweeping.sweep(cursor)).toMatchObject({ ends: [], isContinued: true, hasForeign: false });
      await close();
    });
  },
);
