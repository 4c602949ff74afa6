import { expect, test } from 'vitest';
import { wire } from '../../src/events.ts';
import { startObserver } from '../adapters/broker/broker.ts';
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

/** The gauge of parts that are ok. */
async function partsUp({ probesUrl }: TestApp): Promise<Record<string, number>> {
  const { text } = await get(`${probesUrl}/metrics`);
  const lines = text.matchAll(/^assay_up\{part="(\w+)"\} (\d)$/gm);
  return Object.fromEntries([...lines].map(([, part, value]) => [part, Number(value)]));
}

test(
  'readiness names the part that is not ok, without details; an api without its broker is ready; the process stays alive',
  { timeout: 90_000 },
  async () => {
    const [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
    try {
      await using world = await createWorld({ databaseUrl: postgres.url, natsUrl: nats.url });
      await using app = await startApp({ role: 'api', world });
      expect(await ready(app, 200)).toEqual(READY);

      await nats.kill();
      const degraded = { status: 'ready', parts: { ...READY.parts, broker: 'degraded' } };
      await until(async () => JSON.stringify(await ready(app, 200)) === JSON.stringify(degraded), {
        timeoutMs: 20_000,
      });
      expect(await partsUp(app)).toEqual({ process: 1, database: 1, broker: 0 });
      await nats.restart();
      await until(async () => JSON.stringify(await ready(app, 200)) === JSON.stringify(READY), { timeoutMs: 20_000 });

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

test.each(['api', 'worker'] as const)(
  '%s: a database that refuses every write is named, where nobody writes as well, and the log has one line',
  { timeout: 90_000 },
  async (role) => {
    await using world = await createWorld();
    await using app = await startApp({ role, world });
    const state = async (): Promise<unknown> => {
      const response = await fetch(`${app.probesUrl}/readyz`);
      const { parts } = (await response.json()) as { parts: Record<string, string> };
      return [response.status, parts['database']];
    };
    await until(async () => String(await state()) === '200,ok');
    const name = new URL(world.databaseUrl).pathname.slice(1);
    const settle = async (change: string): Promise<void> => {
      await world.sql(`ALTER DATABASE ${name} ${change}`);
      // The pool's connections have the value of their begin.
      await world.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND pid <> pg_backend_pid() AND application_name = 'assay'",
        [name],
      );
    };
    await settle('SET default_transaction_read_only = on');
    await until(async () => String(await state()) === '503,read-only', { timeoutMs: 20_000 });
    const lines = () => app.logs.filter(({ sqlState }) => sqlState === '25006');
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'warn', msg: expect.stringContaining('it is a standby or set to read-only') }),
    ]);
    expect((await get(`${app.probesUrl}/metrics`)).text).toMatch(
      /^assay_database_errors_total\{kind="write",class="25"\} [1-9]/m,
    );
    await world.sql(
      `SET default_transaction_read_only = off; ALTER DATABASE ${name} RESET default_transaction_read_only`,
    );
    await settle('SET default_transaction_read_only = off');
    await until(async () => String(await state()) === '200,ok', { timeoutMs: 20_000 });
    expect(lines()).toHaveLength(1);
  },
);

test('a worker without its broker is not ready', { timeout: 60_000 }, async () => {
  const nats = await startNats();
  try {
    await using world = await createWorld({ natsUrl: nats.url });
    await using worker = await startApp({ role: 'worker', world });
    const readyz = async (): Promise<unknown> => (await fetch(`${worker.probesUrl}/readyz`)).json();
    await until(async () => JSON.stringify(await readyz()) === JSON.stringify(READY));
    await nats.kill();
    const away = { status: 'not ready', parts: { ...READY.parts, broker: 'unavailable' } };
    await until(async () => JSON.stringify(await readyz()) === JSON.stringify(away), { timeoutMs: 20_000 });
    expect((await fetch(`${worker.probesUrl}/readyz`)).status).toBe(503);
  } finally {
    await nats.stop();
  }
});

test.each([
  ['api', 'events'],
  ['worker', 'dead'],
] as const)(
  "%s: a stream for other services (%s) that can't be used is named, and stops nothing",
  async (role, kind) => {
    await using world = await createWorld();
    await using app = await startApp({ role, world });
    await using observer = await startObserver(world.natsUrl);
    const { completedAll, deadLetter, eventsStream, deadStream } = wire(world.env['NATS_PREFIX'] ?? '');
    const [stream, subject] = kind === 'events' ? [eventsStream, completedAll] : [deadStream, deadLetter];
    const readyz = async () => {
      const response = await fetch(`${app.probesUrl}/readyz`);
      return { status: response.status, body: await response.json() };
    };
    const isLike = (body: unknown) =>
      until(async () => JSON.stringify(await readyz()) === JSON.stringify({ status: 200, body }), {
        label: JSON.stringify(body),
      });
    const gauge = async () => (await get(`${app.probesUrl}/metrics`)).text.match(/^assay_stream_up.*$/gm);
    if (role === 'worker') await until(async () => (await gauge())?.length === 3);
    else await until(() => observer.jsm.streams.info(stream).catch(() => undefined));
    await isLike(READY);

    await observer.jsm.streams.delete(stream);
    await observer.jsm.streams.add({ name: `${stream}_OTHER`, subjects: [subject] });
    await isLike({ status: 'ready', parts: { ...READY.parts, broker: 'degraded' }, streams: { [kind]: 'foreign' } });
    expect(await gauge()).toEqual(
      ['work', 'events', 'dead'].map((name) => `assay_stream_up{stream="${name}"} ${name === kind ? 0 : 1}`),
    );
    const told = app.logs.filter(({ msg }) => String(msg).includes(stream));
    expect(told.map(({ msg }) => msg)).toEqual([expect.stringMatching(/another stream has subjects of this program/)]);

    await observer.jsm.streams.delete(`${stream}_OTHER`);
    await isLike(READY);
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
