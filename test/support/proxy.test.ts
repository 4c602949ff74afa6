import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePort } from './ports.ts';
import { startProxy, type Proxy } from './proxy.ts';
import { until } from './wait.ts';

/** Text and ends that the far side got; it answers each piece with "re:<piece>". */
let far: { heard: string; ends: number };
let server: Server;
let proxy: Proxy;
/** A second proxy to the same far side, always passing. */
let bypass: Proxy;
const clients: Client[] = [];

beforeEach(async () => {
  const mine = { heard: '', ends: 0 }; // sockets of the test before may still be closing
  far = mine;
  const port = await freePort();
  server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('end', () => (mine.ends += 1));
    socket.on('data', (piece) => {
      mine.heard += piece.toString();
      if (socket.writable) socket.write(`re:${piece.toString()}`);
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  proxy = await startProxy(port);
  bypass = await startProxy(port);
});

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await proxy.close();
  await bypass.close();
  server.close();
});

type Client = { socket: Socket; heard: string; end: string | undefined };

async function join(by = proxy): Promise<Client> {
  const socket = connect(by.port, '127.0.0.1');
  const client: Client = { socket, heard: '', end: undefined };
  clients.push(client);
  socket.on('data', (piece) => (client.heard += piece.toString()));
  socket.on('error', (error) => (client.end = 'code' in error ? String(error.code) : error.message));
  socket.on('end', () => (client.end ??= 'end'));
  await once(socket, 'connect');
  return client;
}

/** A connection with a completed round trip: bytes sent before it would have arrived, too. */
async function joinedAndAnswered(by = proxy): Promise<Client> {
  const client = await join(by);
  client.socket.write('ping');
  await until(() => client.heard === 're:ping', { label: 'an answer' });
  return client;
}

test('pass: carries both ways, and the end', async () => {
  const client = await joinedAndAnswered();
  expect(proxy.connections).toBe(1);
  client.socket.end();
  await until(() => client.end === 'end' && far.ends === 1);
  await until(() => proxy.connections === 0);
});

test('a large body arrives whole', async () => {
  const client = await join();
  const body = 'x'.repeat(5_000_000);
  client.socket.write(body);
  await until(() => client.heard.replaceAll('re:', '').length === body.length, { label: 'all of it to come back' });
  expect(far.heard).toBe(body);
});

test('latency: carries in order, after the delay', async () => {
  await proxy.setMode({ latencyMs: 50, jitterMs: 20 });
  const client = await join();
  const start = performance.now();
  for (const letter of 'abcdef') client.socket.write(letter);
  await until(() => client.heard.replaceAll('re:', '') === 'abcdef');
  expect(performance.now() - start).toBeGreaterThanOrEqual(95);
});

test('down: ends open and refuses new connections, until it passes again on the same port', async () => {
  const client = await joinedAndAnswered();
  await proxy.setMode('down');
  await until(() => client.end !== undefined);
  await expect(join()).rejects.toThrow('ECONNREFUSED');
  await proxy.setMode('pass');
  await joinedAndAnswered();
});

test('reset: open and new connections get RST', async () => {
  const client = await joinedAndAnswered();
  await proxy.setMode('reset');
  await until(() => client.end === 'ECONNRESET');
  await join().catch(() => {}); // RST may come before or after the event of the connection
  await until(() => clients.at(-1)?.end !== undefined);
  expect(clients.at(-1)).toMatchObject({ end: 'ECONNRESET', heard: '' });
});

test('blackHole: bytes and ends are not carried, and arrive later, as by TCP', async () => {
  const client = await joinedAndAnswered();
  await proxy.setMode('blackHole');
  client.socket.write('lost?');
  client.socket.end();
  const newcomer = await join();
  newcomer.socket.write('me too');
  await proxy.setMode({ latencyMs: 0 });
  await until(() => far.heard.includes('lost?') && far.heard.includes('me too') && far.ends === 1);

  await proxy.setMode('blackHole');
  const before = far.heard;
  newcomer.socket.write('again');
  await joinedAndAnswered(bypass);
  expect([far.heard, newcomer.end]).toEqual([`${before}ping`, undefined]);
});

test('halfOpen: the far side is closed for good, and the client gets no end', async () => {
  const client = await joinedAndAnswered();
  await proxy.setMode('halfOpen');
  const newcomer = await join();
  await proxy.setMode('pass');
  client.socket.write('anyone?');
  newcomer.socket.write('anyone?');
  await joinedAndAnswered();
  expect([client.end, newcomer.end, far.heard.includes('anyone?')]).toEqual([undefined, undefined, false]);
  expect(proxy.connections).toBe(3);
});

test('cutAfterBytes: exactly the given bytes are carried, then the client gets RST', async () => {
  const client = await joinedAndAnswered();
  await proxy.setMode({ cutAfterBytes: 4 });
  client.socket.write('ab');
  await until(() => client.heard.endsWith('re:ab'));
  client.socket.write('cdef');
  await until(() => client.end === 'ECONNRESET' && far.ends === 1);
  expect(far.heard).toBe('pingabcd');
});

test('cutAt: the text is carried, also in pieces, and the client never gets the answer', async () => {
  const client = await joinedAndAnswered();
  const bystander = await joinedAndAnswered();
  await proxy.setMode({ cutAt: 'COMMIT' });
  client.socket.write('BEGIN; COM');
  await until(() => client.heard.endsWith('COM'));
  client.socket.write('MIT;');
  await until(() => client.end === 'ECONNRESET' && far.heard.endsWith('COMMIT;'));
  expect(client.heard).toBe('re:pingre:BEGIN; COM');
  bystander.socket.write('COMMIT too');
  await until(() => bystander.heard.endsWith('re:COMMIT too'));
  expect(proxy.mode).toBe('pass');
});

test('cutAt answered: cuts after the far side has answered', async () => {
  const client = await joinedAndAnswered();
  await proxy.setMode({ cutAt: 'COMMIT', answered: true });
  client.socket.write('COMMIT');
  await until(() => client.end === 'ECONNRESET');
  expect([far.heard, client.heard]).toEqual(['pingCOMMIT', 're:ping']);
});

test('slowClose: the end is delayed, bytes before it are not', async () => {
  const client = await joinedAndAnswered();
  await proxy.setMode({ slowCloseMs: 100 });
  const start = performance.now();
  client.socket.end('bye');
  await until(() => client.heard.endsWith('re:bye'));
  expect(far.ends).toBe(0);
  await until(() => far.ends === 1);
  expect(performance.now() - start).toBeGreaterThanOrEqual(95);
});

test('without a far side the client gets RST', async () => {
  server.close();
  const client = await join();
  await until(() => client.end !== undefined);
  expect(client.end).toBe('ECONNRESET');
});
