import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { COMPLETED, startClient } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';
import { metricsOf } from '../support/metrics.ts';
import { launchProgram, startProgram } from './program.ts';

async function rowOf({ sql }: World, id: string) {
  const [row] = await sql<{ status: string; version: number; attempts: number; claim_token: string | null }>(
    'SELECT status, version, attempts, claim_token FROM test_assessment WHERE id = $1',
    [id],
  );
  return row;
}

test(
  'at SIGTERM a worker finishes its running call, and leaves other work to other workers',
  { timeout: 60_000 },
  async () => {
    await using world = await createWorld();
    await using api = await startApp({ role: 'api', world });
    await using worker = await startProgram('worker', {
      ...world.env,
      WORKER_CONCURRENCY: '2',
      SHUTDOWN_GRACE_MS: '20000',
    });
    const client = await api.client();
    world.model.hold();
    const running = await client.submit();
    await world.model.waitForCalls(1);
    const completion = client.completion(running);
    worker.signal('SIGTERM');
    await until(async () => (await fetch(`${worker.probesUrl}/readyz`)).status === 503);
    expect((await fetch(`${worker.probesUrl}/healthz`)).status).toBe(200);
    // The worker has a free slot, but must not begin new work.
    const waiting = await client.submit();
    world.model.release(1);
    const [event] = await completion;
    expect(event.data.recommendationCompleted.assessment).toMatchObject({ status: 'COMPLETED', version: 3 });
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(worker.stderr()).toBe('');
    expect(await rowOf(world, waiting)).toMatchObject({ status: 'submitted', version: 1, attempts: 0 });
    world.model.release();
    await using _other = await startApp({ role: 'worker', world });
    await client.completion(waiting);
    expect(world.model.calls.map(({ assessmentId }) => assessmentId)).toEqual([running, waiting]);
  },
);

test(
  'after the grace time running work is released, and another worker claims it at once',
  { timeout: 60_000 },
  async () => {
    await using world = await createWorld();
    await using api = await startApp({ role: 'api', world });
    await using worker = await startProgram('worker', { ...world.env, SHUTDOWN_GRACE_MS: '300' });
    const client = await api.client();
    world.model.hold();
    const id = await client.submit();
    await world.model.waitForCalls(1);
    worker.signal('SIGTERM');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(worker.stderr()).toBe('');
    await world.model.waitFor(() => world.model.inFlight === 0, 'the call to be ended');
    expect(await rowOf(world, id)).toMatchObject({ status: 'submitted', version: 3, attempts: 1, claim_token: null });
    world.model.release();
    const handedBackAt = performance.now();
    await using _other = await startApp({ role: 'worker', world });
    const [event] = await client.completion(id);
    expect(event.data.recommendationCompleted.assessment).toMatchObject({ status: 'COMPLETED', version: 5 });
    // Sooner than the end of its lease.
    expect(performance.now() - handedBackAt).toBeLessThan(10_000);
    const [first, second, ...more] = world.model.callsFor(id);
    expect([first?.outcome, more.length]).toEqual(['aborted', 0]);
    expect(second?.idempotencyKey).toBe(first?.idempotencyKey);
  },
);

test('a second signal ends the worker at once', { timeout: 60_000 }, async () => {
  await using world = await createWorld();
  await using api = await startApp({ role: 'api', world });
  await using worker = await startProgram('worker', { ...world.env, SHUTDOWN_GRACE_MS: '600000' });
  const client = await api.client();
  world.model.hold();
  await client.submit();
  await world.model.waitForCalls(1);
  worker.signal('SIGTERM');
  await until(() => worker.stdout().includes('again to stop at once'));
  worker.signal('SIGINT');
  expect(await worker.exited).toEqual({ code: 1, signal: null });
  expect(worker.stderr()).toBe('Stopped at once: unfinished work was given up and will be repeated.\n');
});

test('the same signal twice at once, as Ctrl-C under npm sends it, is one signal', { timeout: 60_000 }, async () => {
  await using world = await createWorld();
  await using api = await startApp({ role: 'api', world });
  await using worker = await startProgram('worker', world.env);
  const client = await api.client();
  world.model.hold();
  const id = await client.submit();
  await world.model.waitForCalls(1);
  worker.signal('SIGINT');
  worker.signal('SIGINT');
  await until(() => worker.stdout().includes('again to stop at once'));
  worker.signal('SIGINT');
  world.model.release();
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  expect(worker.stderr()).toBe('');
  expect((await client.read(id)).status).toBe('COMPLETED');
});

test(
  'at SIGHUP a worker finishes its running call, as at SIGTERM, and at SIGUSR1 nothing happens',
  { timeout: 60_000 },
  async () => {
    await using world = await createWorld();
    await using api = await startApp({ role: 'api', world });
    await using worker = await startProgram('worker', world.env);
    const client = await api.client();
    world.model.hold();
    const id = await client.submit();
    await world.model.waitForCalls(1);
    worker.signal('SIGUSR1');
    const completion = client.completion(id);
    worker.signal('SIGHUP');
    await until(() => worker.stdout().includes('again to stop at once'));
    world.model.release();
    const [event] = await completion;
    expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    expect(world.model.calls).toHaveLength(1);
    // Node would report "Debugger listening on …".
    expect(worker.stderr()).toBe('');
  },
);

