import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from '../metrics.ts';
import { sendJson, type JsonAnswer } from './json-answer.ts';

/** The parts that this process can't do its work without, and whether each can be used now. */
export type Readiness = () => Record<string, 'ok' | 'unavailable' | 'stopping'>;

export const healthAnswer: JsonAnswer = { status: 200, body: { status: 'ok' } };

/** 503 names the part that is not ready, and nothing else. */
export function readinessAnswer(readiness: Readiness): JsonAnswer {
  const parts = readiness();
  const ready = Object.values(parts).every((state) => state === 'ok');
  return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', parts } };
}

/** `/metrics`, `/healthz` and `/readyz` on a port of their own, which no proxy need ever show to the outside. */
export async function startProbes(options: {
  host: string;
  port: number;
  metrics: Metrics;
  readiness: Readiness;
  /** Brings gauges up to date that are read when somebody looks. */
  refresh: () => Promise<void>;
}): Promise<{ port: number; close(): Promise<void> }> {
  const { metrics, readiness, refresh } = options;
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (request.method !== 'GET') return sendJson(response, { status: 405, body: { error: 'only GET' } });
    if (path === '/healthz') return sendJson(response, healthAnswer);
    if (path === '/readyz') return sendJson(response, readinessAnswer(readiness));
    if (path !== '/metrics') return sendJson(response, { status: 404, body: { error: 'not found' } });
    void refresh()
      .then(() => metrics.registry.metrics())
      .then((text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text))
      .catch(() => sendJson(response, { status: 500, body: { error: 'metrics could not be collected' } }));
  });
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
