import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { expect, test } from 'vitest';
import { startPostgres } from '../../support/postgres.ts';
import { createWorld } from '../../support/world.ts';
import {
  backdateLease,
  claimed,
  completed,
  failed,
  LEASE_MS,
  newAssessment,
  openStore,
  rowOf,
  submitMany,
  type Store,
} from './store.ts';

const claim = (store: Store, id: string, token: string = randomUUID()) => store.working.claim({ id, token });

test('a claim gives the answers and the exclusive right to work on them', async () => {
  await using store = await openStore();
  const row = newAssessment({ answersJson: '{"mood":3,"note":"tired"}', watch: true });
  await store.submitting.insert(row);
  const token = randomUUID();
  expect(await claim(store, row.id, token)).toEqual({
    id: row.id,
    token,
    sessionId: row.sessionId,
    questionnaireId: row.questionnaireId,
    language: null,
    answers: { mood: 3, note: 'tired' },
    version: 2,
    round: 1,
    attempts: 1,
    watch: true,
    network: row.network,
    rejectedAnswer: null,
    waitedMs: expect.any(Number),
  });
  expect(await rowOf(store, row.id)).toMatchObject({
    status: 'processing',
    version: 2,
    attempts: 1,
    claim_token: token,
  });
});

test('assessments that are claimed together share a statement, each with its own token', async () => {
  await using store = await openStore();
  const ids = await submitMany(store, 50);
  store.statements.length = 0;
  const tokens = ids.map(() => randomUUID());
  const claims = await Promise.all(ids.map((id, index) => claim(store, id, tokens[index])));
  expect(claims.map((found) => ('kind' in found ? found : found.token))).toEqual(tokens);
  expect(store.statements).toEqual(['claim']);
});

test('of three workers that claim the same assessments at once, exactly one gets each', async () => {
  await using world = await createWorld();
  await using one = await openStore({ world });
  await using two = await openStore({ world });
  await using three = await openStore({ world });
  const ids = await submitMany(one, 60);
  const claims = await Promise.all(
    [one, two, three].flatMap((store) => ids.map((id) => claim(store, id).then((found) => ({ id, found })))),
  );
  for (const id of ids) {
    const own = claims.filter((each) => each.id === id).map(({ found }) => ('kind' in found ? found.kind : 'claimed'));
    expect(own.toSorted()).toEqual(['claimed', 'later', 'later']);
    expect(await rowOf(one, id)).toMatchObject({ version: 2, attempts: 1 });
  }
});

test('a locked row delays no other claim, and is to be tried again within half a second', async () => {
  await using store = await openStore();
  const [locked = '', free = ''] = await submitMany(store, 2);
  const holder = new Client({ connectionString: store.world.databaseUrl });
  await holder.connect();
  await holder.query('BEGIN');
  await holder.query('SELECT 1 FROM test_assessment WHERE id = $1 FOR UPDATE', [locked]);
  const [refused, got] = await Promise.all([claim(store, locked), claim(store, free)]);
  await holder.end();
  expect(refused).toEqual({ kind: 'later', delayMs: expect.any(Number) });
  const delayMs = 'delayMs' in refused ? refused.delayMs : Number.NaN;
  expect(delayMs).toBeGreaterThanOrEqual(100);
  expect(delayMs).toBeLessThanOrEqual(500);
  expect(got).toMatchObject({ id: free, attempts: 1 });
});

test('during a lease other claims are refused, with the time until its end', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const first = await claimed(store, id);
  const refused = await claim(store, id);
  expect(refused).toEqual({ kind: 'later', delayMs: expect.any(Number) });
  const delayMs = 'delayMs' in refused ? refused.delayMs : Number.NaN;
  expect(delayMs).toBeGreaterThan(LEASE_MS - 5_000);
  expect(delayMs).toBeLessThanOrEqual(LEASE_MS + 500);
  expect(await rowOf(store, id)).toMatchObject({ claim_token: first.token, attempts: 1, version: 2 });
});

test('an expired lease is taken over with a new token, as another attempt in the same version', async () => {
  await using store = await openStore({ leaseMs: 1 });
  const [id = ''] = await submitMany(store, 1);
  const first = await claimed(store, id);
  await backdateLease(store, id);
  const second = await claimed(store, id);
  expect(second).toMatchObject({ attempts: 2, round: 1, waitedMs: null });
  expect(second.token).not.toBe(first.token);
  expect(await rowOf(store, id)).toMatchObject({ status: 'processing', version: 2, claim_token: second.token });
  expect(await store.working.finish({ network: null, id, token: first.token, outcome: completed })).toBeUndefined();
});

