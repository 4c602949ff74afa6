import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SHARED_BYTES_MAX } from '../../src/server/graphql/held-bytes.ts';
import { startApp } from '../support/app.ts';
import { metricsOf } from '../support/metrics.ts';
import { until } from '../support/wait.ts';
import { head, JSON_TYPE, postGraphQL, rawResponse } from './requests.ts';

const QUERY = JSON.stringify({ query: '{ __typename }' });
const BYTES = 256 * 1024;
/** A quarter of the shared bytes for one address. */
const OF_ADDRESS = SHARED_BYTES_MAX / 4;

describe('the bodies that are being received', () => {
  test('are limited for an address: further large ones get 429, small ones and other addresses are served', async () => {
    await using app = await startApp({ role: 'api', env: { TRUSTED_PROXIES: '127.0.0.1' } });
    const held = async (): Promise<number> => Number(/^assay_held_bytes (\d+)$/m.exec(await metricsOf(app))?.[1]);
    const from = (address: string) => ({ ...JSON_TYPE, 'x-forwarded-for': address });
    const upload = (bytes: number) => {
      const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
      socket.on('error', () => {});
      const request = head(
        'POST /graphql HTTP/1.1',
        'X-Forwarded-For: 192.0.2.1',
        'Content-Type: application/json',
        `Content-Length: ${BYTES}`,
      );
      socket.write(request + ' '.repeat(bytes));
      return socket;
    };
    const count = Math.floor(OF_ADDRESS / (BYTES - 16 * 1024));
    const open = Array.from({ length: count }, () => upload(BYTES - 1));
    await until(async () => (await held()) > OF_ADDRESS - BYTES);
    const full = await held();
    expect(full).toBeLessThanOrEqual(OF_ADDRESS);
    const large = QUERY.padEnd(BYTES, ' ');
    const refused = await postGraphQL(app.url, large, from('192.0.2.1'));
    expect(refused).toBeRefused({ status: 429, code: 'RATE_LIMITED', message: /held for this address/ });
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await postGraphQL(app.url, QUERY.padEnd(16 * 1024, ' '), from('192.0.2.1'))).status).toBe(200);
    expect((await postGraphQL(app.url, large, from('192.0.2.2'))).status).toBe(200);
    for (const socket of open) socket.destroy();
    await until(async () => (await held()) === 0);
    expect((await postGraphQL(app.url, large, from('192.0.2.1'))).status).toBe(200);
  });

  test('arrive whole, in chunks of any size', async () => {
    await using app = await startApp({ role: 'api' });
    const sizes = [1, 2, 7, 100, 1_000, 30_000];
    for (const size of sizes) {
      const body = QUERY.padEnd(40_000, ' ');
      const chunks = body.match(new RegExp(`.{1,${size}}`, 'gs')) ?? [];
      const chunked = chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('');
      const request = head('POST /graphql HTTP/1.1', 'Content-Type: application/json', 'Transfer-Encoding: chunked');
      expect(await rawResponse(app.url, `${request}${chunked}0\r\n\r\n`)).toMatchObject({
        status: 200,
        text: '{"data":{"__typename":"Query"}}',
      });
    }
  });

  test('of a client that leaves are not counted any more', async () => {
    await using app = await startApp({ role: 'api' });
    const held = async (): Promise<number> => Number(/^assay_held_bytes (\d+)$/m.exec(await metricsOf(app))?.[1]);
    const socket = connect(Number(new URL(app.url).port), '127.0.0.1');
    const request = head('POST /api/session HTTP/1.1', 'Content-Type: application/json', `Content-Length: ${BYTES}`);
    socket.write(request + ' '.repeat(100_000));
    await until(async () => (await held()) > 0);
    socket.destroy();
    await once(socket, 'close');
    await until(async () => (await held()) === 0);
    expect(app.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
