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

/** The model's behaviour for one call. */
export type Behaviour = (pending: PendingCall) => void | Promise<void>;

/** A valid reply by the schema of the request; `partial` replaces top-level fields, `usage: null` leaves out the usage. */
export const reply =
  (partial: Record<string, unknown> = {}, { usage = USAGE }: { usage?: Usage | null } = {}): Behaviour =>
  (pending) =>
    sendReply(pending, { content: validContent(pending.call, partial), finish: 'stop', usage });

/** A reply with this text, which is no JSON or does not fit the schema. */
export const garbage =
  (text: string): Behaviour =>
  (pending) =>
    sendReply(pending, { content: text, finish: 'stop' });

/** A 200 with this body instead of a completion. */
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

/** A reply that was cut off at the token limit. */
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

/** A 429 with the retry time in seconds, as a date or in milliseconds; without any of them, a bare 429. */
export const rateLimit = (retryAfter: { seconds?: number; at?: Date; ms?: number } = {}): Behaviour => {
  const { seconds, at, ms } = retryAfter;
  const headers = {
    ...(seconds !== undefined && { 'retry-after': String(seconds) }),
    ...(at && { 'retry-after': at.toUTCString() }),
    ...(ms !== undefined && { 'retry-after-ms': String(ms) }),
  };
  return status(429, { type: 'rate_limit_exceeded', message: 'Rate limit reached for requests', headers });
};

/** A 429 that lasts: the quota is used up. */
export const insufficientQuota = (): Behaviour =>
  status(429, { type: 'insufficient_quota', message: 'You exceeded your current quota' });

/** Accepts the call and sends nothing. */
export const hang = (): Behaviour => (pending) => pending.settle({ outcome: 'hung' });

/** `then`, `ms` later, unless the client has gone. */
export const delay =
  (ms: number, then: Behaviour = reply()): Behaviour =>
  async (pending) => {
    if (await stillThere(pending, ms)) await then(pending);
  };

/** Half of the reply, then RST. */
export const reset = (): Behaviour => (pending) => breakOff(pending, () => pending.response.socket?.resetAndDestroy());

/** Half of the reply, then a normal end of the connection. */
export const truncated = (): Behaviour => (pending) => breakOff(pending, () => pending.response.socket?.destroySoon());

/** The reply byte by byte. */
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
    pending.settle({ charged: 'yes' }); // before the last byte, which completes the reply
    pending.response.end(body.subarray(-1));
  };

/** A streamed reply with a pause before each piece; a reply in one piece takes as long in all. */
export const slowStream =
  (msPerPiece: number): Behaviour =>
  (pending) =>
    pending.call.stream
      ? stream(pending, validReply(pending.call), { msPerPiece })
      : delay(msPerPiece * STREAM_PIECES)(pending);

export type Gate = { open: () => void; passed: Promise<void> };

/** A closed gate. */
export const gate = (): Gate => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, passed: promise };
};

/** A streamed reply of STREAM_PIECES pieces, from 0, which stops before each piece with a closed gate. */
export const heldStream =
  (gates: Readonly<Record<number, Gate>>): Behaviour =>
  (pending) =>
    stream(pending, validReply(pending.call), { hold: (piece) => gates[piece]?.passed });

/**
 * A stream that breaks: by RST, by its end without a `finish_reason`, by silence, or by an event. `at` is the part of the
 * reply before the break.
 */
export const brokenStream =
  (how: Break, { at = 0.5 } = {}): Behaviour =>
  async (pending) => {
    const { content } = validReply(pending.call);
    const text = content?.slice(0, content.length * at) ?? '';
    pending.settle({ outcome: how === 'hang' ? 'hung' : 'cut' });
    await stream(pending, { content: text, finish: 'stop' }, { how });
  };

/** A reply in one piece to every call, as from a provider without streaming. */
export const onePiece =
  (partial: Record<string, unknown> = {}): Behaviour =>
  (pending) =>
    whole(pending, { content: validContent(pending.call, partial), finish: 'stop' });

/** An event stream with exactly these events. */
export const rawStream = (...events: readonly unknown[]): Behaviour =>
  rawBody(events.map(eventOf).join(''), 'text/event-stream');

/** Sends half of the reply. `charged` stays `maybe`: a provider may charge for it or not. */
function breakOff({ call, response, settle }: PendingCall, end: () => void): void {
  const body = JSON.stringify(completion(call, validReply(call)));
  settle({ outcome: 'cut' });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.write(body.slice(0, body.length / 2), end);
}
