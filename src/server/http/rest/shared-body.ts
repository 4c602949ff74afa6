import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Exchange } from '../exchange.ts';

/** Answers from a buffer that all answers share: a `Response` would copy it for each of them. */
export function sendShared(
  { request, response }: Exchange,
  body: Uint8Array,
  headers: Record<string, string>,
): Response {
  if (response.headersSent || response.destroyed) return RESPONSE_ALREADY_SENT;
  response.writeHead(200, { ...headers, 'content-length': body.length });
  if (request.method === 'HEAD') response.end();
  else response.end(body);
  return RESPONSE_ALREADY_SENT;
}
