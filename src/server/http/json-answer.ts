import type { ServerResponse } from 'node:http';

export type JsonAnswer = { status: number; body: unknown; headers: Readonly<Record<string, string>> };

export const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

/** Sends JSON where no framework answers: what could not be read, or not in time. */
export function sendJson(response: ServerResponse, { status, body, headers }: JsonAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { ...headers, ...JSON_TYPE, 'content-length': Buffer.byteLength(text) });
  response.end(text);
}

export const toResponse = ({ status, body, headers }: JsonAnswer): Response =>
  Response.json(body, { status, headers: { ...headers, ...JSON_TYPE } });
