import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { beforeAll, afterAll, describe, expect, test } from 'vitest';
import { createPlacing } from '../../../src/adapters/database/placing.ts';
import { createCancelling } from '../../../src/adapters/database/cancelling.ts';
import { createDeleting } from '../../../src/adapters/database/deleting.ts';
import { createReading } from '../../../src/adapters/database/reading.ts';
import { createReconciling } from '../../../src/adapters/database/reconciling.ts';
import { createRetrying } from '../../../src/adapters/database/retrying.ts';
import type { Sql } from '../../../src/adapters/database/sql.ts';
import { createSubmitting } from '../../../src/adapters/database/submitting.ts';
import { createSweeping } from '../../../src/adapters/database/sweeping.ts';
import { createTurns } from '../../../src/adapters/database/turns.ts';
import { createWorking } from '../../../src/adapters/database/working.ts';
import type { Outcome } from '../../../src/entities/claim.ts';
import { createWorld, type World } from '../../support/world.ts';
import { fillTables, literals, readWhole, stopAutovacuum, type Explained } from './large-tables.ts';
import { completed, failed, LEASE_MS, newAssessment } from './store.ts';

type Statement = { name: string; mode: string; whole: string[] };

let world: World;
let client: Client;
let ids: string[];
let explained: Statement[] = [];

beforeAll(async () => {
  world = await createWorld();
  client = new Client({ connectionString: world.databaseUrl });
  await client.connect();
  await stopAutovacuum(client);
  ids = await fillTables(client);
});

afterAll(async () => {
  await client.end();
  await world.close();
});

/** Explains statements instead of running them, one after another, since all are prepared under the name `probe`. */
const explain: Sql = (name, text, values = []) => (queue = queue.then(() => explainNow(name, text, values)));
let queue = Promise.resolve<never[]>([]);

/** Explains the plan for these values, and the generic plan of a prepared statement. */
async function explainNow(name: string, text: string, values: unknown[]): Promise<never[]> {
  for (const mode of ['force_custom_plan', 'force_generic_plan']) {
    await client.query(`SET plan_cache_mode = ${mode}`);
    await client.query(`PREPARE probe AS ${text}`);
    const { rows } = await client.query<Explained[number]>(
      `EXPLAIN (FORMAT JSON) EXECUTE probe ${values.length > 0 ? `(${literals(values, client)})` : ''}`,
    );
    await client.query('DEALLOCATE probe');
    explained.push({ name, mode, whole: readWhole(rows) });
  }
  return [];
}

const held = (count: number) => ids.slice(0, count).map((id) => ({ id, token: randomUUID() }));

describe.each([1, 30, 250, 1_000])('of a large table without statistics, %i rows are found by an index', (count) => {
  test.each<[string, () => Promise<unknown>]>([
    ['claim', () => claimTogether(count)],
    ['renew', () => createWorking(explain, LEASE_MS).renew(held(count))],
    ['finish with a result', () => finishTogether(count, completed)],
    ['finish with a failure', () => finishTogether(count, failed)],
    ['release', () => releaseTogether(count)],
    ['read', () => readTogether(count)],
    ['turns', () => createTurns(explain).release(networks(count))],
    ['find by key', () => findTogether(count)],
    [
      'dispatched',
      () => createReconciling(explain, LEASE_MS).dispatched(held(count).map(({ id }) => ({ id, dispatchNo: 2 }))),
    ],
  ])('%s', async (_, run) => {
    explained = [];
    await run();
    expect(explained.length).toBeGreaterThan(0);
    expect(readsAll()).toEqual([]);
  });
});

