import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import type { Metrics } from '../../metrics.ts';
import { isLoopbackAddress, normalizeTarget, requireLoopbackHost } from './host.ts';
import type { HttpError } from '../graphql/http-error.ts';
import { JSON_TYPE, sendJson } from './json-response.ts';
import { listen } from './listen.ts';
import { pathOf } from './path.ts';
import { healthOf, readinessOf, type Readiness } from './readiness.ts';

export type ProbeDeps = {
  metrics: Metrics;
  readiness: Readiness;
  /** Updates the gauges that are only read on a scrape. */
  refresh: () => Promise<void>;
};

function probesApp({ metrics, readiness, refresh }: ProbeDeps): Hono {
  const app = new Hono();
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (c, methods) =>
        c.json({ error: 'only GET' }, 405, { ...JSON_TYPE, allow: methods.join(', ') }),
    }),
  );
  app.get('/healthz', (c) => c.json(healthOf(), 200, JSON_TYPE));
  app.get('/readyz', (c) => {
    const { status, body } = readinessOf(readiness);
    return c.json(body, status, JSON_TYPE);
  });
  app.get('/metrics', async (c) => {
    await refresh();
    return c.body(await metrics.registry.metrics(), 200, { 'content-type': metrics.registry.contentType });
  });
  app.notFound((c) => c.json({ error: 'not found' }, 404, JSON_TYPE));
  app.onError((_error, c) => c.json({ error: 'metrics could not be collected' }, 500, JSON_TYPE));
  return app;
}

/** `/metrics`, `/healthz` and `/readyz` on a port of their own, which need not be public. */
export async function startProbes(
  options: ProbeDeps & { host: string; port: number },
): Promise<{ port: number; close(): Promise<void> }> {
  // Health checks of load balancers speak HTTP/1.0, which may omit the host.
  const listener = getRequestListener(probesApp(options).fetch, {
    overrideGlobalObjects: false,
    hostname: 'localhost',
  });
  const isLoopback = isLoopbackAddress(options.host);
  const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
    try {
      const host = normalizeTarget(request);
      if (isLoopback) requireLoopbackHost(host, pathOf(request));
    } catch (error) {
      const { status, message } = error as HttpError;
      return sendJson(response, { status, body: { error: message }, headers: {} });
    }
    void listener(request, response);
  });
  return {
    port: await listen(server, { port: options.port, host: options.host }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
