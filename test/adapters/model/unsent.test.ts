import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openModel } from '../../../src/adapters/model.ts';
import { ProviderFailure } from '../../../src/entities/provider-failure.ts';
import { freePort } from '../../support/ports.ts';
import { kinds, openWorld, request } from './asking.ts';

/** A port that takes connections, and then says `greeting` or nothing. */
async function listen(greeting?: string) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    if (greeting !== undefined) socket.end(greeting);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}

const UNSENT = { countsAttempt: false, mayHaveCharged: false };

describe.each(kinds)('a call %s', (_, kind) => {
  async function failureAt(baseUrl: string, timeoutMs = 5_000): Promise<unknown> {
    const model = openModel({ apiKey: 'sk-test', baseUrl, model: 'm', timeoutMs, tokensMax: 16_000 });
    onTestFinished(() => model.close());
    return await model.ask(request(kind)).catch((thrown: unknown) => thrown);
  }

  test.each([
    ['refused', async () => `http://127.0.0.1:${await freePort()}/v1`],
    ['to a name that does not exist', async () => 'http://nowhere.invalid/v1'],
  ])('whose connection is %s is no attempt', async (__, urlOf) => {
    expect(await failureAt(await urlOf())).toMatchObject(UNSENT);
  });

  test('whose provider does not speak TLS is no attempt', async () => {
    await using server = await listen('HTTP/1.1 400 Bad Request\r\n\r\n');
    expect(await failureAt(server.url)).toMatchObject(UNSENT);
  });

  test('that times out while it connects is no attempt', async () => {
    await using server = await listen();
    const error = await failureAt(server.url, 300);
    expect(error).toMatchObject({ ...UNSENT, message: 'the model call did not end in time' });
  });

  test.each(['sk-\nsecond-line', 'sk-→'])(
    'with the key %j, which no header can hold, is no attempt',
    async (apiKey) => {
      await using world = await openWorld(5_000, { apiKey });
      const error: unknown = await world.model.ask(request(kind)).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ProviderFailure);
      expect(error).toMatchObject({ ...UNSENT, message: 'the request to the model provider could not be made' });
      expect(world.server.calls).toEqual([]);
    },
  );

  test('that was aborted before it began is no attempt', async () => {
    await using world = await openWorld();
    const asked = world.model.ask(request({ ...kind, signal: AbortSignal.abort() }));
    await expect(asked).rejects.toMatchObject(UNSENT);
    expect(world.server.calls).toEqual([]);
  });
});
