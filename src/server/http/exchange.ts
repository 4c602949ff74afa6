import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its response. */
export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Without the query string. */
  path: string;
  startedAt: number;
};
