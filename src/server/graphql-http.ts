import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from '../errors.ts';
import type { Context } from '../schema/context.ts';
import { acceptedBy, type Accepted } from './accept.ts';
import { readJsonBody } from './body.ts';
import { httpStatus } from './error-table.ts';
import type { EventStreams } from './event-stream.ts';
import type { Operation, Refusal, Yoga } from './graphql.ts';
import type { PublicResult } from './public-events.ts';
import { HttpError, notAllowed } from './http-error.ts';
import type { LiveConnections } from './live-connections.ts';
import { paramsOfBody, paramsOfUrl } from './params.ts';

export type GraphQLHttpDeps = { yoga: Yoga; streams: EventStreams; connections: LiveConnections };

/**
 * GraphQL over HTTP (https://graphql.github.io/graphql-over-http/draft/), subscriptions as server-sent events. Whatever
 * can be refused is refused before anything is executed.
 * @throws RequestError, HttpError
 */
export async function answerGraphQL(
  deps: GraphQLHttpDeps,
  request: IncomingMessage,
  response: ServerResponse,
  context: Context,
): Promise<void> {
  const { method, headers, url = '' } = request;
  if (method !== 'GET' && method !== 'POST') throw notAllowed('GET, POST');
  // A page elsewhere can make a browser send this with the cookie, though it can't read the answer. Who sends an
  // `Origin` with it was let in by that.
  if (method === 'GET' && headers['sec-fetch-site'] === 'cross-site' && headers.origin === undefined)
    throw new RequestError('FORBIDDEN', 'GET requests from other sites are not taken. Send a POST.');
  const accepted = acceptedBy(headers.accept);
  if (accepted.json === undefined && !accepted.events)
    throw new HttpError(406, 'Accept "application/json", or "text/event-stream" for a subscription.');
  const params = method === 'GET' ? paramsOfUrl(url) : paramsOfBody(await readJsonBody(request));

  const operation = deps.yoga.prepare(params, context);
  if ('errors' in operation) return await sendResult(deps, response, accepted, operation);
  if (operation.kind === 'mutation' && method === 'GET')
    throw new HttpError(405, 'A mutation changes something: send it by POST.', { allow: 'POST' });
  if (operation.kind === 'subscription') return await subscribe(deps, response, accepted, operation, context);
  await sendResult(deps, response, accepted, (await operation.run()) as PublicResult);
}

async function subscribe(
  { streams, connections }: GraphQLHttpDeps,
  response: ServerResponse,
  { events }: Accepted,
  operation: Operation,
  context: Context,
): Promise<void> {
  if (!events)
    throw new HttpError(406, 'A subscription needs a WebSocket, or "Accept: text/event-stream" over plain HTTP.');
  const session = await context.session();
  if (response.destroyed) return;
  if (session !== null) {
    const live = { end: () => response.destroy() };
    if (!connections.add(session.id, live)) throw new RequestError('RATE_LIMITED', TOO_MANY_OPEN);
    response.once('close', () => connections.remove(session.id, live));
  }
  await streams.send(response, await operation.run(), () => context.event.id);
}

export const TOO_MANY_OPEN = 'This session has too many sockets and event streams open. Close some of them.';

async function sendResult(
  { streams }: GraphQLHttpDeps,
  response: ServerResponse,
  { json }: Accepted,
  result: PublicResult | Refusal,
): Promise<void> {
  if (json === undefined) return await streams.send(response, result);
  const text = JSON.stringify(result);
  const wait = result.errors?.map(({ extensions }) => Number(extensions?.['retryAfterSeconds'] ?? 0)) ?? [];
  if (Math.max(0, ...wait) > 0) response.setHeader('retry-after', Math.max(...wait));
  response.writeHead(statusOf(result, json), {
    'content-type': `${json}; charset=utf-8`,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** What a well-formed request can get with `application/json` and a 200, since a proxy can make other answers of that type. */
const WELL_FORMED = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_TOO_COMPLEX',
]);

function statusOf(result: PublicResult | Refusal, json: NonNullable<Accepted['json']>): number {
  const [first] = result.errors ?? [];
  if (first === undefined || 'data' in result) return 200;
  const code = first.extensions?.['code'] as keyof typeof httpStatus;
  return json === 'application/json' && WELL_FORMED.has(code) ? 200 : httpStatus[code];
}
