import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startNats } from '../../support/nats.ts';
import { freePort } from '../../support/ports.ts';
import { startProxy } from '../../support/proxy.ts';
import { until } from '../../support/wait.ts';
import { openBroker, publishMany, readyBroker, startHolder, startObserver } from './broker.ts';

const completedBy = (sessionId: string, assessmentId: string) =>
  ({
    v: 1,
    assessment_id: assessmentId,
    session_id: sessionId,
    status: 'completed',
    version: 3,
    timestamp: new Date().toISOString(),
  }) as const;

test('the link connects to a broker that becomes available after the start', async () => {
  const port = await freePort();
  await using one = openBroker({ url: `nats://127.0.0.1:${port}` });
  const worker = startHolder(one, 1);
  await until(() => one.troubles.length > 0);
  expect(one.troubles[0]).toBe('can not connect to the broker: trying again; check NATS_URL');
  expect([one.broker.ready, one.broker.state]).toEqual([false, 'connecting']);
  const nats = await startNats({ port });
  try {
    expect(await one.broker.whenReady(10_000)).toBe(true);
    await publishMany(one, 1);
    await worker.waitFor(1);
  } finally {
    await nats.stop();
  }
});

test('a refused password is tried again until the server accepts it', async () => {
  const users = (password: string) => [`authorization { user: assay, password: "${password}" }`];
  const nats = await startNats({ config: users('other') });
  try {
    await using one = openBroker({ url: nats.url, address: { user: 'assay', password: 'right' } });
    await until(() => one.troubles.length > 1);
    expect(new Set(one.troubles)).toEqual(
      new Set([expect.stringMatching(/refuses the credentials: check NATS_USER and NATS_PASSWORD/)]),
    );
    nats.reload(users('right'));
    expect(await one.broker.whenReady(15_000)).toBe(true);
    // A change while connected: the server closes the connection, and the client must not give up.
    nats.reload(users('changed'));
    await until(() => !one.broker.ready);
    await until(() => one.troubles.at(-1)?.includes('refuses the credentials'));
    nats.reload(users('right'));
    expect(await one.broker.whenReady(15_000)).toBe(true);
    await publishMany(one, 1);
  } finally {
    await nats.stop();
  }
});

test('a missing permission is reported to the operator', async () => {
  const permissions = '{ publish: { deny: "$JS.API.STREAM.CREATE.>" } }';
  const config = [`authorization { users: [{ user: u, password: p, permissions: ${permissions} }] }`];
  const nats = await startNats({ config });
  try {
    await using one = openBroker({ url: nats.url, address: { user: 'u', password: 'p' } });
    await until(() => one.troubles.length > 0);
    expect(one.troubles[0]).toMatch(/denies this user a permission .*docs\/OPERATING\.md$/);
    expect(one.broker.ready).toBe(false);
  } finally {
    await nats.stop();
  }
});

test('after a server was killed, the link is not ready within a second, and ready within five seconds of its return', async () => {
  const nats = await startNats();
  try {
    await using one = await readyBroker({ url: nats.url });
    let reconnects = 0;
    one.broker.listen({ onHint: () => {}, onReconnect: () => void reconnects++ });
    await nats.kill();
    await until(() => !one.broker.ready, { timeoutMs: 1_000 });
    await nats.restart();
    const backAt = performance.now();
    expect(await one.broker.whenReady(10_000)).toBe(true);
    expect(performance.now() - backAt).toBeLessThan(5_000);
    expect(reconnects).toBe(1);
  } finally {
    await nats.stop();
  }
});

test('streams and consumer are created again on a server whose store was wiped', async () => {
  const nats = await startNats();
  try {
    await using one = await readyBroker({ url: nats.url });
    const worker = startHolder(one, 1);
    await nats.wipe();
    const [id] = await until(() => publishMany(one, 1).catch(() => undefined));
    await worker.waitFor(1);
    expect(worker.got).toContain(id);
  } finally {
    await nats.stop();
  }
});

test('hints reach every subscribed process, also after a reconnect, and malformed ones are ignored', async () => {
  const nats = await startNats();
  const proxy = await startProxy(nats.url);
  try {
    await using far = await readyBroker({ url: `127.0.0.1:${proxy.port}` });
    await using near = await readyBroker({ url: nats.url, prefix: far.prefix });
    await using observer = await startObserver(nats.url);
    const heard = { far: new Set<string>(), near: new Set<string>() };
    far.broker.listen({ onHint: ({ kind, id }) => void heard.far.add(`${kind} ${id}`), onReconnect: () => {} });
    near.broker.listen({ onHint: ({ kind, id }) => void heard.near.add(`${kind} ${id}`), onReconnect: () => {} });
    const [session, one, two, forged] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    // Repeated, since the subscriptions may not have reached the server yet.
    await until(async () => {
      await near.broker.publishCompleted(completedBy(session, one));
      return heard.far.size > 0 && heard.near.size > 0;
    });
    await proxy.setMode('reset');
    await until(() => !far.broker.ready);
    await proxy.setMode('pass');
    await until(() => far.broker.ready);
    observer.connection.publish(near.wire.completed('none', 'none'), '');
    observer.connection.publish(near.wire.completed('none', forged), '{"status":"completed"}');
    observer.connection.publish(near.wire.completed(session, 'none'), Uint8Array.of(0xff, 0xfe));
    observer.connection.publish(near.wire.sessionEnded('none'), '');
    await observer.connection.flush();
    near.broker.announceSessionEnded(session);
    await near.broker.publishCompleted(completedBy(session, two));
    const expected = new Set([`completed ${one}`, `session-ended ${session}`, `completed ${two}`]);
    await until(() => heard.far.size >= 3 && heard.near.size >= 3);
    expect(heard).toEqual({ far: expected, near: expected });
  } finally {
    await proxy.close();
    await nats.stop();
  }
});

test('closing does not wait for an unavailable server', async () => {
  const nats = await startNats();
  const one = await readyBroker({ url: nats.url });
  await nats.stop();
  await until(() => !one.broker.ready);
  const absent = openBroker({ url: nats.url });
  await until(() => absent.troubles.length > 0);
  const startedAt = performance.now();
  await Promise.all([one.broker.close(), absent.broker.close()]);
  expect(performance.now() - startedAt).toBeLessThan(3_500);
  expect([one.broker.state, absent.broker.state]).toEqual(['closed', 'closed']);
});

test('messages published before closing are stored', async () => {
  await using one = await readyBroker();
  await using two = await readyBroker({ prefix: one.prefix });
  const published = publishMany(one, 50);
  await published;
  await one.broker.close();
  expect(await two.broker.queueInfo()).toMatchObject({ messages: 50 });
});
