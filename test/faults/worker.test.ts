import { expect, test } from 'vitest';
import { delay } from '../support/model-behaviours.ts';
import { until } from '../support/wait.ts';
import { expectNothingLost } from './crash.ts';
import { Fleet } from './fleet.ts';
import { publishWork, workMessages } from './sabotage.ts';

/** Starts the api and one worker; the other worker can be started later. */
async function startWithOneWorker(fault?: string, env: Record<string, string> = {}): Promise<Fleet> {
  const fleet = await Fleet.start({ apis: 1, idle: true, env });
  await Promise.all([fleet.api.start(), fleet.worker.start({ fault })]);
  return fleet;
}

const other = (fleet: Fleet) => fleet.workers[1] as Fleet['worker'];

test.each([
  ['F7', 'after the reply and before it saves the result', 'answered', 1],
  ['F9', 'after it published the end and before its ack', 'published', 0],
])('%s: a worker that is killed %s loses no assessment', async (_row, _when, point, extraPaidCalls) => {
  await expectNothingLost(point, extraPaidCalls);
});

test('F6: a worker that is killed during a call costs at most one more call, and there is one result', async () => {
  await using fleet = await startWithOneWorker();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  await fleet.submitMany(visitor, 1);
  await fleet.world.model.waitForCalls(1);
  await fleet.worker.kill();
  fleet.world.model.release();
  await other(fleet).start();
  await fleet.expectInvariants({ extraPaidCalls: 1 });
});

test('F10: after SIGTERM a running call finishes within the grace time, and its result is saved and pushed', async () => {
  await using fleet = await startWithOneWorker();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  await fleet.submitMany(visitor, 1);
  await fleet.world.model.waitForCalls(1);
  fleet.worker.signal('SIGTERM');
  await until(() => fleet.worker.logs.some(({ msg }) => msg?.startsWith('stopping')));
  fleet.world.model.release();
  expect(await fleet.worker.ended()).toEqual({ code: 0, signal: null });
  await fleet.expectInvariants();
});

test('F10: after the grace time the call is aborted, and the claim is released and taken by another worker', async () => {
  await using fleet = await startWithOneWorker(undefined, { SHUTDOWN_GRACE_MS: '300' });
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  const [id] = await fleet.submitMany(visitor, 1);
  await fleet.world.model.waitForCalls(1);
  fleet.worker.signal('SIGTERM');
  expect(await fleet.worker.ended()).toEqual({ code: 0, signal: null });
  const [row] = await fleet.world.sql('SELECT status, claim_token FROM test_assessment WHERE id = $1', [id]);
  expect(row).toEqual({ status: 'submitted', claim_token: null });
  fleet.world.model.release();
  await other(fleet).start();
  await fleet.expectInvariants({ extraPaidCalls: 1 });
});

test('F11: a worker that was frozen past its lease changes no row and pushes no second end', async () => {
  await using fleet = await startWithOneWorker();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  const [id = ''] = await fleet.submitMany(visitor, 1);
  await fleet.world.model.waitForCalls(1);
  fleet.worker.signal('SIGSTOP');
  await other(fleet).start();
  await fleet.world.model.waitForCalls(2);
  fleet.world.model.release();
  await fleet.allEnded();
  const before = await fleet.world.sql('SELECT version, ended_at FROM test_assessment WHERE id = $1', [id]);
  fleet.worker.signal('SIGCONT');
  await until(async () => (await fleet.worker.metric('assay_run_seconds_count')) === 1, {
    label: 'the end of its attempt',
  });
  expect(await fleet.world.sql('SELECT version, ended_at FROM test_assessment WHERE id = $1', [id])).toEqual(before);
  await fleet.expectInvariants({ extraPaidCalls: 1 });
});

test('F12: a worker whose event loop is blocked past its lease costs at most one more call', async () => {
  await using fleet = await startWithOneWorker('answered:block', { FAULT_BLOCK_MS: '15000' });
  const visitor = await fleet.visitor();
  await fleet.submitMany(visitor, 1);
  await until(() => fleet.worker.logs.some(({ msg }) => msg === 'fault'));
  await other(fleet).start();
  await fleet.expectInvariants({ extraPaidCalls: 1 });
  await fleet.worker.stop();
});

test('F13: fifty messages for one assessment make one call', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  const [id = ''] = await fleet.submitMany(visitor, 1);
  for (let n = 2; n <= 50; n++) await publishWork(fleet.world, id, n);
  await fleet.world.model.waitForCalls(1);
  fleet.world.model.release();
  await fleet.expectInvariants();
  await until(async () => (await workMessages(fleet.world)) === 0, { timeoutMs: 30_000 });
  expect(fleet.world.model.calls).toHaveLength(1);
});

test('F65: an assessment whose call takes several leases is not dispatched again', async () => {
  await using fleet = await Fleet.start({ env: { LEASE_MS: '3000', AI_TIMEOUT_MS: '60000' } });
  const visitor = await fleet.visitor();
  fleet.world.model.script([delay(14_000)]);
  const [id] = await fleet.submitMany(visitor, 1);
  await fleet.expectInvariants();
  const [row] = await fleet.world.sql('SELECT attempts, dispatch_no FROM test_assessment WHERE id = $1', [id]);
  expect(row).toEqual({ attempts: 1, dispatch_no: 1 });
});
