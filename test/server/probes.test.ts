import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { startNats } from '../support/nats.ts';
import { startPostgres } from '../support/postgres.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { responseOf, rawResponse } from './requests.ts';

const get = async (url: string) => responseOf(await fetch(url));
const READY = { status: 'ready', parts: { process: 'ok', database: 'ok', broker: 'ok' } };

/** The body of /readyz, once it has this status on both ports. */
async function ready(app: TestApp, status: number): Promise<unknown> {
  const responses = await until(
    async () => {
      const both = await Promise.all([get(`${app.url}/readyz`), get(`${app.probesUrl}/readyz`)]);
      return both.every((response) => response.status === status) ? both : undefined;
    },
    { label: `${status} from /readyz`, timeoutMs: 20_000 },
  );
  const [own, probes] = responses.map(({ text }) => JSON.parse(text));
  expect(own).toEqual(probes);
  return own;
}

test(
  'readiness names the part that is unavailable, without details; the process stays alive',
  { timeout: 90_000 },
  async () => {
    const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
    try {
      await using world = await createWorld({ databaseUrl: postgres.url, natsUrl: nats.url });
      await using app = await startApp({ role: 'api', world });
      expect(await ready(app, 200)).toEqual(READY);

      await nats.kill();
      expect(await ready(app, 503)).toEqual({ status: 'not ready', parts: { ...READY.parts, broker: 'unavailable' } });
      await nats.restart();
      expect(await ready(app, 200)).toEqual(READY);

      await postgres.stopServer('fast');
      expect(await ready(app, 503)).toEqual({
        status: 'not ready',
        parts: { ...READY.parts, database: 'unavailable' },
      });
      for (const url of [app.url, app.probesUrl])
        expect(await get(`${url}/healthz`)).toMatchObject({ status: 200, text: '{"status":"ok"}' });
      await postgres.startServer();
      expect(await ready(app, 200)).toEqual(READY);
    } finally {
      await Promise.all([postgres.stop(), nats.stop()]);
    }
  },
);

test('metrics are in the text format of Prometheus, on the port of the probes only', async () => {
  await using app = await startApp({ role: 'api' });
  const metrics = await get(`${app.probesUrl}/metrics`);
  expect(metrics.status).toBe(200);
  expect(metrics.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
  expect(metrics.text).toMatch(/^assay_sockets_open 0$/m);
  expect(await get(`${app.url}/metrics`)).toBeRefused({ status: 404, code: 'NOT_FOUND' });
  for (const path of ['/', '/graphql', '/api/session', '//metrics', '/metrics/'])
    expect((await get(app.probesUrl + path)).status).toBe(404);
  expect((await fetch(`${app.probesUrl}/metrics`, { method: 'POST' })).status).toBe(405);
});

test('requests to unknown paths share one time series', async () => {
  await using app = await startApp({ role: 'api' });
  for (const path of ['/a', '/b', '/api/c', '/api/assessment/d', '/wp-login.php']) await get(app.url + path);
  const { text } = await get(`${app.probesUrl}/metrics`);
  const routes = [...text.matchAll(/^assay_http_request_seconds_count\{route="([^"]*)"/gm)].map(([, route]) => route);
  expect(new Set(routes)).toEqual(new Set(['other', 'rest_assessment']));
});

test('the port of the probes accepts only host names of this machine, except for /healthz', async () => {
  await using app = await startApp({ role: 'api' });
  const ask = (path: string, host: string) =>
    rawResponse(app.probesUrl, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  for (const path of ['/metrics', '/readyz', '/nothing']) {
    expect((await ask(path, 'rebound.example')).status).toBe(421);
    expect((await ask(path, 'a b')).status).toBe(400);
  }
  for (const host of ['localhost:1', '127.0.0.1', '[::1]:9464']) expect((await ask('/metrics', host)).status).toBe(200);
  expect((await ask('/healthz', '10.1.2.3')).status).toBe(200);
});
