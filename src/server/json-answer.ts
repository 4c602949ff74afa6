import type { ServerResponse } from 'node:http';

export type JsonAnswer = { status: number; body: unknown; retryAfterSeconds?: number | undefined };

/** Sends JSON; used for everything outside GraphQL. */
export function sendJson(response: ServerResponse, { status, body, retryAfterSeconds }: JsonAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  if (retryAfterSeconds !== undefined) response.setHeader('retry-after', String(retryAfterSeconds));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
