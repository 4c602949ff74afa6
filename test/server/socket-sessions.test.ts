import { connect } from 'nats';
import { describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { COMPLETED } from '../support/client.ts';
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

  test('a message about it that names no session closes nothing', async () => {
    await using app = await startApp({ role: 'api' });
    const client = await app.client();
    await using socket = await openSocket(app.url, { cookie: client.cookie });
    const other = await app.client();
    await using control = await openSocket(app.url, { cookie: other.cookie });
    const nats = await connect({ servers: app.world.natsUrl });
    for (const name of ['x', '*', client.sessionId.toUpperCase(), '0190a000-0000-7000-8000-000000000000'])
      nats.publish(app.world.wire.sessionEnded(name.replace('*', 'star')), client.sessionId);
    nats.publish(app.world.wire.sessionEnded(other.sessionId));
    await nats.drain();
    expect(await control.closed).toMatchObject({ code: 4401 });
    expect(socket.ws.readyState).toBe(socket.ws.OPEN);
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
