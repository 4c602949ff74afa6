import * as fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startObserver, type Observer } from '../adapters/broker/broker.ts';
import { openSocket } from '../server/socket.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED, type Client } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { anyText, changedBytes, changedJson, RUNS, SECRET } from './draws.ts';
import { harmTo } from './harmless.ts';

let app: TestApp;
let observer: Observer;
let client: Client;
/** An assessment in work, and one that has ended. */
let open: string;
let ended: string;

beforeAll(async () => {
  app = await startApp();
  observer = await startObserver(app.world.natsUrl);
  client = await app.client();
  ended = await client.submit();
  await client.completion(ended);
  app.world.model.hold();
  open = await client.submit({ watch: true });
  await app.world.model.waitForCalls(2);
});
afterAll(async () => {
  await observer[Symbol.asyncDispose]();
  await app.close();
});

const rowsOf = () =>
  app.world.sql(`SELECT id, session_id, status, version, round, attempts, dispatch_no, failure_code, answers, ended_at
    FROM test_assessment ORDER BY id`);

/** One token of a subject. */
const token = (text: string): string => text.replace(/[^\w-]/g, '').slice(0, 60) || 'x';

/** Subjects of all kinds, with true, unknown and malformed ids. */
const subjects = (): fc.Arbitrary<string> => {
  const { wire } = app.world;
  const ids = fc.oneof(fc.constantFrom(open, ended, randomUUID(), open.toUpperCase()), anyText().map(token));
  return fc.tuple(fc.nat({ max: 5 }), ids, fc.oneof(fc.constant(client.sessionId), ids)).map(([kind, id, session]) => {
    const all = [
      wire.submitted(id),
      wire.completed(session, id),
      wire.progress(session, id),
      wire.cancelled(id),
      wire.sessionEnded(session),
      wire.deadLetter,
    ];
    return all[kind] ?? wire.deadLetter;
  });
};

/** Payloads of all kinds: changed ones, and any bytes. The version 1 stays often enough for them to be read. */
const payloads = (): fc.Arbitrary<Uint8Array | string> => {
  const valid = fc.constantFrom<object>(
    { v: 1, assessment_id: open, session_id: client.sessionId, dispatch_no: 1, timestamp: new Date(0).toISOString() },
    { v: 1, assessment_id: open, session_id: client.sessionId, status: 'completed', version: 99, timestamp: '' },
    {
      v: 1,
      version: 99,
      seq: 5,
      phase: 'writing',
      draft: { summary: SECRET, recommendations: [{ title: SECRET, rationale: 'x', action: 'x' }] },
    },
    { v: 1, assessment_id: open, code: 'AI_REFUSED', attempts: 9, last_error: SECRET, round: 1, version: 9 },
  );
  return fc.oneof(
    valid.chain(changedJson).map((value) => JSON.stringify(value) ?? ''),
    valid.chain((value) => changedBytes(JSON.stringify(value))),
    fc.constantFrom('', 'null', '[]', '1', '{"v":1}', '{"v":1e999}', '{"v":"1"}', '\ufeff{}', '['.repeat(5_000)),
  );
};

test('messages of any kind on any subject change no row, call no model, and end no session', async () => {
  await using socket = await openSocket(app.url, { cookie: client.cookie });
  socket.subscribe('1', COMPLETED, { id: open });
  const before = await rowsOf();
  const sent: string[] = [];
  await fc.assert(
    fc.asyncProperty(subjects(), payloads(), async (subject, payload) => {
      observer.connection.publish(subject, payload);
      sent.push(subject);
    }),
    { numRuns: 2 * (RUNS.numRuns ?? 100) },
  );
  await observer.connection.flush();
  expect(sent.length).toBeGreaterThanOrEqual(400);
  // An assessment after them: when it is in work, the worker and the api have read what came before.
  const after = await client.submit();
  await app.world.model.waitForCalls(3);
  expect((await rowsOf()).filter(({ id }) => id !== after)).toEqual(before);
  expect(socket.of('1')).toEqual([]);
  app.world.model.release();
  for (const id of [open, after]) await client.completion(id);
  await until(() => socket.of('1').some(({ type }) => type === 'complete'));
  expect(socket.of('1')[0].payload.data.recommendationCompleted.assessment).toMatchObject({ id: open, version: 3 });
  expect(app.world.model.callsFor(open)).toHaveLength(1);
  expect(app.world.model.callsFor(ended)).toHaveLength(1);
});

test('nobody else was harmed', async () => {
  expect(await harmTo(app)).toEqual([]);
});
