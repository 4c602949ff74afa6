import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from './ports.ts';

/** The treatment of the first statement of a connection. */
export type FirstStatement = 'pass' | 'refuse' | 'ignore';

export type Pooler = {
  readonly port: number;
  first: FirstStatement;
  /** Start-up parameters of the accepted connections. */
  readonly parameters: Record<string, string>[];
  close(): Promise<void>;
};

/** The start-up parameters that PgBouncer allows; it refuses a connection with another one. */
const KNOWN = new Set([
  'user',
  'database',
  'client_encoding',
  'datestyle',
  'timezone',
  'standard_conforming_strings',
  'application_name',
]);
const HEADER = 4;
const VERSION_AND_LENGTH = 8;
const PROTOCOL_3 = 0x3_00_00;

/**
 * Stands before PostgreSQL as PgBouncer does, one server connection for each client, without encryption.
 * @param database of the server, whatever name a client gives. @defaultValue the name that the client gives
 */
export async function startPooler(target: string, database?: string): Promise<Pooler> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  const pooler = { port, first: 'pass' as FirstStatement, parameters: [] as Record<string, string>[], close };

  const server = createServer((client) => {
    keep(client);
    client.once('data', (packet: Buffer) => {
      // A small packet comes in one piece over the loopback interface.
      const given = parametersOf(packet);
      const unknown = Object.keys(given).find((name) => !KNOWN.has(name.toLowerCase()));
      if (unknown !== undefined) {
        client.end(errorMessage('FATAL', '08P01', `unsupported startup parameter: ${unknown}`));
        return;
      }
      pooler.parameters.push(given);
      const upstream = connect({ port: Number(new URL(target).port), host: '127.0.0.1' });
      keep(upstream);
      upstream.write(database === undefined ? packet : startupMessage({ ...given, database }));
      upstream.pipe(client);
      client.once('data', (statement: Buffer) => {
        if (pooler.first === 'refuse')
          client.write(Buffer.concat([errorMessage('ERROR', '42501', 'permission denied'), READY]));
        if (pooler.first === 'pass') upstream.write(statement);
        client.pipe(upstream);
      });
    });
  });

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  }

  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }

  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return pooler;
}

function parametersOf(packet: Buffer): Record<string, string> {
  const words = packet.subarray(VERSION_AND_LENGTH, packet.readInt32BE(0)).toString().split('\0');
  const pairs = Array.from({ length: words.length >> 1 }, (_, index) => [words[2 * index], words[2 * index + 1]]);
  return Object.fromEntries(pairs.filter(([name]) => name !== ''));
}

function startupMessage(parameters: Record<string, string>): Buffer {
  const words = Object.entries(parameters).flat();
  const body = Buffer.from([...words, '', ''].join('\0'));
  const head = Buffer.alloc(VERSION_AND_LENGTH);
  head.writeInt32BE(VERSION_AND_LENGTH + body.length, 0);
  head.writeInt32BE(PROTOCOL_3, HEADER);
  return Buffer.concat([head, body]);
}

function errorMessage(severity: string, code: string, text: string): Buffer {
  const fields = Buffer.from(`S${severity}\0V${severity}\0C${code}\0M${text}\0\0`);
  const head = Buffer.alloc(1 + HEADER);
  head.write('E');
  head.writeInt32BE(HEADER + fields.length, 1);
  return Buffer.concat([head, fields]);
}

/** ReadyForQuery, outside of a transaction. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