test('lists, candidates, counts and sweeps read along an index, too', async () => {
  explained = [];
  const list = { status: null, questionnaire: null, before: null, limit: 20 };
  await createReading(explain).ofSession({ ...list, sessionId: randomUUID() });
  await createReading(explain).ofSession({ ...list, sessionId: randomUUID(), before: ids[0] ?? '' });
  const reconciling = createReconciling(explain, LEASE_MS);
  await reconciling.candidates(5_000, 500);
  await reconciling.candidates(5_000, 1_000, {
    id: ids[0] ?? '',
    sessionId: '',
    dispatchNo: 1,
    dispatchedAt: '2026-01-01 00:00:00+00',
  });
  await reconciling.open(100);
  await reconciling.queue(100);
  await reconciling.dispatchable(100);
  await createTurns(explain).deferredNetworks('', 200);
  await createTurns(explain).capReached('network-5', randomUUID(), { ofNetwork: 300, ofSession: 60 });
  const sweeping = createSweeping(explain);
  const away = expect.objectContaining({ system: 'database' }); // an explained statement has no rows
  await expect(sweeping.sweep(undefined)).rejects.toEqual(away);
  await expect(sweeping.sweep('00000000000000aa.900')).rejects.toEqual(away);
  await expect(sweeping.sweepSession({ sessionId: randomUUID(), cursor: '00000000000000aa.900' })).rejects.toEqual(
    away,
  );
  await sweeping.forgetForeign(1);
  await sweeping.open(ids.slice(0, 100));
  await createPlacing(explain).place(ids[0] ?? '');
  const retrying = createRetrying(explain);
  const all = { code: null, since: null, until: null, ids: null };
  await retrying.retry(ids[0] ?? '', randomUUID(), 'network');
  await createCancelling(explain).cancel(ids[0] ?? '', randomUUID());
  await createDeleting(explain).one(randomUUID(), ids[0] ?? '');
  await createDeleting(explain).some(randomUUID());
  await retrying.deadLetters(all, null, 50);
  await retrying.deadLetters(all, { createdAt: '2026-01-01T00:00:00Z', assessmentId: ids[0] ?? '', round: 1 }, 50);
  await retrying.replay({ ...all, ids: ids.slice(0, 3) }, 1_000);
  expect(explained).toHaveLength(44);
  expect(readsAll()).toEqual([]);
});

/** Rare statements of operators with any filter: no generic plan is good for all of them. */
const BY_OPERATORS = new Set(['list-dead-letters', 'replay']);

/** Statements that read a whole table. */
const readsAll = (): string[] =>
  explained
    .filter(({ name, mode }) => mode === 'force_custom_plan' || !BY_OPERATORS.has(name))
    .flatMap(({ name, mode, whole }) => whole.map((table) => `${name} (${mode}): ${table}`));

const networks = (count: number) => Array.from({ length: count }, (_, nth) => ({ network: `network-${nth}`, most: 5 }));
const claimTogether = (count: number): Promise<unknown> => {
  const { claim } = createWorking(explain, LEASE_MS);
  return Promise.all(held(count).map((each) => claim(each)));
};
const finishTogether = (count: number, outcome: Outcome): Promise<unknown> => {
  const { finish } = createWorking(explain, LEASE_MS);
  return Promise.all(held(count).map((each) => finish({ network: null, ...each, outcome })));
};
const releaseTogether = (count: number): Promise<unknown> => {
  const { release } = createWorking(explain, LEASE_MS);
  return Promise.all(held(count).map((each) => release({ ...each, delayMs: 1, returnAttempt: true })));
};
const readTogether = (count: number): Promise<unknown> => {
  const { byId } = createReading(explain);
  return Promise.all(held(count).map(({ id }) => byId(id)));
};
const findTogether = (count: number): Promise<unknown> => {
  // Ends after the first look-up, which would otherwise be repeated without a result.
  const sql: Sql = async (...statement) => {
    await explain(...statement);
    if (statement[0] === 'find-by-key') throw new TypeError('enough');
    return [];
  };
  const submitting = createSubmitting(sql);
  return Promise.allSettled(Array.from({ length: count }, () => submitting.insert(newAssessment())));
};
