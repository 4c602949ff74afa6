import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import { lockTable, setReadOnly } from './sabotage.ts';

test('F35: with an unavailable database at the start, every process waits and logs it, and starts after it', async () => {
  await using fleet = await Fleet.start({ idle: true });
  await fleet.toPostgres.setMode('down');
  await Promise.all(fleet.programs.map((program) => program.start({ wait: false })));
  await until(() => fleet.programs.every(({ logs }) => logs.some(({ msg }) => msg?.includes('waiting for it'))), {
    timeoutMs: 60_000,
  });
  expect(fleet.programs.every(({ running }) => running)).toBe(true);
  await fleet.toPostgres.setMode('pass');
  await until(() => fleet.programs.every(({ logs }) => logs.some(({ msg }) => msg === 'ready')), { timeoutMs: 60_000 });
});

test.each([
  ['F36', 'stopped', 'fast'],
  ['F37', 'killed', 'kill'],
] as const)('%s: a database that is %s and started again loses no accepted assessment', async (_row, _how, how) => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  await fleet.submitMany(visitor, 10);
  await fleet.world.model.waitForCalls(10);
  await fleet.postgres.stopServer(how);
  fleet.world.model.release();
  const meanwhile = Array.from({ length: 10 }, () => visitor.submit());
  await until(async () => (await fleet.api.readiness()).parts['database'] === 'unavailable');
  await fleet.postgres.startServer();
  for (const { id } of await Promise.all(meanwhile)) visitor.follow(id ?? '');
  // Replies that were paid for before the stop are saved after it.
  await fleet.expectInvariants();
  expect(await fleet.world.sql('SELECT DISTINCT attempts FROM test_assessment')).toEqual([{ attempts: 1 }]);
  expect(fleet.programs.every(({ running }) => running)).toBe(true);
});

test('an outage of the database for longer than a lease causes no second call', async () => {
  await using fleet = await Fleet.start({ env: { LEASE_MS: '3000', AI_TIMEOUT_MS: '60000' } });
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  await fleet.submitMany(visitor, 6);
  await fleet.world.model.waitForCalls(6);
  await fleet.postgres.stopServer('fast');
  const end = performance.now() + 7_000;
  await until(() => performance.now() > end, { label: 'two leases to pass' });
  await fleet.postgres.startServer();
  await until(async () => (await fleet.worker.readiness()).status === 200);
  fleet.world.model.release();
  await fleet.expectInvariants();
});

test('F39: a connection that is lost at the commit of a row makes no second assessment', async () => {
  await using fleet = await Fleet.start({ apis: 1 });
  const visitor = await fleet.visitor();
  for (const answered of [false, true]) {
    await fleet.toPostgres.setMode({ cutAt: 'insert-assessments', answered });
    const submission = await visitor.submit();
    visitor.follow(submission.id ?? '');
  }
  await fleet.expectInvariants();
  expect(await fleet.world.sql('SELECT 1 FROM test_assessment')).toHaveLength(2);
});

test('F40: a silent database gives SERVICE_UNAVAILABLE within the time-out of the client, and all assessments end after it', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  await fleet.submitMany(visitor, 3);
  await fleet.allEnded();
  await fleet.toPostgres.setMode('blackHole');
  const submission = { key: 'black-hole', outcome: 'open' as const, tries: 0, responses: [] as string[] };
  await visitor.trySubmit(submission);
  expect(submission.responses).toEqual(['SERVICE_UNAVAILABLE']);
  await until(async () => (await fleet.api.readiness()).parts['database'] === 'unavailable', { timeoutMs: 20_000 });
  await fleet.toPostgres.setMode('pass');
  await until(async () => (await fleet.api.readiness()).status === 200, { timeoutMs: 20_000 });
  await fleet.submitMany(visitor, 3);
  await fleet.expectInvariants();
});

test('F41: a locked table gives SERVICE_UNAVAILABLE, and all assessments end after it', async () => {
  await using fleet = await Fleet.start({ apis: 1 });
  const visitor = await fleet.visitor();
  const locked = await lockTable(fleet.world, 'test_assessment');
  const submissions = Array.from({ length: 20 }, () => visitor.submit());
  await until(() => visitor.submissions.some(({ responses }) => responses.includes('SERVICE_UNAVAILABLE')));
  await locked.release();
  for (const { id } of await Promise.all(submissions)) visitor.follow(id ?? '');
  await fleet.expectInvariants();
});

test('F45: a read-only database gives SERVICE_UNAVAILABLE, and leaves no partial state', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor();
  await setReadOnly(fleet.world, true);
  const submitting = visitor.submit();
  await until(() => visitor.submissions[0]?.responses.includes('SERVICE_UNAVAILABLE'));
  await setReadOnly(fleet.world, false);
  visitor.follow((await submitting).id ?? '');
  await fleet.expectInvariants();
});
