import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './ports.ts';

export type Wire = {
  readonly port: number;
  /** Connections on which the client began a TLS handshake. */
  readonly encrypted: number;
  /** Connections on which the client said something else, beside the question whether there is TLS. */
  readonly clear: number;
  close(): Promise<void>;
};

/** PostgreSQL's question whether the server speaks TLS: length and code. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const TLS_HANDSHAKE = 0x16;

/** Carries connections to a port of this machine and counts how their clients begin. */
export async function startWire(target: number): Promise<Wire> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const counted = { encrypted: 0, clear: 0 };
  const server = createServer((client) => {
    const upstream = connect({ port: target, host: '127.0.0.1' });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.once('close', () => sockets.delete(socket));
    }
    let begin: Buffer | undefined = Buffer.alloc(0);
    client.on('data', (piece: Buffer) => {
      if (begin === undefined) return;
      begin = Buffer.concat([begin, piece]);
      const rest = begin.subarray(0, SSL_REQUEST.length).equals(SSL_REQUEST)
        ? begin.subarray(SSL_REQUEST.length)
        : begin;
      if (rest.length === 0) return;
      counted[rest[0] === TLS_HANDSHAKE ? 'encrypted' : 'clear'] += 1;
      begin = undefined;
    });
    client.pipe(upstream);
    upstream.pipe(client);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    port,
    get encrypted() {
      return counted.encrypted;
    },
    get clear() {
      return counted.clear;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
