import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { COMPLETED } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { openSocket, type RawSocket } from './socket.ts';

const COUNT = 300;
/** It is 2.4, within 1 %; with closures, timers and the engine's own sequence of events for each it was 5. */
const RATIO_MAX = 3;

test('an idle subscription takes not much more memory than a WebSocket that does nothing', async () => {
  const child = fork(fileURLToPath(new URL('idle-edge.ts', import.meta.url)), { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  try {
    const [servers] = (await once(child, 'message')) as [{ edge: string; bare: string }];
    // Once before it counts: what is compiled and cached on the way stays.
    await growth(child, () => openBare(servers.bare));
    await growth(child, () => openSubscribed(servers.edge));
    const bare = await growth(child, () => openBare(servers.bare));
    const subscribed = await growth(child, () => openSubscribed(servers.edge));
    expect(subscribed / bare).toBeLessThan(RATIO_MAX);
  } finally {
    child.disconnect();
    await exited;
  }
});

/** Bytes of the child's heap for each of the sockets, which are closed again. */
async function growth(child: ChildProcess, open: () => Promise<RawSocket>): Promise<number> {
  const before = await heapBytes(child);
  const sockets = await Promise.all(Array.from({ length: COUNT }, open));
  const bytes = await heapBytes(child);
  for (const { ws } of sockets) ws.terminate();
  await Promise.all(sockets.map(({ closed }) => closed));
  return (bytes - before) / COUNT;
}

async function heapBytes(child: ChildProcess): Promise<number> {
  let last = Number.NaN;
  // What is still under way, or being closed, is waited for.
  return await until(async () => {
    const answer = once(child, 'message') as Promise<[{ heapBytes: number }]>;
    child.send('heap');
    const [{ heapBytes: now }] = await answer;
    const isSteady = Math.abs(now - last) < 20_000;
    last = now;
    return isSteady ? now : undefined;
  });
}

const openBare = (url: string): Promise<RawSocket> => openSocket(url);

async function openSubscribed(url: string): Promise<RawSocket> {
  const socket = await openSocket(url);
  socket.subscribe(randomUUID(), COMPLETED, { id: randomUUID() });
  socket.send({ type: 'ping' });
  await socket.message(({ type }) => type === 'pong');
  return socket;
}
