import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ResponseHeaders } from './response-headers.ts';
import { failureOf, type FailureDeps } from './failure.ts';
import { JSON_TYPE } from './json-response.ts';

export type RawResponseDeps = FailureDeps & { headers: ResponseHeaders };

type Refusal = {
  error: unknown;
  /** @defaultValue none: the request could not be read */
  path?: string;
  headers?: Readonly<Record<string, string>>;
};

/** Writes a response to a connection without a `ServerResponse` (an upgrade, or unreadable bytes), then closes it. */
export function sendRawResponse(
  deps: RawResponseDeps,
  stream: Duplex,
  { error, path = '', headers = {} }: Refusal,
): void {
  if (!stream.writable) return void stream.destroy();
  const requestId = randomUUID();
  const refusal = failureOf(deps, { requestId, path }, error);
  const text = JSON.stringify(refusal.body);
  const all = {
    ...Object.fromEntries(deps.headers.api),
    ...refusal.headers,
    ...headers,
    ...JSON_TYPE,
    'x-request-id': requestId,
    connection: 'close',
    date: new Date().toUTCString(),
    'content-length': String(Buffer.byteLength(text)),
  };
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status] ?? ''}`,
    ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
  ];
  stream.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => stream.destroy());
}
