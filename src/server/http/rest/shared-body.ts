import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Exchange } from '../exchange.ts';

/** Sends a buffer that many responses share: a `Response` would copy it each time. */
export function sendShared(
  { request, response }: Exchange,
  body: Uint8Array,
  headers: Record<string, string>,
  status = 200,
): Response {
  if (response.headersSent || response.destroyed) return RESPONSE_ALREADY_SENT;
  // RFC 9110, 8.6: the length at 304 would be that of the content that is not sent.
  response.writeHead(status, status === 304 ? headers : { ...headers, 'content-length': body.length });
  if (request.method === 'HEAD') response.end();
  else response.end(body);
  return RESPONSE_ALREADY_SENT;
}
