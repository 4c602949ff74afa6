import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import { deleteConsumer, deleteStream, exhaustDeliveries, limitWorkStream, workMessages } from './sabotage.ts';

/** For faults that need a certain time. */
const elapsed = async (ms: number): Promise<void> => {
  const end = performance.now() + ms;
  await until(() => performance.now() >= end, { timeoutMs: ms + 5_000, intervalMs: 100, label: `${ms} ms to pass` });
};

const allAtFirstTry = (fleet: Fleet): boolean =>
  fleet.visitors.every(({ submissions }) =>
    submissions.every(({ tries, outcome }) => tries === 1 && outcome === 'accepted'),
  );

test('F14: with an unavailable broker at the start, submissions are stored, and worked on when it is available', async () => {
  await using fleet = await Fleet.start({ idle: true });
  await fleet.toNats.setMode('down');
  await Promise.all(fleet.programs.map((program) => program.start()));
  expect(await fleet.api.readiness()).toMatchObject({ status: 200, parts: { broker: 'degraded', database: 'ok' } });
  const visitor = await fleet.visitor();
  await fleet.submitMany(visitor, 5);
  expect(allAtFirstTry(fleet)).toBe(true);
  await fleet.toNats.setMode('pass');
  await fleet.expectInvariants();
  await until(async () => (await fleet.api.readiness()).parts['broker'] === 'ok');
});

test('F15, F16: a killed broker delays no submission, also in an outage beyond the defaults of the client', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  await fleet.submitMany(visitor, 10);
  await fleet.nats.kill();
  await fleet.submitMany(visitor, 20);
  await until(async () => (await fleet.api.readiness()).parts['broker'] === 'degraded');
  await elapsed(25_000);
  await fleet.submitMany(visitor, 10);
  expect(allAtFirstTry(fleet)).toBe(true);
  expect(Math.max(...visitor.submissions.map(({ ms = 0 }) => ms)), 'no submit waits for the broker').toBeLessThan(
    2_000,
  );
  await fleet.nats.restart();
  await fleet.expectInvariants();
});

test('F17: after the broker was wiped, waiting and running assessments end, with one result each', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  await fleet.submitMany(visitor, 30);
  await fleet.world.model.waitForCalls(10);
  await fleet.nats.wipe();
  fleet.world.model.release();
  await fleet.expectInvariants();
});

test.each([
  ['F20', 'the work stream', async (fleet: Fleet) => await deleteStream(fleet.world)],
  ['F21', 'the consumer', async (fleet: Fleet) => await deleteConsumer(fleet.world)],
])('%s: after %s was deleted, work goes on', async (_row, _what, remove) => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  await fleet.submitMany(visitor, 5);
  await fleet.allEnded();
  await remove(fleet);
  await fleet.submitMany(visitor, 10);
  await fleet.expectInvariants();
});

test('F23: while a broker hangs for 10 s submissions succeed at the first try, and all end once', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  await fleet.nats.pause();
  await fleet.submitMany(visitor, 10);
  expect(allAtFirstTry(fleet)).toBe(true);
  await elapsed(10_000);
  fleet.nats.resume();
  await fleet.expectInvariants();
});

test('F24: a silent connection to the broker is noticed, and all assessments end after it', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  await fleet.submitMany(visitor, 10);
  await fleet.world.model.waitForCalls(10);
  await fleet.toNats.setMode('blackHole');
  fleet.world.model.release();
  await fleet.submitMany(visitor, 10);
  await until(async () => (await fleet.api.readiness()).parts['broker'] === 'degraded', { timeoutMs: 20_000 });
  await fleet.toNats.setMode('pass');
  await fleet.expectInvariants();
});

test('F26: while the connections to the broker are reset six times, work goes on', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  for (let round = 0; round < 6; round++) {
    await fleet.submitMany(visitor, 5);
    await fleet.toNats.setMode('reset');
    await fleet.toNats.setMode('pass');
    await until(async () => (await fleet.worker.readiness()).status === 200, { timeoutMs: 20_000 });
  }
  await fleet.expectInvariants();
});

test('F27, F28: a full work stream delays work and loses none', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  await limitWorkStream(fleet.world, 1);
  await fleet.submitMany(visitor, 10);
  expect(allAtFirstTry(fleet)).toBe(true);
  await until(async () => (await fleet.api.metric('assay_errors_total')) > 0, { label: 'it to be counted' });
  await limitWorkStream(fleet.world, 64 * 1024 * 1024);
  await fleet.expectInvariants();
});

test('F29: a server without JetStream is reported in the log, and the api accepts submissions', async () => {
  await using fleet = await Fleet.start({ nats: { jetStream: false } });
  const visitor = await fleet.visitor();
  await visitor.submit();
  expect(allAtFirstTry(fleet)).toBe(true);
  expect((await fleet.api.readiness()).parts).toMatchObject({ broker: 'degraded', database: 'ok' });
  expect(JSON.stringify(fleet.worker.logs)).toMatch(/JetStream/i);
});

test('F30: after refused credentials are accepted again, all assessments end', async () => {
  const right = ['authorization { user: u, password: right }'];
  await using fleet = await Fleet.start({ nats: { config: right }, env: { NATS_USER: 'u', NATS_PASSWORD: 'right' } });
  const visitor = await fleet.visitor();
  fleet.nats.reload(['authorization { user: u, password: other }']);
  await until(async () => (await fleet.api.readiness()).parts['broker'] === 'degraded', { timeoutMs: 20_000 });
  await fleet.submitMany(visitor, 5);
  // More refusals than the client accepts by default.
  await elapsed(5_000);
  fleet.nats.reload(right);
  await fleet.expectInvariants();
});

test('F32, F33: messages that the broker would never deliver again are dispatched again', async () => {
  await using fleet = await Fleet.start({ idle: true });
  await Promise.all([fleet.api.start(), fleet.worker.start()]);
  await fleet.worker.stop();
  const visitor = await fleet.visitor();
  await fleet.submitMany(visitor, 5);
  // Without a worker the network's share is two; the rest is deferred.
  await until(async () => (await workMessages(fleet.world)) === 2);
  await exhaustDeliveries(fleet.world, 2);
  await fleet.worker.start();
  await fleet.expectInvariants();
});

test('F34: an end that could not be published reaches the subscriber by the sweep', async () => {
  await using fleet = await Fleet.start({ apis: 1 });
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  await fleet.submitMany(visitor, 5);
  await fleet.world.model.waitForCalls(5);
  await fleet.toNats.setMode('down');
  // An end that a sweep finds within its first second counts as no missed hint. The next sweep is 4.5 s later.
  const sweeps = () => fleet.api.metric('assay_database_seconds_count{operation="sweep-ends"}');
  const before = await sweeps();
  await until(async () => (await sweeps()) > before, { timeoutMs: 30_000, label: 'a sweep' });
  fleet.world.model.release();
  await fleet.expectInvariants();
  expect(await fleet.api.metric('assay_push_missed_by_hint_total')).toBe(5);
  await fleet.toNats.setMode('pass');
  await until(async () => (await workMessages(fleet.world)) === 0, { timeoutMs: 30_000, label: 'the messages to go' });
});
