import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { Program } from '../test/faults/process.ts';
import { migrateDatabase } from '../test/support/migrate-database.ts';
import { startModel } from '../test/support/model.ts';
import { startNats } from '../test/support/nats.ts';
import { freePort } from '../test/support/ports.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { wellbeingAnswers } from '../test/support/questionnaires.ts';
import { until } from '../test/support/wait.ts';

/**
 * Replaces two apis one after the other behind a real proxy, with its sample of deploy/, under load:
 *     node scripts/check-rolling.ts nginx        # or: haproxy
 * Fails if a request failed, or if a socket was away for longer than 5 s. Needs the proxy in PATH.
 */

const SOCKETS = 200;
const REQUEST_EVERY_MS = 40;
const AWAY_MAX_MS = 5_000;
const kind = process.argv[2] === 'haproxy' ? 'haproxy' : 'nginx';

const folder = mkdtempSync(join(tmpdir(), 'assay-rolling-'));
const [postgres, nats, model] = await Promise.all([startPostgres(), startNats(), startModel()]);
const ports = { front: await freePort(), apis: [await freePort(), await freePort()] as const };
await migrateDatabase(postgres.url);
const shared = {
  METRICS_PORT: '0',
  DATABASE_URL: postgres.url,
  NATS_URL: nats.url,
  OPENAI_API_KEY: 'sk-test',
  OPENAI_BASE_URL: model.url,
  SUBMITS_PER_MINUTE: '0',
  SESSIONS_PER_MINUTE: '0',
  MAX_SOCKETS_PER_SESSION: '0',
  DRAIN_DELAY_MS: '5000',
  LOG_LEVEL: 'warn',
};
const api = (port: number): Program =>
  new Program({ role: 'api', env: { ...shared, LOG_LEVEL: 'info', PORT: String(port) } });
const apis = ports.apis.map(api);
const worker = new Program({ role: 'worker', env: { ...shared, LOG_LEVEL: 'info' } });
await Promise.all([...apis, worker].map((program) => program.start()));
const proxy = startProxy();
const front = `http://127.0.0.1:${ports.front}`;
await until(async () => (await fetch(`${front}/healthz`).catch(() => undefined))?.ok === true, { timeoutMs: 20_000 });

const session = await fetch(`${front}/api/session`, { method: 'POST' });
const { data } = (await session.json()) as { data: { token: string } };
const headers = { authorization: `Bearer ${data.token}`, 'content-type': 'application/json' };

const load = { sent: 0, failed: [] as string[] };
const underWay = new Set<Promise<void>>();
const timer = setInterval(() => {
  load.sent += 1;
  const body = JSON.stringify({ questionnaire: 'wellbeing-check', answers: wellbeingAnswers });
  const one = fetch(`${front}/api/assessment/submit`, { method: 'POST', headers, body })
    .then(
      ({ status }) => void (status === 202 || load.failed.push(String(status))),
      (error: Error) => void load.failed.push(inspect(error.cause ?? error, { depth: 0 })),
    )
    .finally(() => underWay.delete(one));
  underWay.add(one);
}, REQUEST_EVERY_MS);

const away = { now: new Map<number, number>(), longestMs: 0, times: 0 };
const clients = Array.from({ length: SOCKETS }, (_, index) =>
  createClient({
    url: front.replace('http', 'ws') + '/graphql',
    webSocketImpl: WebSocket,
    lazy: false,
    connectionParams: { authorization: headers.authorization },
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: () => pause(200 + Math.random() * 800),
    on: {
      connected: () => {
        const since = away.now.get(index);
        if (since !== undefined) away.longestMs = Math.max(away.longestMs, performance.now() - since);
        away.now.delete(index);
      },
      closed: () => {
        if (!away.now.has(index)) away.now.set(index, performance.now());
        away.times += 1;
      },
    },
  }),
);
await pause(3_000);
for (const program of apis) {
  await program.stop();
  await program.start();
  await until(async () => (await program.readiness()).status === 200);
  // The proxy has seen that it is back.
  await pause(2_000);
}
await until(() => away.now.size === 0, { timeoutMs: 20_000 });
clearInterval(timer);
await Promise.all(underWay);

const summary = `${load.sent} requests, ${load.failed.length} failed (${[...new Set(load.failed)].join(', ')}); ${SOCKETS} sockets, ${away.times} times closed, away for at most ${Math.round(away.longestMs)} ms`;
process.stdout.write(`${kind}: ${summary}\n`);
for (const client of clients) await client.dispose();
proxy.kill('SIGTERM');
await once(proxy, 'exit');
await Promise.all([...apis, worker].map((program) => program.stop()));
await Promise.all([postgres.stop(), nats.stop(), model.close()]);
rmSync(folder, { recursive: true, force: true });
process.exit(load.failed.length === 0 && away.longestMs <= AWAY_MAX_MS ? 0 : 1);

/** Starts the proxy with the sample, on other ports and without TLS. */
function startProxy(): ChildProcess {
  const sample = readFileSync(
    new URL(kind === 'nginx' ? '../deploy/nginx/assay.conf' : '../deploy/haproxy/haproxy.cfg', import.meta.url),
    'utf8',
  );
  const text = sample
    .replaceAll('127.0.0.1:3005', `127.0.0.1:${ports.apis[0]}`)
    .replaceAll('127.0.0.1:3006', `127.0.0.1:${ports.apis[1]}`);
  const file = join(folder, 'proxy.conf');
  if (kind === 'haproxy') {
    writeFileSync(file, text.replace(/bind :443 .*/, `bind 127.0.0.1:${ports.front}`));
    return spawn('haproxy', ['-f', file, '-db'], { stdio: 'inherit' });
  }
  const plain = text
    .replace(/ +listen \[::\]:443.*\n/, '')
    .replace(/listen 443 .*/, `listen 127.0.0.1:${ports.front};`)
    .replaceAll(/ +ssl_certificate.*\n/g, '');
  const own = `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events { worker_connections 4096; }`;
  writeFileSync(file, `${own}\nhttp { access_log off; ${tempPaths()}\n${plain}}\n`);
  return spawn('nginx', ['-p', folder, '-c', file], { stdio: 'inherit' });
}

/** nginx would otherwise write below /var. */
function tempPaths(): string {
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return kinds.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
}
