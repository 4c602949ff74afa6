import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { AnswerHeaders } from './answer-headers.ts';
import { failureOf, type FailureDeps } from './failure.ts';
import { JSON_TYPE } from './json-answer.ts';

export type RawAnswerDeps = FailureDeps & { headers: AnswerHeaders };

type Refused = {
  error: unknown;
  /** Where it is known. @defaultValue none */
  path?: string;
  headers?: Readonly<Record<string, string>>;
};

/** Answers where HTTP has no response to write to: an upgrade, or bytes that are no request. Then it hangs up. */
export function answerRaw(deps: RawAnswerDeps, stream: Duplex, { error, path = '', headers = {} }: Refused): void {
  if (!stream.writable) return void stream.destroy();
  const requestId = randomUUID();
  const answer = failureOf(deps, { requestId, path }, error);
  const text = JSON.stringify(answer.body);
  const all = {
    ...Object.fromEntries(deps.headers.api),
    ...answer.headers,
    ...headers,
    ...JSON_TYPE,
    'x-request-id': requestId,
    connection: 'close',
    date: new Date().toUTCString(),
    'content-length': String(Buffer.byteLength(text)),
  };
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
    ...Object.entries(all).map(([name, value]) => `${name}: ${value}`),
  ];
  stream.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => stream.destroy());
}
