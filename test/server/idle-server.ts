import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { startFakeServer } from './fake-server.ts';

// A process of its own: what the clients of a test take would count as well. It tells where its servers are, then at
// each message how much of its heap is in use.

await using server = await startFakeServer();

/** A server that does nothing but answer `connection_init`: what a WebSocket costs with any library around it. */
const bare = createServer();
new WebSocketServer({ server: bare, perMessageDeflate: false, autoPong: false, clientTracking: false }).on(
  'connection',
  (socket) => socket.on('message', acknowledge),
);

function acknowledge(this: { send: (text: string) => void }): void {
  this.send('{"type":"connection_ack"}');
}

const { promise: left, resolve: leave } = Promise.withResolvers<void>();
process.on('disconnect', leave);
process.on('message', () => {
  const { gc } = globalThis as unknown as { gc: () => void };
  gc();
  gc();
  process.send?.({ heapBytes: process.memoryUsage().heapUsed });
});
await new Promise<void>((resolve) => void bare.listen(0, '127.0.0.1', resolve));
process.send?.({ product: server.url, bare: `http://127.0.0.1:${(bare.address() as AddressInfo).port}` });
await left;
bare.closeAllConnections();
bare.close();
