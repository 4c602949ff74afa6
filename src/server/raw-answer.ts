import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { restError } from './rest-error.ts';

/** Answers where HTTP has no response to write to: an upgrade, or bytes that are no request. Then it hangs up. */
export function answerRaw(stream: Duplex, error: unknown): void {
  if (!stream.writable) return void stream.destroy();
  const { status, body } = restError(error, randomUUID());
  const text = JSON.stringify(body);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    'x-content-type-options: nosniff',
    `content-length: ${Buffer.byteLength(text)}`,
  ];
  stream.end(`${head.join('\r\n')}\r\n\r\n${text}`, () => stream.destroy());
}
