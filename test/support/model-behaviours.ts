import {
  completion,
  eventOf,
  sendReply,
  stillThere,
  stream,
  STREAM_PIECES,
  USAGE,
  validContent,
  validReply,
  whole,
  type Break,
  type PendingCall,
  type Usage,
} from './model-replies.ts';

/** What the model does with one call. */
export type Behaviour = (pending: PendingCall) => void | Promise<void>;

/** A valid answer by the request's own schema; `partial` replaces fields at the top. `usage: null` leaves it out. */
export const reply =
  (partial: Record<string, unknown> = {}, { usage = USAGE }: { usage?: Usage | null } = {}): Behaviour =>
  (pending) =>
    sendReply(pending, { content: validContent(pending.call, partial), finish: 'stop', usage });

/** A 200 whose content is this text: not JSON, or not what was asked for. */
export const garbage =
  (text: string): Behaviour =>
  (pending) =>
    sendReply(pending, { content: text, finish: 'stop' });

/** A 200 with this body, where a completion should be. */
export const rawBody =
  (body: string | Uint8Array, contentType = 'application/json', headers: Record<string, string> = {}): Behaviour =>
  ({ response, settle }) => {
    settle({ charged: 'yes' });
    response.writeHead(200, { 'content-type': contentType, ...headers }).end(body);
  };

export const refusal =
  (text = "I can't help with that."): Behaviour =>
  (pending) =>
    sendReply(pending, { content: null, refusal: text, finish: 'stop' });

export const contentFilter = (): Behaviour => (pending) =>
  sendReply(pending, { content: '', finish: 'content_filter' });

/** The answer reached its token limit half-way. */
export const cutOff = (): Behaviour => (pending) => {
  const content = validContent(pending.call, {});
  return sendReply(pending, { content: content.slice(0, content.length / 2), finish: 'length' });
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
export const hang = (): Behaviour => (pending) => pending.settle({ outcome: 'hung' });

/** `then`, but `ms` later; nothing if the client has gone by then. */
export const delay =
  (ms: number, then: Behaviour = reply()): Behaviour =>
  async (pending) => {
    if (await stillThere(pending, ms)) await then(pending);
  };

/** Half of the answer, then RST. */
export const reset = (): Behaviour => (pending) => breakOff(pending, () => pending.response.socket?.resetAndDestroy());

/** Half of the answer, then the end of the connection as if that were all. */
export const truncated = (): Behaviour => (pending) => breakOff(pending, () => pending.response.socket?.destroySoon());

/** The answer byte by byte. */
export const drip =
  (msPerByte: number): Behaviour =>
  async (pending) => {
    const body = Buffer.from(JSON.stringify(completion(pending.call, validReply(pending.call))));
    pending.response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    for (const byte of body.subarray(0, -1)) {
      pending.response.write(Uint8Array.of(byte));
      // oxlint-disable-next-line no-await-in-loop -- this is the drip
      if (!(await stillThere(pending, msPerByte))) return;
    }
    pending.settle({ charged: 'yes' }); // before the last byte, with which the client is served
    pending.response.end(body.subarray(-1));
  };

/** A streamed answer with a pause before each piece; a call that did not ask for a stream waits as long in all. */
export const slowStream =
  (msPerPiece: number): Behaviour =>
  (pending) =>
    pending.call.stream
      ? stream(pending, validReply(pending.call), { msPerPiece })
      : delay(msPerPiece * STREAM_PIECES)(pending);

export type Gate = { open: () => void; passed: Promise<void> };

/** Closed until somebody opens it. */
export const gate = (): Gate => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, passed: promise };
};

/** A streamed answer of STREAM_PIECES pieces, from 0; at each piece that has a gate it stops until that is open. */
export const heldStream =
  (gates: Readonly<Record<number, Gate>>): Behaviour =>
  (pending) =>
    stream(pending, validReply(pending.call), { hold: (piece) => gates[piece]?.passed });

/**
 * A stream that breaks off half-way: by RST, by its proper end without a `finish_reason`, never, or with an event in its
 * place. `at` is the part of the answer that is written before it.
 */
export const brokenStream =
  (how: Break, { at = 0.5 } = {}): Behaviour =>
  async (pending) => {
    const { content } = validReply(pending.call);
    const text = content?.slice(0, content.length * at) ?? '';
    pending.settle({ outcome: how === 'hang' ? 'hung' : 'cut' });
    await stream(pending, { content: text, finish: 'stop' }, { how });
  };

/** The answer in one piece, whatever was asked for: a provider that does not know streams. */
export const onePiece =
  (partial: Record<string, unknown> = {}): Behaviour =>
  (pending) =>
    whole(pending, { content: validContent(pending.call, partial), finish: 'stop' });

/** An event stream of exactly these events. */
export const rawStream = (...events: readonly unknown[]): Behaviour =>
  rawBody(events.map(eventOf).join(''), 'text/event-stream');

/** Whether the client got half an answer cannot be told from here, nor whether a provider would bill it. */
function breakOff({ call, response, settle }: PendingCall, end: () => void): void {
  const body = JSON.stringify(completion(call, validReply(call)));
  settle({ outcome: 'cut' });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), end);
}
