import { connect } from 'nats';
import { describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED } from '../support/client.ts';
import { metricsOf } from '../support/metrics.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { openSocket, type RawSocket } from './socket.ts';
import { openStream, type EventStream } from './stream.ts';

/** Two api processes of one installation; a visitor with a socket and an event stream at each, and a visitor beside. */
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

/** How often a process has asked the database whether sessions are over. */
async function sessionLooks(app: TestApp): Promise<number> {
  const text = await metricsOf(app);
  return Number(/^assay_database_seconds_count\{operation="sessions-over"\} (\d+)$/m.exec(text)?.[1] ?? 0);
}

const END = 'mutation { endSession }';
/** A sweep comes every 4.5 s; the rest is for a busy machine. */
const SWEEP_MS = 15_000;

async function expectOver({ socket, stream }: { socket: RawSocket; stream: EventStream }): Promise<void> {
  expect(await socket.closed).toEqual({ code: 4401, reason: 'Session ended' });
  expect(await stream.ended).toBe(false);
  // Neither an event nor an end of the subscription: it was not over, it is not told any more.
  expect(socket.of('1')).toEqual([]);
  expect(stream.text()).not.toContain('event:');
}

describe("the end of a session closes its connections, and nobody else's:", () => {
  test('by logout, at once, in the process that was asked and in the others', async () => {
    await using set = await twoProcesses();
    const asked = performance.now();
    await set.client.graphql(END);
    await Promise.all([expectOver(set.here), expectOver(set.there)]);
    // By the hint and not by the sweep: there is none within this time.
    expect(performance.now() - asked).toBeLessThan(4_000);
    expect(set.beside.ws.readyState).toBe(set.beside.ws.OPEN);

    // What is there later can't be had with the old cookie.
    await using late = await openSocket(set.url, { cookie: set.client.cookie });
    expect(await late.closed).toMatchObject({ code: 4401 });
  });

  test('by the sweep, when the news of it is lost', { timeout: 60_000 }, async () => {
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

  test('a message about it closes nothing, whatever it names: the row says whether the session has ended', async () => {
    await using set = await twoProcesses();
    const nats = await connect({ servers: set.world.natsUrl });
    const tell = (name: string) => nats.publish(set.world.wire.sessionEnded(name), set.client.sessionId);
    for (const name of ['x', 'star', set.client.sessionId.toUpperCase(), '0190a000-0000-7000-8000-000000000000'])
      tell(name);
    for (let count = 0; count < 1_000; count++) tell(set.client.sessionId);
    // One that is true goes through: when it has done its work, the others have.
    const [ended] = await set.world.sql<{ id: string }>(
      'UPDATE session SET ended_at = now() WHERE id <> $1 RETURNING id',
      [set.client.sessionId],
    );
    const told = performance.now();
    tell(ended?.id ?? '');
    await nats.drain();
    expect(await set.beside.closed).toMatchObject({ code: 4401 });
    // By the hint and not by the sweep.
    expect(performance.now() - told).toBeLessThan(4_000);
    for (const { socket, stream } of [set.here, set.there]) {
      expect(socket.ws.readyState).toBe(socket.ws.OPEN);
      expect(stream.status).toBe(200);
      expect(await Promise.race([stream.ended, Promise.resolve('open')])).toBe('open');
    }
    const { data } = await set.client.graphql('{ session { id } }');
    expect(data.session.id).toBe(set.client.sessionId);
    const looked = await Promise.all([set.hereApp, set.thereApp].map(sessionLooks));
    // A thousand messages are not a thousand statements; sweeps are counted too.
    for (const count of looked) expect(count).toBeLessThan(50);
  });
});

test('a stop closes sockets with 1001 and cuts event streams, both without the end of a subscription', async () => {
  const app = await startApp({ role: 'api' });
  try {
    const client = await app.client();
    const id = await client.submit();
    const sockets = await Promise.all([1, 2, 3].map(() => openSocket(app.url, { cookie: client.cookie })));
    for (const socket of sockets) socket.subscribe('1', COMPLETED, { id });
    const stream = await openStream(app.url, { cookie: client.cookie, id });
    // A socket that never answers the closing handshake is not waited for.
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
