import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from './model-ledger.ts';
import { sampleOf, type OutputSchema } from './sample.ts';

/** One call that waits for its answer. */
export type Turn = {
  readonly call: Call;
  readonly response: ServerResponse;
  /** Aborted when the connection closes. */
  readonly gone: AbortSignal;
  readonly settle: (change: Partial<Pick<Call, 'outcome' | 'charged'>>) => void;
};

/** What the model does with one call. */
export type Behaviour = (turn: Turn) => void | Promise<void>;

type Usage = { prompt_tokens: number; completion_tokens: number; total_tokens: number };
type Reply = {
  content: string | null;
  finish: 'stop' | 'length' | 'content_filter';
  refusal?: string;
  usage?: Usage | null;
};

const USAGE: Usage = { prompt_tokens: 120, completion_tokens: 90, total_tokens: 210 };
const STREAM_PIECES = 8;

/** A valid answer by the request's own schema; `partial` replaces fields at the top. `usage: null` leaves it out. */
export const answer =
  (partial: Record<string, unknown> = {}, { usage = USAGE }: { usage?: Usage | null } = {}): Behaviour =>
  (turn) =>
    reply(turn, { content: validContent(turn.call, partial), finish: 'stop', usage });

/** A 200 whose content is this text: not JSON, or not what was asked for. */
export const garbage =
  (text: string): Behaviour =>
  (turn) =>
    reply(turn, { content: text, finish: 'stop' });

/** A 200 whose body is this text, where a completion should be. */
export const rawBody =
  (body: string, contentType = 'application/json'): Behaviour =>
  ({ response, settle }) => {
    settle({ charged: 'yes' });
    response.writeHead(200, { 'content-type': contentType }).end(body);
  };

export const refusal =
  (text = "I can't help with that."): Behaviour =>
  (turn) =>
    reply(turn, { content: null, refusal: text, finish: 'stop' });

export const contentFilter = (): Behaviour => (turn) => reply(turn, { content: '', finish: 'content_filter' });

/** The answer reached its token limit half-way. */
export const cutOff = (): Behaviour => (turn) => {
  const content = validContent(turn.call, {});
  return reply(turn, { content: content.slice(0, content.length / 2), finish: 'length' });
};

/** An HTTP error; not charged. */
export const status =
  (code: number, { type = 'error', message = 'The scripted model refuses this call.', headers = {} } = {}): Behaviour =>
  ({ response, settle }) => {
    settle({ outcome: 'refused', charged: 'no' });
    const body = JSON.stringify({ error: { message, type, param: null, code: type } });
    response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body);
  };

/** A 429 that says when to come back: in seconds, at a date, or in milliseconds. Without any: a bare 429. */
export const rateLimit = (retryAfter: { seconds?: number; at?: Date; ms?: number } = {}): Behaviour => {
  const { seconds, at, ms } = retryAfter;
  const headers = {
    ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    ...(at && { 'retry-after': at.toUTCString() }),
    ...(ms !== undefined && { 'retry-after-ms': String(ms) }),
  };
  return status(429, { type: 'rate_limit_exceeded', message: 'Rate limit reached for requests', headers });
};

/** A 429 that no waiting mends. */
export const insufficientQuota = (): Behaviour =>
  status(429, { type: 'insufficient_quota', message: 'You exceeded your current quota' });

/** Accepted, and never a byte. */
export const hang = (): Behaviour => (turn) => turn.settle({ outcome: 'hung' });

/** `then`, but `ms` later; nothing if the client has gone by then. */
export const delay =
  (ms: number, then: Behaviour = answer()): Behaviour =>
  async (turn) => {
    if (await stillThere(turn, ms)) await then(turn);
  };

/** Half of the answer, then RST. */
export const reset = (): Behaviour => (turn) => breakOff(turn, () => turn.response.socket?.resetAndDestroy());

/** Half of the answer, then the end of the connection as if that were all. */
export const truncated = (): Behaviour => (turn) => breakOff(turn, () => turn.response.socket?.destroySoon());

/** The answer byte by byte. */
export const drip =
  (msPerByte: number): Behaviour =>
  async (turn) => {
    const body = Buffer.from(JSON.stringify(completion(turn.call, validReply(turn.call))));
    turn.response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    for (const byte of body.subarray(0, -1)) {
      turn.response.write(Uint8Array.of(byte));
      // oxlint-disable-next-line no-await-in-loop -- this is the drip
      if (!(await stillThere(turn, msPerByte))) return;
    }
    turn.settle({ charged: 'yes' }); // before the last byte, with which the client is served
    turn.response.end(body.subarray(-1));
  };

/** A streamed answer with a pause before each piece; a call that did not ask for a stream waits as long in all. */
export const slowStream =
  (msPerPiece: number): Behaviour =>
  (turn) =>
    turn.call.stream ? stream(turn, validReply(turn.call), msPerPiece) : delay(msPerPiece * STREAM_PIECES)(turn);

function reply(turn: Turn, given: Reply): void | Promise<void> {
  if (turn.call.stream) return stream(turn, given, 0);
  turn.settle({ charged: 'yes' });
  const body = JSON.stringify(completion(turn.call, given));
  turn.response
    .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    .end(body);
}

async function stream(turn: Turn, given: Reply, msPerPiece: number): Promise<void> {
  const { call, response } = turn;
  const send = (part: object): boolean =>
    response.write(`data: ${JSON.stringify({ ...head(call), object: 'chat.completion.chunk', ...part })}\n\n`);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  send(choice({ role: 'assistant', content: '' }));
  const text = given.refusal ?? given.content ?? '';
  const size = Math.max(1, Math.ceil(text.length / STREAM_PIECES));
  for (let at = 0; at < text.length; at += size) {
    // oxlint-disable-next-line no-await-in-loop -- one piece after another
    if (msPerPiece > 0 && !(await stillThere(turn, msPerPiece))) return;
    const piece = text.slice(at, at + size);
    send(choice(given.refusal === undefined ? { content: piece } : { refusal: piece }));
  }
  turn.settle({ charged: 'yes' });
  send(choice({}, given.finish));
  const usage = given.usage === undefined ? USAGE : given.usage;
  if (usage && call.body.stream_options?.include_usage) send({ choices: [], usage });
  response.end('data: [DONE]\n\n');
}

const choice = (delta: object, finish: string | null = null): object => ({
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
});

/** Whether the client got half an answer cannot be told from here, nor whether a provider would bill it. */
function breakOff({ call, response, settle }: Turn, end: () => void): void {
  const body = JSON.stringify(completion(call, validReply(call)));
  settle({ outcome: 'cut' });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), end);
}

const validReply = (call: Call): Reply => ({ content: validContent(call, {}), finish: 'stop' });

function validContent({ body }: Call, partial: Record<string, unknown>): string {
  const schema = body.response_format?.json_schema?.schema ?? DEFAULT_SCHEMA;
  return JSON.stringify(Object.assign({}, sampleOf(schema), partial));
}

/** For a call that asks for no schema. */
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

function completion(call: Call, given: Reply): object {
  const message = { role: 'assistant', content: given.content, refusal: given.refusal ?? null };
  const usage = given.usage === undefined ? USAGE : given.usage;
  return {
    ...head(call),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: given.finish }],
    ...(usage && { usage }),
  };
}

const stillThere = ({ gone }: Turn, ms: number): Promise<boolean> =>
  pause(ms, true, { signal: gone }).catch(() => false);
