import { randomUUID } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { Pool } from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { migrationsList } from '../../../migrations/index.ts';
import { identityOf } from '../../../src/adapters/database/identity.ts';
import { createRateStore } from '../../../src/adapters/database/rates.ts';
import {
  checkTables,
  pendingMigrations,
  type FoundServer,
  type FoundTable,
  type Remembered,
} from '../../../src/adapters/database/schema.ts';
import { sqlOverPool, type Sql } from '../../../src/adapters/database/sql.ts';
import { createSubmitting } from '../../../src/adapters/database/submitting.ts';
import type { KeyRow, NewRow } from '../../../src/adapters/database/submitting/storing.ts';
import {
  createSweeping,
  type NowRow,
  type SessionRow,
  type SweptRow,
} from '../../../src/adapters/database/sweeping.ts';
import { createPlacing, type StoredPlace } from '../../../src/adapters/database/placing.ts';
import { createTurns, type Undispatched } from '../../../src/adapters/database/turns.ts';
import { createWorking } from '../../../src/adapters/database/working.ts';
import type { LookRow } from '../../../src/adapters/database/working/claiming.ts';
import type { Claim, End } from '../../../src/entities/claim.ts';
import type { Level } from '../../../src/entities/rate-bucket.ts';
import { createWorld } from '../../support/world.ts';
import { completed, failed, LEASE_MS, newAssessment } from './store.ts';

/** Every key of the type, and no other. */
const keysOf = <Row>(keys: Record<keyof Row, true>): string[] => Object.keys(keys).toSorted();

const end = { id: true, sessionId: true, status: true, version: true, round: true, attempts: true } as const;
const ENDED = keysOf<End>({ ...end, failureCode: true, lastError: true });

/** Keys of the rows of the statements that are written by hand, by their types. */
const ROWS: Record<string, string[]> = {
  'insert-assessments': keysOf<NewRow>({ id: true, submittedMs: true, isDeferred: true, cap: true }),
  'find-by-key': keysOf<KeyRow>({
    id: true,
    submittedMs: true,
    isDeferred: true,
    session_id: true,
    idempotency_key: true,
    answers_hash: true,
  }),
  claim: keysOf<Claim>({
    id: true,
    token: true,
    sessionId: true,
    questionnaireId: true,
    language: true,
    answers: true,
    version: true,
    round: true,
    attempts: true,
    watch: true,
    network: true,
    rejectedAnswer: true,
    waitedMs: true,
  }),
  'look-at-rows': keysOf<LookRow>({ ...end, failureCode: true, lastError: true, isDeferred: true, delayMs: true }),
  'renew-leases': ['id'],
  'release-claims': ['id', 'othersDeferred'],
  'finish-completed': [...ENDED, 'othersDeferred'].toSorted(),
  'finish-failed': [...ENDED, 'othersDeferred'].toSorted(),
  horizon: keysOf<NowRow>({ horizon: true, history: true, next: true, hasForeign: true }),
  'sweep-ends': keysOf<SweptRow>({
    horizon: true,
    history: true,
    next: true,
    hasForeign: true,
    id: true,
    sessionId: true,
    version: true,
    endedMsAgo: true,
    xid: true,
  }),
  'sweep-sessions': keysOf<SessionRow>({
    nth: true,
    horizon: true,
    history: true,
    next: true,
    id: true,
    sessionId: true,
    version: true,
    endedMsAgo: true,
  }),
  'release-turns': keysOf<Undispatched>({ id: true, sessionId: true, dispatchNo: true }),
  'deferred-networks': ['network'],
  'cap-reached': ['cap'],
  places: keysOf<StoredPlace>({
    id: true,
    version: true,
    position: true,
    processing: true,
    elapsedMs: true,
    meanRunMs: true,
  }),
  'exchange-rates': keysOf<Level>({ bucket: true, level: true }),
  identity: ['identity'],
  'server-version': keysOf<FoundServer>({ major: true, encoding: true }),
  'find-migrations': ['isThere'],
  'executed-migrations': keysOf<Remembered>({ name: true, hash: true, needs: true }),
  tables: keysOf<FoundTable>({ table: true, columns: true, isReadable: true }),
};

/** Statements built from the entities, or whose rows are not read. */
const OTHERS = ['read-assessments', 'add-untold', 'checkpoint'];

test('a row of each statement that is written by hand has the keys of its type', async () => {
  const world = await createWorld();
  const pool = new Pool({ connectionString: world.databaseUrl, max: 1 });
  pool.on('error', () => {}); // its ended connection may still be open when the database is dropped
  onTestFinished(async () => {
    await pool.end();
    await world.close();
  });
  const found: Record<string, string[]> = {};
  const overPool = sqlOverPool(pool, () => {});
  const sql: Sql = async <Row>(name: string, text: string, values?: unknown[]) => {
    const rows = await overPool<Row>(name, text, values);
    const [row] = rows as object[];
    if (row !== undefined) found[name] = Object.keys(row).toSorted();
    return rows;
  };

  const known = migrationsList.map(({ name, needs }) => ({ name, needs, hash: '', statements: [] }));
  await expect(pendingMigrations(sql, known)).rejects.toThrow('another text');
  await checkTables(sql, { session: ['id'] });
  await identityOf(sql);
  const [submitting, working, sweeping] = [createSubmitting(sql), createWorking(sql, LEASE_MS), createSweeping(sql)];
  const { cursor } = await sweeping.sweep(undefined);
  const [one, two] = [newAssessment(), newAssessment()];
  for (const row of [one, two, { ...one, id: randomUUID() }]) await submitting.insert(row);
  const turns = createTurns(sql);
  for (let nth = 0; nth < 3; nth++) await submitting.insert(newAssessment({ network: 'network' }));
  expect(await turns.deferredNetworks('', 1)).toHaveLength(1);
  await turns.announce(randomUUID(), 3, 60_000);
  await turns.release([{ network: 'network', most: 1 }]);
  await turns.capReached('network', one.sessionId, { ofNetwork: 1, ofSession: 1 });
  await createPlacing(sql).place(one.id);
  const held = [one, two].map(({ id }) => ({ id, token: randomUUID() }));
  for (const each of [...held, ...held]) await working.claim(each);
  await working.renew(held);
  const [first, second] = [held[0] ?? { id: '', token: '' }, held[1] ?? { id: '', token: '' }];
  await working.finish({ network: null, ...first, outcome: completed });
  await working.release({ ...second, delayMs: 0, returnAttempt: false });
  await working.claim(second);
  await working.finish({ network: null, ...second, outcome: failed });
  await sweeping.sweep(cursor);
  await createRateStore(sql).exchange([{ bucket: 'a', spent: 1, known: 2, burst: 2, perSecond: 1 }]);
  await sweeping.sweepSession({ sessionId: one.sessionId, cursor });
  expect(found).toEqual(ROWS);
});

test('no statement that is written by hand is left out', () => {
  const files = globSync(['src/adapters/database.ts', 'src/adapters/database/**/*.ts']);
  const names = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bsql(?:<[^(]*>)?\(\s*'([^']+)'/g)].map(([, name = '']) => name),
  );
  expect(names.toSorted()).toEqual([...Object.keys(ROWS), ...OTHERS].toSorted());
});
