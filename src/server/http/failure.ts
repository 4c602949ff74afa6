import type { IncomingMessage } from 'node:http';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { toPublicError } from '../graphql/error-table.ts';
import type { LogRefusal } from '../graphql/refusal-log.ts';
import type { Exchange } from './exchange.ts';
import { sendJson, type JsonResponse } from './json-response.ts';
import { GRAPHQL_PATH, isApi, routeName } from './path.ts';
import { restError } from './rest/errors.ts';

export type FailureDeps = { log: Log; metrics: Metrics; logRefusal: LogRefusal };

/** The response to a request that failed as a whole, in the form of the API at its path. Counts and logs the error. */
export function failureOf(
  { log, metrics, logRefusal }: FailureDeps,
  { requestId, path }: Pick<Exchange, 'requestId' | 'path'>,
  error: unknown,
): JsonResponse {
  const { code, message, unexpected } = toPublicError(error);
  metrics.errors.inc({ part: 'http', code });
  if (unexpected) log.error({ err: error, requestId, path: routeName(path) }, 'a request failed in an unexpected way');
  const refusal = restError(error, requestId);
  if (!unexpected) logRefusal(code, { requestId, route: routeName(path), status: refusal.status });
  if (path === GRAPHQL_PATH) return { ...refusal, body: { errors: [{ message, extensions: { code, requestId } }] } };
  // The headers of an API path already say `no-store`. A page missing now may exist after the next release.
  return isApi(path) ? refusal : { ...refusal, headers: { ...refusal.headers, 'cache-control': 'no-store' } };
}

/** Responds to a failed request, unless it has its response already or its client has left. */
export function fail(deps: FailureDeps, exchange: Exchange, error: unknown): void {
  const { request, response } = exchange;
  if (response.writableEnded || response.destroyed) return;
  const refusal = failureOf(deps, exchange, error);
  if (response.headersSent) return void response.destroy();
  sendJson(response, refusal);
  if (!request.complete) drainRequest(request);
}

/** Enough for a client to read the response. */
const DRAIN_MS = 2_000;

/**
 * Reads and discards the rest of a refused body for a moment. Closing at once would reset the connection, and the client
 * would lose the response before it has read it.
 */
export function drainRequest(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), DRAIN_MS);
  timer.unref();
  request.once('end', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
}