test('no lease expires before the server has been up for the length of a lease', async () => {
  const postgres = await startPostgres();
  try {
    await using world = await createWorld({ databaseUrl: postgres.url });
    // The server has just started: for a lease of an hour it is too early, for one of a millisecond it is not.
    await using patient = await openStore({ world, leaseMs: 3_600_000 });
    await using hasty = await openStore({ world, leaseMs: 1 });
    const [id = ''] = await submitMany(patient, 1);
    await claimed(patient, id);
    await backdateLease(patient, id);
    const refused = await claim(patient, id);
    expect(refused).toMatchObject({ kind: 'later' });
    expect('delayMs' in refused && refused.delayMs).toBeGreaterThan(3_000_000);
    expect(await patient.reconciling.candidates(0, 10)).toEqual([]);
    expect(await claim(hasty, id)).toMatchObject({ attempts: 2 });
  } finally {
    await postgres.stop();
  }
});

test('an assessment is not claimed before it is due, and the refusal has the time until then', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const { token } = await claimed(store, id);
  await store.working.release({ id, token, delayMs: 60_000, returnAttempt: false });
  const refused = await claim(store, id);
  expect(refused).toMatchObject({ kind: 'later' });
  const delayMs = 'delayMs' in refused ? refused.delayMs : Number.NaN;
  expect(delayMs).toBeGreaterThan(50_000);
  expect(delayMs).toBeLessThanOrEqual(60_500);
  await store.sql(`UPDATE test_assessment SET not_before = now() - interval '1 s' WHERE id = $1`, [id]);
  expect(await claimed(store, id)).toMatchObject({ attempts: 2 });
});

test('an ended assessment is not claimed, and the refusal has its end, which can be published again', async () => {
  await using store = await openStore();
  const [one = '', two = ''] = await submitMany(store, 2);
  const ends = await Promise.all(
    [one, two].map(async (id, index) => {
      const { token } = await claimed(store, id);
      return await store.working.finish({ network: null, id, token, outcome: index === 0 ? completed : failed });
    }),
  );
  const refusals = await Promise.all([claim(store, one), claim(store, two)]);
  expect(refusals).toMatchObject(
    ends.map((end) => ({
      kind: 'ended',
      end: { id: end?.id, status: end?.status, version: 3, lastError: end?.lastError },
    })),
  );
  expect(await store.working.endOf(two)).toMatchObject({ status: 'failed', lastError: 'the model refused to answer' });
});

test('an id that no row has is unknown', async () => {
  await using store = await openStore();
  expect(await claim(store, randomUUID())).toEqual({ kind: 'unknown' });
  expect(await store.working.endOf(randomUUID())).toBe('gone');
});

test('the same id twice in one statement is claimed once', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const claims = await Promise.all([claim(store, id), claim(store, id)]);
  expect(claims.map((found) => ('kind' in found ? found.kind : 'claimed'))).toEqual(['claimed', 'later']);
  expect(await rowOf(store, id)).toMatchObject({ attempts: 1 });
});

test('the first claim of a round has the time since its submission or retry, later claims have none', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  await store.sql(
    `UPDATE test_assessment SET submitted_at = now() - interval '90 s', dispatched_at = now() WHERE id = $1`,
    [id],
  );
  const first = await claimed(store, id);
  expect(first.waitedMs).toBeGreaterThanOrEqual(90_000);
  expect(first.waitedMs).toBeLessThan(100_000);
  await store.working.release({ id, token: first.token, delayMs: -1_000, returnAttempt: true });
  const second = await claimed(store, id);
  expect(second).toMatchObject({ attempts: 1, waitedMs: null });
  // A new round waits from its own beginning.
  await store.working.finish({ network: null, id, token: second.token, outcome: failed });
  await store.retrying.retry(id, second.sessionId, 'network');
  await store.turns.release([{ network: 'network', most: 1 }]);
  const third = await claimed(store, id);
  expect(third).toMatchObject({ round: 2, attempts: 1 });
  expect(third.waitedMs).toBeLessThan(60_000);
});
