import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request and its answer. */
export type Exchange = {
  request: IncomingMessage;
  response: ServerResponse;
  requestId: string;
  /** Without the query. */
  path: string;
  startedAt: number;
};
