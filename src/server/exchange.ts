import type { IncomingMessage } from 'node:http';
import type { Answer } from './answer.ts';

/** One request and its answer. */
export type Exchange = {
  request: IncomingMessage;
  response: Answer;
  path: string;
  startedAt: number;
};
