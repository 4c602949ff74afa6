import type { ServerResponse } from 'node:http';

export type JsonResponse = { status: number; body: unknown; headers: Readonly<Record<string, string>> };

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/** Sends JSON without a framework: for requests that fail before one handles them, such as unreadable ones. */
export function sendJson(response: ServerResponse, { status, body, headers }: JsonResponse): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { ...headers, ...JSON_TYPE, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

export const toResponse = ({ status, body, headers }: JsonResponse): Response =>
  Response.json(body, { status, headers: { ...headers, ...JSON_TYPE } });
