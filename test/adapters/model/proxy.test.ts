import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openModel, type Model } from '../../../src/adapters/model.ts';
import { createAuthority, type Authority } from '../../support/certificates.ts';
import { startConnectProxy } from '../../support/connect-proxy.ts';
import { rawBody } from '../../support/model-behaviours.ts';
import { startModel } from '../../support/model.ts';
import { kinds, request } from './asking.ts';

let authority: Authority;
const trusted = getCACertificates();

beforeAll(() => {
  authority = createAuthority();
  setDefaultCACertificates([...trusted, authority.text]);
});

afterAll(() => {
  setDefaultCACertificates(trusted);
  authority.remove();
});

/** The scripted model behind TLS at localhost, and a proxy. */
async function openWorld({ except = '' } = {}) {
  const server = await startModel();
  const proxy = await startConnectProxy();
  const { certificate: cert, key } = authority.issue('localhost', 'DNS:localhost');
  const tls = createServer({ cert, key }, (socket) => {
    const plain = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket
      .on('error', () => plain.destroy())
      .pipe(plain)
      .on('error', () => socket.destroy())
      .pipe(socket);
  });
  tls.listen(0, '127.0.0.1');
  await once(tls, 'listening');
  const { port } = tls.address() as AddressInfo;
  const open = (baseUrl: string): Model =>
    openModel({
      apiKey: 'sk-test',
      baseUrl,
      proxy: { url: `http://user:pass%20word@127.0.0.1:${proxy.port}`, except },
      model: 'asked-for',
      timeoutMs: 5_000,
      tokensMax: 16_000,
    });
  const model = open(`https://localhost:${port}/v1`);
  return {
    server,
    proxy,
    target: `localhost:${port}`,
    model,
    open,
    async [Symbol.asyncDispose]() {
      await model.close();
      await proxy.close();
      await server.close();
      tls.close();
    },
  };
}

describe.each(kinds)('a call %s', (_, kind) => {
  test('goes through the proxy, which gets its own credentials and no others', async () => {
    await using world = await openWorld();
    expect(await world.model.ask(request(kind))).toMatchObject({ cutOff: false });
    const authorization = `Basic ${Buffer.from('user:pass word').toString('base64')}`;
    expect(world.proxy.asked).toEqual([{ target: world.target, authorization }]);
    expect(world.server.calls[0]?.headers).toMatchObject({ authorization: 'Bearer sk-test' });
    expect(world.server.calls[0]?.headers).not.toHaveProperty('proxy-authorization');
  });

  test('to a host that is an exception goes without it', async () => {
    await using world = await openWorld({ except: 'example.com, localhost' });
    await world.model.ask(request(kind));
    expect(world.server.calls).toHaveLength(1);
    expect(world.proxy.asked).toEqual([]);
  });

  test('to an http address goes without it', async () => {
    await using world = await openWorld();
    const model = world.open(world.server.url);
    await model.ask(request(kind));
    await model.close();
    expect(world.server.calls).toHaveLength(1);
    expect(world.proxy.asked).toEqual([]);
  });

  test('that the proxy refuses was not sent, so it is no attempt', async () => {
    await using world = await openWorld();
    world.proxy.allows = false;
    await expect(world.model.ask(request(kind))).rejects.toMatchObject({
      kind: 'connection',
      mayHaveCharged: false,
      countsAttempt: false,
    });
    expect(world.server.calls).toEqual([]);
    world.proxy.allows = true;
    await world.model.ask(request(kind));
  });

  test('has the same limit of its reply', async () => {
    await using world = await openWorld();
    world.server.script([rawBody('x'.repeat(9 * 1024 * 1024))]);
    expect(await world.model.ask(request(kind))).toMatchObject({ text: '' });
  });

  test('that the provider breaks off may be charged', async () => {
    await using world = await openWorld();
    world.server.script([({ response }) => void response.destroy()]);
    await expect(world.model.ask(request(kind))).rejects.toMatchObject({ kind: 'connection', mayHaveCharged: true });
  });
});
