import { connect } from 'nats';
import { describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED } from '../support/client.ts';
import { metricsOf } from '../support/metrics.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { openSocket, type RawSocket } from './socket.ts';
import { openStream, type EventStream } from './stream.ts';

/** Two api processes of one installation: a visitor with a socket and an event stream at each, and another visitor. */
async function twoProcesses() {
  const world = await createWorld();
  const [here, there] = await Promise.all([startApp({ role: 'api', world }), startApp({ role: 'api', world })]);
  const [client, other] = await Promise.all([here.client(), here.client()]);
  const id = await client.submit();
  const open = async ({ url }: TestApp) => {
    const { cookie } = client;
    const socket = await openSocket(url, { cookie });
    socket.subscribe('1', COMPLETED, { id });
    return { socket, stream: await openStream(url, { cookie, id }) };
  };
  const connections = { here: await open(here), there: await open(there) };
  const beside = await openSocket(there.url, { cookie: other.cookie });
  return {
    world,
    url: here.url,
    hereApp: here,
    thereApp: there,
    client,
    ...connections,
    beside,
    async [Symbol.asyncDispose]() {
      for (const { socket, stream } of Object.values(connections)) {
        socket.ws.terminate();
        stream.leave();
      }
      beside.ws.terminate();
      await Promise.all([here.close(), there.close()]);
      await world.close();
    },
  };
}

/** The number of statements of a process that looked for ended sessions. */
async function sessionLooks(app: TestApp): Promise<number> {
  const text = await metricsOf(app);
  return Number(/^assay_database_seconds_count\{operation="sessions-over"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

const END = 'mutation { endSession { ended } }';
/** A sweep runs every 4.5 s; the rest is for a busy machine. */
const SWEEP_MS = 15_000;

async function expectOver({ socket, stream }: { socket: RawSocket; stream: EventStream }): Promise<void> {
  expect(await socket.closed).toEqual({ code: 4401, reason: 'Session ended' });
  expect(await stream.ended).toBe(false);
  // No event, and no `complete`: the subscription was cut, not ended.
  expect(socket.of('1')).toEqual([]);
  expect(stream.text()).not.toContain('event:');
}

describe('the end of a session closes its sockets and event streams, and no others:', () => {
  test('by logout, at once, in the process that ends it and in the others', async () => {
    await using set = await twoProcesses();
    const startedAt = performance.now();
    await set.client.graphql(END);
    await Promise.all([expectOver(set.here), expectOver(set.there)]);
    // By the hint: no sweep runs within this time.
    expect(performance.now() - startedAt).toBeLessThan(4_000);
    expect(set.beside.ws.readyState).toBe(set.beside.ws.OPEN);

    // Nor can a new socket be opened with the old cookie.
    await using late = await openSocket(set.url, { cookie: set.client.cookie });
    expect(await late.closed).toMatchObject({ code: 4401 });
  });

  test('by the sweep, if the message about it is lost', { timeout: 60_000 }, async () => {
    await using set = await twoProcesses();
    await set.world.sql('UPDATE session SET ended_at = now() WHERE id = $1', [set.client.sessionId]);
    await until(() => set.here.socket.ws.readyState === set.here.socket.ws.CLOSED, { timeoutMs: SWEEP_MS });
    await Promise.all([expectOver(set.here), expectOver(set.there)]);
    expect(set.beside.ws.readyState).toBe(set.beside.ws.OPEN);
  });

  test('by expiry', { timeout: 60_000 }, async () => {
    await using set = await twoProcesses();
    await set.world.sql(`UPDATE session SET expires_at = now() - interval '1 s' WHERE id = $1`, [set.client.sessionId]);
    await until(() => set.there.socket.ws.readyState === set.there.socket.ws.CLOSED, { timeoutMs: SWEEP_MS });
    await Promise.all([expectOver(set.here), expectOver(set.there)]);
    expect(set.beside.ws.readyState).toBe(set.beside.ws.OPEN);
  });

  test('a forged message closes nothing: the row decides whether the session has ended', async () => {
    await using set = await twoProcesses();
    const nats = await connect({ servers: set.world.natsUrl });
    const publish = (name: string) => nats.publish(set.world.wire.sessionEnded(name), set.client.sessionId);
    for (const name of ['x', 'star', set.client.sessionId.toUpperCase(), '0190a000-0000-7000-8000-000000000000'])
      publish(name);
    for (let count = 0; count < 1_000; count++) publish(set.client.sessionId);
    // Then a true message: after its effect, the others have been handled.
    const [ended] = await set.world.sql<{ id: string }>(
      'UPDATE session SET ended_at = now() WHERE id <> $1 RETURNING id',
      [set.client.sessionId],
    );
    const sentAt = performance.now();
    publish(ended?.id ?? '');
    await nats.drain();
    expect(await set.beside.closed).toMatchObject({ code: 4401 });
    // By the hint: no sweep runs within this time.
    expect(performance.now() - sentAt).toBeLessThan(4_000);
    for (const { socket, stream } of [set.here, set.there]) {
      expect(socket.ws.readyState).toBe(socket.ws.OPEN);
      expect(stream.status).toBe(200);
      expect(await Promise.race([stream.ended, Promise.resolve('open')])).toBe('open');
    }
    const { data } = await set.client.graphql('{ session { id } }');
    expect(data.session.id).toBe(set.client.sessionId);
    const looked = await Promise.all([set.hereApp, set.thereApp].map(sessionLooks));
    // Far fewer statements than the thousand messages; the statements of sweeps are in the count.
    for (const count of looked) expect(count).toBeLessThan(50);
  });
});

test('a stop closes sockets with 1001 and cuts event streams, both without completing a subscription', async () => {
  const app = await startApp({ role: 'api' });
  try {
    const client = await app.client();
    const id = await client.submit();
    const sockets = await Promise.all([1, 2, 3].map(() => openSocket(app.url, { cookie: client.cookie })));
    for (const socket of sockets) socket.subscribe('1', COMPLETED, { id });
    const stream = await openStream(app.url, { cookie: client.cookie, id });
    // The stop does not wait for a client that ignores the closing handshake.
    sockets[0]?.ws.pause();
    await app.close();
    for (const socket of sockets.slice(1)) {
      expect(await socket.closed).toEqual({ code: 1001, reason: 'Going away' });
      expect(socket.of('1')).toEqual([]);
    }
    sockets[0]?.ws.terminate();
    expect(await stream.ended).toBe(false);
    expect(stream.text()).not.toContain('event:');
    await expect(fetch(`${app.url}/healthz`)).rejects.toThrow('fetch failed');
  } finally {
    await app.close();
  }
});
