import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { startFakeServer } from './fake-server.ts';

// A process of its own, so that its heap is measured without the clients of the test. It sends the URLs of its servers, then
// after each message the bytes of its heap in use.

await using server = await startFakeServer();

/** It only acknowledges `connection_init`: the memory of a bare WebSocket, for comparison. */
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
