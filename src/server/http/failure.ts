import type { IncomingMessage } from 'node:http';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { toPublicError } from '../graphql/error-table.ts';
import type { Exchange } from './exchange.ts';
import { sendJson, type JsonAnswer } from './json-answer.ts';
import { GRAPHQL_PATH, isApi, routeName } from './path.ts';
import { restError } from './rest/errors.ts';

export type FailureDeps = { log: Log; metrics: Metrics };

/** The answer to a request that failed as a whole, in the form of the API that it was made to. It is counted here. */
export function failureOf(
  { log, metrics }: FailureDeps,
  { requestId, path }: Pick<Exchange, 'requestId' | 'path'>,
  error: unknown,
): JsonAnswer {
  const { code, message, unexpected } = toPublicError(error);
  metrics.errors.inc({ part: 'http', code });
  if (unexpected) log.error({ err: error, requestId, path: routeName(path) }, 'a request failed in an unexpected way');
  const answer = restError(error, requestId);
  if (path === GRAPHQL_PATH) return { ...answer, body: { errors: [{ message, extensions: { code, requestId } }] } };
  // An API's answers are never kept. A page's are, and what is missing now may be there after the next release.
  return isApi(path) ? answer : { ...answer, headers: { ...answer.headers, 'cache-control': 'no-store' } };
}

/** Answers a failed request, unless it is answered already or its client has left. */
export function fail(deps: FailureDeps, exchange: Exchange, error: unknown): void {
  const { request, response } = exchange;
  if (response.writableEnded || response.destroyed) return;
  const answer = failureOf(deps, exchange, error);
  if (response.headersSent) return void response.destroy();
  sendJson(response, answer);
  if (!request.complete) readOn(request);
}

/** After this time the sender has read the answer, or will not. */
const READ_ON_MS = 2_000;

/**
 * The rest of a refused body is read and thrown away for a moment: closing at once would reset the connection,
 * and with it the answer that the sender has not read yet.
 */
export function readOn(request: IncomingMessage): void {
  request.resume();
  const timer = setTimeout(() => request.socket.destroy(), READ_ON_MS);
  timer.unref();
  request.once('end', () => clearTimeout(timer));
  request.once('close', () => clearTimeout(timer));
}
