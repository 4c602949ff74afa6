import { expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { COMPLETED, startClient } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { createWorld, type World } from '../support/world.ts';
import { metricsOf } from '../support/metrics.ts';
import { startProgram } from './program.ts';

async function rowOf({ sql }: World, id: string) {
  const [row] = await sql<{ status: string; version: number; attempts: number; claim_token: string | null }>(
    'SELECT status, version, attempts, claim_token FROM test_assessment WHERE id = $1',
    [id],
  );
  return row;
}

test(
  'a worker that is told to stop finishes what runs, and leaves the rest to others',
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
    // It has a slot for this one, but must not begin anything any more.
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
  'beyond the grace time what runs is handed back, and another worker takes it at once',
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
    // Far sooner than its lease would have run out.
    expect(performance.now() - handedBackAt).toBeLessThan(10_000);
    const [first, second, ...more] = world.model.callsFor(id);
    expect([first?.outcome, more.length]).toEqual(['aborted', 0]);
    expect(second?.idempotencyKey).toBe(first?.idempotencyKey);
  },
);

test('a second signal does not wait', { timeout: 60_000 }, async () => {
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
  'the whole program that is told to stop refuses what is new, brings what runs to its end and to its subscriber, and closes sockets as going away',
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
    // One after the other, so that it is known which call is let go first.
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
    // This one stays open, and the socket with it.
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
