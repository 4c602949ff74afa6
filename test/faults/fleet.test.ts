import { expect, test } from 'vitest';
import { delay } from '../support/model-behaviours.ts';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import { Program } from './process.ts';
import { deleteStream, publishWork, workMessages } from './sabotage.ts';

test('F43: workers that write the same rows at once complete all assessments, without a deadlock in their logs', async () => {
  await using fleet = await Fleet.start({ workers: 3, env: { WORKER_CONCURRENCY: '20', AI_TIMEOUT_MS: '60000' } });
  const visitor = await fleet.visitor();
  // Long enough for renewals of many rows to meet the ends of some of them.
  fleet.world.model.script((call) => delay(1_000 + (call.number % 7) * 500));
  const ids = await fleet.submitMany(visitor, 120);
  for (const id of ids) await publishWork(fleet.world, id, 2);
  await fleet.expectInvariants({ endWithinMs: 120_000 });
  expect(JSON.stringify(fleet.workers.map(({ logs }) => logs))).not.toContain('40P01');
});

test('F55: a browser that was offline at the end of its assessment gets the end once when it is online', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  const [id] = await fleet.submitMany(visitor, 1);
  await fleet.world.model.waitForCalls(1);
  await visitor.goOffline();
  fleet.world.model.release();
  await until(async () => {
    const [row] = await fleet.world.sql('SELECT status FROM test_assessment WHERE id = $1', [id]);
    return row?.['status'] === 'completed';
  });
  visitor.goOnline();
  await fleet.expectInvariants();
});

test('F56: a browser whose api process was killed gets the end from another one', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  await fleet.submitMany(visitor, 6);
  await fleet.world.model.waitForCalls(6);
  await fleet.api.kill();
  fleet.world.model.release();
  await fleet.expectInvariants();
});

test('F62: a message of a newer version stays in the stream, and its assessment completes', async () => {
  await using fleet = await Fleet.start({ idle: true });
  await Promise.all([fleet.api.start(), fleet.worker.start()]);
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  const [id = ''] = await fleet.submitMany(visitor, 1);
  await fleet.world.model.waitForCalls(1);
  await publishWork(fleet.world, id, 99, 99);
  await until(async () => (await fleet.worker.metric('assay_messages_total')) >= 2);
  fleet.world.model.release();
  await fleet.expectInvariants();
  expect(await workMessages(fleet.world), 'left for a newer worker').toBe(1);
});

test('F63: a migration during work fails no submission', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  const submitting = fleet.submitMany(visitor, 50);
  const migrating = new Program({ role: 'migrate', env: { DATABASE_URL: fleet.world.databaseUrl } });
  await migrating.start({ wait: false });
  expect(await migrating.ended()).toEqual({ code: 0, signal: null });
  await submitting;
  expect(visitor.submissions.every(({ tries }) => tries === 1)).toBe(true);
  await fleet.expectInvariants();
});

test('F64: two reconcilers dispatch each assessment with a lost message once', async () => {
  await using fleet = await Fleet.start({ env: { AI_TIMEOUT_MS: '60000', TRUSTED_PROXIES: '127.0.0.1' } });
  fleet.world.model.hold();
  // A network has at most as many messages in the stream as there are slots: the other assessments have none to lose.
  for (let host = 1; host <= 6; host++)
    await fleet.submitMany(await fleet.visitor(fleet.runningApis, `192.0.2.${host}`), 10);
  await fleet.world.model.waitForCalls(10);
  await deleteStream(fleet.world);
  await until(
    async () => {
      const [row] = await fleet.world.sql<{ least: number }>(
        `SELECT min(dispatch_no) AS least FROM test_assessment WHERE status = 'submitted' AND turn IS NULL`,
      );
      return (row?.least ?? 0) >= 2;
    },
    { timeoutMs: 30_000, label: 'assessments without a message to be dispatched again' },
  );
  fleet.world.model.release();
  await fleet.expectInvariants();
  const [row] = await fleet.world.sql<{ most: number }>('SELECT max(dispatch_no) AS most FROM test_assessment');
  expect(row?.most).toBe(2);
});