test(
  'with DRAIN_DELAY_MS a stopped api is not ready, serves on for that time, and closes each connection after its response',
  { timeout: 60_000 },
  async () => {
    await using world = await createWorld();
    // Ends only with the test, which therefore waits for no time.
    await using program = await startProgram('api', { ...world.env, DRAIN_DELAY_MS: '60000' });
    const client = await startClient(program.url);
    program.signal('SIGTERM');
    await until(async () => (await fetch(`${program.url}/readyz`)).status === 503);
    const response = await fetch(`${program.url}/healthz`);
    expect([response.status, response.headers.get('connection')]).toEqual([200, 'close']);
    const id = await client.submit();
    expect((await client.read(id)).status).toBe('SUBMITTED');
    program.signal('SIGINT');
    expect(await program.exited).toEqual({ code: 1, signal: null });
  },
);

test('after DRAIN_DELAY_MS an api accepts no connection, and finishes the requests of those it has', async () => {
  await using world = await createWorld();
  await using app = await startApp({ role: 'api', world, env: { DRAIN_DELAY_MS: '1' } });
  // The request has begun, and its body comes later.
  const headers = { 'content-type': 'application/json' };
  const begun = request(`${app.url}/graphql`, { method: 'POST', headers });
  const answered = once(begun, 'response');
  begun.write('{"query":');
  await until(async () => (await fetch(`${app.url}/healthz`)).ok);
  const closed = app.close();
  const { port } = new URL(app.url);
  await until(async () => !(await connects(Number(port))));
  begun.end('"{ __typename }"}');
  const [response] = (await answered) as [IncomingMessage];
  expect(await json(response)).toEqual({ data: { __typename: 'Query' } });
  await closed;
});

const connects = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

test('every line on standard output is JSON where it is no terminal', { timeout: 60_000 }, async () => {
  await using world = await createWorld();
  for (const role of ['all', 'api', 'worker']) {
    await using program = await startProgram(role, world.env);
    program.signal('SIGTERM');
    expect(await program.exited).toEqual({ code: 0, signal: null });
    const lines = program.stdout().trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('{"level":'))).toEqual([]);
  }
  await using migrated = launchProgram('migrate', world.env);
  expect(await migrated.exited).toEqual({ code: 0, signal: null });
  const lines = migrated
    .stdout()
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  expect(lines.at(-1)).toMatchObject({ level: 'info', msg: 'the database is up to date' });
});

test('addresses in the log are URLs, also of IPv6', { timeout: 60_000 }, async () => {
  await using world = await createWorld();
  await using program = await startProgram('api', { ...world.env, HOST: '::1', METRICS_HOST: '::1' });
  expect([new URL(program.url).hostname, new URL(program.probesUrl).hostname]).toEqual(['[::1]', '[::1]']);
});

test('an idle worker stops at once', { timeout: 60_000 }, async () => {
  await using world = await createWorld();
  await using worker = await startProgram('worker', world.env);
  const startedAt = performance.now();
  worker.signal('SIGINT');
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  expect(worker.stderr()).toBe('');
});

test(
  'at SIGTERM the whole program refuses new submissions, finishes and pushes running work, and closes sockets with 1001',
  { timeout: 60_000 },
  async () => {
    await using world = await createWorld();
    await using program = await startProgram('all', { ...world.env, SHUTDOWN_GRACE_MS: '20000' });
    const client = await startClient(program.url);
    const socket = client.socket();
    const closed = new Promise<{ code: number }>((resolve) => {
      socket.on('closed', (event) => resolve(event as { code: number }));
    });
    world.model.hold();
    // One after the other, so that the order of the calls is known.
    const id = await client.submit();
    await world.model.waitForCalls(1);
    const endless = await client.submit();
    await world.model.waitForCalls(2);
    const events: unknown[] = [];
    const completed = new Promise<void>((resolve) => {
      socket.subscribe(
        { query: COMPLETED, variables: { id } },
        { next: (event) => void events.push(event), error: () => resolve(), complete: resolve },
      );
    });
    // This subscription stays open, and the socket with it.
    socket.subscribe({ query: COMPLETED, variables: { id: endless } }, { next() {}, error() {}, complete() {} });
    await until(async () => {
      const metrics = await metricsOf(program);
      return /^assay_subscriptions_open\{.*\} 2$/m.test(metrics);
    });
    program.signal('SIGTERM');
    await until(async () => (await fetch(`${program.probesUrl}/readyz`)).status === 503);
    const refused = await client.rest('POST', '/api/assessment/submit', {
      questionnaire: 'wellbeing-check',
      answers: {},
    });
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    world.model.release(1);
    await completed;
    expect(events).toMatchObject([{ data: { recommendationCompleted: { assessment: { id, status: 'COMPLETED' } } } }]);
    world.model.release();
    expect((await closed).code).toBe(1001);
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(program.stderr()).toBe('');
    const [count] = await world.sql('SELECT count(*)::int AS count FROM test_assessment');
    expect(count).toEqual({ count: 2 });
    await socket.dispose();
  },
);
