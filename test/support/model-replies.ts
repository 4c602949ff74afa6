import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from './model-ledger.ts';
import { sampleOf, type OutputSchema } from './sample.ts';

/** A call without a reply yet. */
export type PendingCall = {
  readonly call: Call;
  readonly response: ServerResponse;
  /** Aborted when the connection closes. */
  readonly gone: AbortSignal;
  readonly settle: (change: Partial<Pick<Call, 'outcome' | 'charged'>>) => void;
};

export type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number };
type Reply = {
  content: string | null;
  finish: 'stop' | 'length' | 'content_filter';
  refusal?: string;
  usage?: Usage | null;
};

export const USAGE: Usage = { prompt_tokens: 120, completion_tokens: 90, total_tokens: 210 };
export const STREAM_PIECES = 8;

/** The end of a broken stream, after half of the reply. */
export type Break = 'reset' | 'end' | 'hang' | { error: unknown } | { raw: string };

export const sendReply = (pending: PendingCall, given: Reply): void | Promise<void> =>
  pending.call.stream ? stream(pending, given) : whole(pending, given);

export function whole({ call, response, settle }: PendingCall, given: Reply): void {
  settle({ charged: 'yes' });
  const body = JSON.stringify(completion(call, given));
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
}

/** `hold` is called before each piece, from 0; the stream goes on when its promise resolves. */
type StreamOptions = { msPerPiece?: number; hold?: (piece: number) => Promise<unknown> | undefined; how?: Break };

export async function stream(pending: PendingCall, given: Reply, options: StreamOptions = {}): Promise<void> {
  const { msPerPiece = 0, hold, how } = options;
  const { call, response } = pending;
  const send = (part: object): boolean =>
    response.write(eventOf({ ...head(call), object: 'chat.completion.chunk', ...part }));
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  send(choice({ role: 'assistant', content: '' }));
  const text = given.refusal ?? given.content ?? '';
  const size = Math.max(1, Math.ceil(text.length / STREAM_PIECES));
  for (let at = 0; at < text.length; at += size) {
    // oxlint-disable-next-line no-await-in-loop -- one piece after another
    if (msPerPiece > 0 && !(await stillThere(pending, msPerPiece))) return;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await hold?.(at / size);
    const piece = text.slice(at, at + size);
    send(choice(given.refusal === undefined ? { content: piece } : { refusal: piece }));
  }
  if (how !== undefined) return breakStream(pending, how);
  pending.settle({ charged: 'yes' });
  send(choice({}, given.finish));
  const usage = given.usage === undefined ? USAGE : given.usage;
  if (usage && call.body.stream_options?.include_usage) send({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}

function breakStream({ response }: PendingCall, how: Break): void {
  if (how === 'hang') return;
  if (how === 'end') response.end();
  else if (how === 'reset') response.write(': \n\n', () => response.socket?.resetAndDestroy());
  else response.end('raw' in how ? how.raw : eventOf({ error: how.error }));
}

export const eventOf = (data: unknown): string => `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

const choice = (delta: object, finish: string | null = null): object => ({
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
});

export const validReply = (call: Call): Reply => ({ content: validContent(call, {}), finish: 'stop' });

export function validContent({ body }: Call, partial: Record<string, unknown>): string {
  const schema = body.response_format?.json_schema?.schema ?? DEFAULT_SCHEMA;
  return JSON.stringify(Object.assign({}, sampleOf(schema), partial));
}

/** For a call without a schema. */
const DEFAULT_SCHEMA: OutputSchema = {
  properties: {
    summary: {},
    recommendations: { items: { properties: { title: {}, rationale: {}, action: {}, priority: { enum: ['high'] } } } },
  },
};

const head = ({ number, at, body }: Call): object => ({
  id: `chatcmpl-${number}`,
  created: Math.floor(at / 1000),
  model: body.model ?? 'scripted',
});

export function completion(call: Call, given: Reply): object {
  const message = { role: 'assistant', content: given.content, refusal: given.refusal ?? null };
  const usage = given.usage === undefined ? USAGE : given.usage;
  return {
    ...head(call),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: given.finish }],
    ...(usage && { usage }),
  };
}

export const stillThere = ({ gone }: PendingCall, ms: number): Promise<boolean> =>
  pause(ms, true, { signal: gone }).catch(() => false);
