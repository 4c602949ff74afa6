import { once } from 'node:events';
import { connect } from 'node:net';
import { expect } from 'vitest';
import type { World } from '../support/world.ts';

/** A response by `fetch` or by a raw connection. */
export type HttpResponse = { status: number; headers: Headers; text: string };

/** The expected status, and the code of the first error. */
export type Refused = { status: number; code: string; message?: RegExp };

export const JSON_TYPE = { 'content-type': 'application/json' };

/** A mutation that needs no session, and stores a row if it is executed. */
export const START = 'mutation { startSession { session { id } } }';

export async function responseOf(response: Response): Promise<HttpResponse> {
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** POST /graphql; the body may be malformed. */
export async function postGraphQL(
  url: string,
  body: BodyInit,
  headers: HeadersInit = JSON_TYPE,
): Promise<HttpResponse> {
  return responseOf(await fetch(`${url}/graphql`, { method: 'POST', headers, body }));
}

/**
 * Sends bytes unchanged: `fetch` would correct malformed requests. Resolves with the first complete response that is not
 * `100 Continue`.
 */
export async function rawResponse(url: string, bytes: string | Buffer): Promise<HttpResponse> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  // Reset by the server with bytes left to read: the response has arrived before.
  socket.on('error', () => {});
  let received = '';
  socket.write(bytes);
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    if (parse(received) !== undefined) socket.end();
  });
  await once(socket, 'close');
  const response = parse(received);
  if (response === undefined) throw new Error(`there was no whole response: ${JSON.stringify(received)}`);
  return response;
}

function parse(received: string): HttpResponse | undefined {
  const text = received.replace(/^(HTTP\/1\.1 100 Continue\r\n\r\n)+/, '');
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Headers(
    lines.map((line): [string, string] => [line.split(':')[0] ?? '', line.replace(/^[^:]*:\s*/, '')]),
  );
  const body = text.slice(end + 4);
  if (body.length < Number(headers.get('content-length') ?? 0)) return undefined;
  return { status: Number(first.split(' ')[1]), headers, text: body };
}

/** The head of a request, with `Host`. */
export const head = (...lines: string[]): string => `${lines.join('\r\n')}\r\nHost: localhost\r\n\r\n`;

/** A valid handshake of a WebSocket. */
export const UPGRADE = head(
  'GET /graphql HTTP/1.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Protocol: graphql-transport-ws',
);

/** The first error of a GraphQL or REST response, or of an event stream. */
export type Refusal = { code: string; message: string; requestId: string; issues?: { path: string; rule: string }[] };

export function refusalOf({ text }: HttpResponse): Refusal {
  const body = JSON.parse(text.replace(/^[^]*?event: next\ndata: ([^\n]*)[^]*$/, '$1')) as {
    errors?: { message: string; extensions: { code: string; requestId: string } }[];
    error?: Refusal;
  };
  const [first] = body.errors ?? [];
  if (first !== undefined) return { message: first.message, ...first.extensions };
  if (body.error !== undefined) return body.error;
  throw new Error(`there is no error in ${text.slice(0, 500)}`);
}

/** Stack frames, names of files and drivers, words of SQL: details that no client should see. */
export const INTERNALS =
  /\n\s+at |node_modules|\.[cm]?[jt]s:\d|\b[A-Z]\w*Error:|ECONN|SELECT |INSERT |UPDATE |relation "|syntax error at|postgres|nats:|\bpg\b/;

/** The differences of a response from the expected refusal. */
function faultsOf(response: HttpResponse, { status, code, message }: Refused): string[] {
  const refusal = refusalOf(response);
  const leak = INTERNALS.exec(response.text);
  const type = response.headers.get('content-type') ?? 'none';
  const requestId = response.headers.get('x-request-id') ?? refusal.requestId;
  return [
    response.status === status ? [] : `status ${response.status} instead of ${status}`,
    refusal.code === code ? [] : `code ${refusal.code} instead of ${code}`,
    message === undefined || message.test(refusal.message) ? [] : `a message that does not match ${String(message)}`,
    leak === null ? [] : `internal details: ${leak[0]}`,
    /^[0-9a-f-]{36}$/.test(refusal.requestId) && refusal.requestId === requestId ? [] : 'no valid request id',
    /json; charset=utf-8$|^text\/event-stream/.test(type) ? [] : `the type ${type}`,
  ].flat();
}

declare module 'vitest' {
  interface Matchers<R, T> {
    /** A response with this status and code, a request id, and no internal details. */
    toBeRefused(refused: Refused): T;
  }
}

expect.extend({
  toBeRefused(response: HttpResponse, refused: Refused) {
    const faults = faultsOf(response, refused);
    return {
      pass: faults.length === 0,
      message: () => `the refusal has ${faults.join(', ')}: ${response.text.slice(0, 500)}`,
    };
  },
});

/** The numbers of rows that requests have stored. */
export async function rowsIn(world: World): Promise<{ sessions: number; assessments: number }> {
  const [rows] = await world.sql<{ sessions: number; assessments: number }>(
    'SELECT (SELECT count(*) FROM session)::int AS sessions, (SELECT count(*) FROM test_assessment)::int AS assessments',
  );
  return rows as { sessions: number; assessments: number };
}
