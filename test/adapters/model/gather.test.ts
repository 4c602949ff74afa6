import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { gather } from '../../../src/adapters/model/gather.ts';

test('a request that waits behind another one fails at once when it is aborted, and is not sent later', async () => {
  const { client, arrived, responses } = await serve();
  const first = gather(client, requestTo('/first'), new AbortController().signal);
  await arrived('/first');
  const abort = new AbortController();
  const second = gather(client, requestTo('/second'), abort.signal);
  const reason = new Error('shutdown');
  abort.abort(reason);
  await expect(second).rejects.toBe(reason);
  responses.get('/first')?.end('1');
  expect(Buffer.concat((await first).chunks).toString()).toBe('1');
  const third = gather(client, requestTo('/third'), new AbortController().signal);
  await arrived('/third');
  responses.get('/third')?.end();
  await third;
  expect([...responses.keys()]).toEqual(['/first', '/third']);
});

test('the final response counts, not the informational ones before it', async () => {
  const { client, arrived, responses } = await serve();
  const asked = gather(client, requestTo('/'), new AbortController().signal);
  await arrived('/');
  const response = responses.get('/');
  response?.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
  response?.writeHead(200, { 'x-name': 'final' }).end('done');
  expect(await asked).toMatchObject({ status: 200, headers: { 'x-name': 'final' }, chunks: [Buffer.from('done')] });
});

test('no listener stays on the signal', async () => {
  const { client, arrived, responses } = await serve();
  const { signal } = new AbortController();
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
  const answered = gather(client, requestTo('/answered'), signal);
  await arrived('/answered');
  expect(listeners).toBe(1);
  responses.get('/answered')?.end();
  await answered;
  expect(listeners).toBe(0);
  const cut = gather(client, requestTo('/cut'), signal);
  await arrived('/cut');
  responses.get('/cut')?.destroy();
  await expect(cut).rejects.toThrow('other side closed');
  expect(listeners).toBe(0);
});

const requestTo = (path: string) => ({ path, method: 'GET' as const });

/** A server whose responses the test writes, and one connection to it. */
async function serve() {
  const responses = new Map<string, ServerResponse>();
  const server = createServer(({ url = '' }, response) => {
    responses.set(url, response);
    server.emit(`arrived ${url}`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  onTestFinished(async () => {
    await client.destroy();
    server.close();
  });
  const arrived = async (url: string): Promise<void> => {
    if (!responses.has(url)) await once(server, `arrived ${url}`);
  };
  return { client, arrived, responses };
}
