import { randomUUID } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { openDatabase, type Database } from '../../src/adapters/database.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { clientWith, startClient, type Client } from '../support/client.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { newAssessment } from '../adapters/database/store.ts';

const SLOTS = 5;

/** A program whose model answers only on demand, so that the order of calls does not depend on time. */
async function start(): Promise<TestApp> {
  const env = { WORKER_CONCURRENCY: String(SLOTS), TRUSTED_PROXIES: '127.0.0.1' };
  const app = await startApp({ env });
  app.world.model.hold();
  onTestFinished(async () => {
    app.world.model.release();
    await app.close();
  });
  return app;
}

/** The table of assessments as another process of the fleet writes it. */
async function openTable({ world }: TestApp): Promise<Database> {
  const at = { url: world.databaseUrl, poolMax: 3 };
  const database = await openDatabase({ at, leaseMs: 15_000, observe: () => {} });
  onTestFinished(() => database.close());
  return database;
}

type Visitor = { client: Client; ids: string[]; network: string };

/** Submits as somebody from this address. */
async function submit(app: TestApp, address: string, client?: Client): Promise<Visitor> {
  const visitor = client ?? (await startClient(app.url));
  const body = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers };
  const response = await visitor.rest('POST', '/api/assessment/submit', body, { 'x-forwarded-for': address });
  expect(response.status).toBe(202);
  const { data } = (await response.json()) as { data: { assessment_id: string } };
  const id = data.assessment_id;
  const [row] = await app.world.sql<{ network: string }>('SELECT network FROM test_assessment WHERE id = $1', [id]);
  return { client: visitor, ids: [id], network: row?.network ?? '' };
}

/** Stores `count` assessments of the network, in so many sessions, all deferred behind those that it has. */
async function flood(database: Database, network: string, count: number, sessions: number): Promise<string[]> {
  const sessionIds = Array.from({ length: sessions }, () => randomUUID());
  const answersJson = JSON.stringify(wellbeingAnswers);
  const rows = Array.from({ length: count }, (_, nth) =>
    newAssessment({ network, answersJson, sessionId: sessionIds[nth % sessions] ?? '' }),
  );
  const stored = await Promise.all(rows.map((row) => database.submitting.insert(row)));
  expect(stored.every((each) => each.isNew && each.isDeferred)).toBe(true);
  return rows.map(({ id }) => id);
}

/** Lets one call after another be answered, each once all slots are in use; resolves to the order of the calls. */
async function answer({ world: { model } }: TestApp, count: number): Promise<string[]> {
  for (let nth = 0; nth < count; nth++) {
    const before = model.calls.length;
    model.release(1);
    // A slot that would stay empty ends the test here.
    await model.waitFor(() => model.calls.length === before + 1 && model.inFlight === SLOTS, 'the slot in use again');
  }
  return model.calls.map(({ assessmentId }) => assessmentId ?? '');
}

test.each([1, 62])(
  'behind 3,000 of one network in %i sessions, nine others with one each wait less than twice as long as alone, and no slot is empty',
  async (sessions) => {
    const app = await start();
    const database = await openTable(app);
    const { model } = app.world;
    const first = await submit(app, '10.0.0.1');
    for (let nth = 1; nth < SLOTS; nth++) await submit(app, '10.0.0.1', first.client);
    await model.waitFor(() => model.inFlight === SLOTS, 'all slots in use');
    await flood(database, first.network, 3_000, sessions);
    const others = [];
    for (let nth = 1; nth <= 9; nth++) others.push(await submit(app, `10.0.1.${nth}`));
    // Alone, the nine would have been called after nine calls.
    const order = await answer(app, 18);
    const last = Math.max(...others.map(({ ids }) => order.indexOf(ids[0] ?? '')));
    expect(others.every(({ ids }) => order.includes(ids[0] ?? ''))).toBe(true);
    expect(last).toBeLessThan(SLOTS + 9 + 1);
  },
);

test('a session with one does not wait for all of another session with the same address', async () => {
  const app = await start();
  const first = await submit(app, '10.0.0.1');
  for (let nth = 0; nth < 40; nth++) await submit(app, '10.0.0.1', first.client);
  const other = await submit(app, '10.0.0.1');
  const order = await answer(app, SLOTS + 2);
  expect(order).toContain(other.ids[0]);
});

test('a place counts turns: assessments are called in the order of their places, within one or 5 %', async () => {
  const app = await start();
  const database = await openTable(app);
  const { model } = app.world;
  const ids: string[] = [];
  const floods: [address: string, count: number, sessions: number][] = [
    ['10.0.0.1', 40, 3],
    ['10.0.0.2', 25, 1],
  ];
  for (const [address, count, sessions] of floods) {
    const first = await submit(app, address);
    ids.push(...first.ids);
    for (let nth = 1; nth < SLOTS; nth++) ids.push(...(await submit(app, address, first.client)).ids);
    ids.push(...(await flood(database, first.network, count, sessions)));
  }
  for (let nth = 1; nth <= 9; nth++) ids.push(...(await submit(app, `10.0.1.${nth}`)).ids);
  await model.waitFor(() => model.inFlight === SLOTS, 'all slots in use');
  const places = new Map(
    await Promise.all(ids.map(async (id) => [id, (await database.placing.place(id))?.position] as const)),
  );
  const waiting = ids.filter((id) => places.get(id) !== null);
  expect(waiting).toHaveLength(ids.length - SLOTS);
  expect(waiting.map((id) => places.get(id)).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
    waiting.map((_, index) => index + 1),
  );
  const order = (await answer(app, waiting.length)).slice(SLOTS);
  const wrong = waiting.flatMap((id) => {
    const [place, called] = [places.get(id) ?? 0, order.indexOf(id) + 1];
    return Math.abs(place - called) > Math.max(1, 0.05 * place) ? [`place ${place}, called as number ${called}`] : [];
  });
  expect(wrong).toEqual([]);
});

test('a cancelled one makes room for the next of its network at once', async () => {
  const app = await start();
  const { model } = app.world;
  const first = await submit(app, '10.0.0.1');
  for (let nth = 0; nth < SLOTS; nth++) first.ids.push(...(await submit(app, '10.0.0.1', first.client)).ids);
  await model.waitFor(() => model.inFlight === SLOTS, 'all slots in use');
  const client = clientWith(app.url, first.client.cookie);
  await client.graphql('mutation ($id: ID!) { cancelAssessment(id: $id) { __typename } }', { id: first.ids[0] });
  const [call] = await model.waitForCalls(1, { assessmentId: first.ids[SLOTS] ?? '' });
  expect(call?.number).toBe(SLOTS + 1);
});
