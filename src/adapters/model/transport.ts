import { ReadableStream } from 'node:stream/web';
import { errors, Pool, type Dispatcher } from 'undici';
import { ANSWER_BYTES_MAX, AnswerTooLarge, inOnePiece, inTurns, PIECES_MAX } from './answer-limit.ts';
import { ProviderFailure } from './errors.ts';
import { unpacked } from './unpack.ts';

export type Transport = {
  /**
   * For the SDK. Resolves when the whole answer is there, whatever it says to be, so the SDK's time-out is one of the
   * whole call. An answer that is too large fails with an error that `isTooLarge`.
   */
  fetch: Fetch;
  /** The same, except that server-sent events are passed on as they come, and the body is what fails. */
  fetchStreamed: Fetch;
  /** For the SDK's `fetchOptions` of one call. `onSend` is called before the first byte of the request is written. */
  dispatcher: (onSend: () => void) => Dispatcher;
  close: () => Promise<void>;
};

type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** The connections to one provider: undici's pool, which follows no redirects, as `fetch`. */
export function openTransport(origin: string, timeoutMs: number): Transport {
  const pool = new Pool(origin, {
    // Above our own deadline, which the signal keeps; undici's defaults end a slow answer after five minutes.
    headersTimeout: 2 * timeoutMs,
    bodyTimeout: 2 * timeoutMs,
    connect: { timeout: 5_000 },
    // Of packed bytes. Some unpack to nothing, so the limit of unpacked bytes alone would not end them.
    maxResponseSize: ANSWER_BYTES_MAX,
  });
  return {
    fetch: async (url, init) => responseOf(await answerTo(url, init)),
    fetchStreamed: async (url, init) => {
      const answer = await answerTo(url, init);
      return isStream(answer) ? streamedResponseOf(answer) : responseOf(answer);
    },
    dispatcher: (onSend) => pool.compose((dispatch) => (options, handler) => dispatch(options, watch(handler, onSend))),
    close: () => pool.close(),
  };
}

export const isTooLarge = (error: unknown): boolean =>
  error instanceof AnswerTooLarge ||
  error instanceof errors.ResponseExceededMaxSizeError ||
  (error instanceof Error && isTooLarge(error.cause)); // the SDK wraps what `fetch` throws

/** As the SDK calls `fetch` for a completion: the body is JSON. The dispatcher is the call's, from its `fetchOptions`. */
type Init = { method: string; headers: Headers; body: string; signal: AbortSignal; dispatcher: Dispatcher };

type Answer = { status: number; headers: [name: string, value: string][]; chunks: AsyncIterable<Uint8Array> };

async function answerTo(url: string | URL | Request, init: RequestInit | undefined): Promise<Answer> {
  const { pathname, search } = new URL(url instanceof Request ? url.url : url);
  const { method, headers: asked, body: text, signal, dispatcher } = init as Init;
  const path = pathname + search;
  const { statusCode, headers, body } = await dispatcher.request({ path, method, headers: asked, body: text, signal });
  body.on('error', () => {}); // thrown where the body is read
  const coding = String(headers['content-encoding'] ?? '');
  if (coding.includes(',')) {
    body.destroy(); // nothing counts between two codings
    throw new ProviderFailure(PACKED_TWICE, { mayHaveCharged: true });
  }
  return {
    status: Math.min(statusCode, 599), // RFC 9110, 15: a status beyond it counts as an error of the server
    headers: Object.entries(headers).map(([name, lines = []]) => [name, [lines].flat().join(', ')]),
    chunks: unpacked(body, coding),
  };
}

const isStream = ({ status, headers }: Answer): boolean =>
  !EMPTY.has(status) &&
  headers.some(([name, value]) => name === 'content-type' && /^text\/event-stream\b/i.test(value));

const streamedResponseOf = ({ chunks, ...init }: Answer): Response =>
  new Response(ReadableStream.from(inTurns(chunks)) as BodyInit, init);

async function responseOf({ chunks, ...init }: Answer): Promise<Response> {
  const bytes = await inOnePiece(chunks).catch((error: unknown) => {
    if (init.status < 300) throw error;
    return null; // the status alone tells what it means
  });
  return new Response(EMPTY.has(init.status) ? null : bytes, init);
}

/** `Response` refuses a body of these. */
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);

const PACKED_TWICE =
  'the answer has several content-encodings: a proxy before the model provider must not compress again';

/** Everything else is handed on to `handler`. */
function watch(handler: Dispatcher.DispatchHandler, onSend: () => void): Dispatcher.DispatchHandler {
  let chunks = 0;
  return {
    onRequestStart(...args) {
      onSend();
      handler.onRequestStart?.(...args);
    },
    onResponseStart: (...args) => handler.onResponseStart?.(...args),
    onResponseData(controller, chunk) {
      chunks += 1;
      if (chunks > PIECES_MAX) controller.abort(new AnswerTooLarge(`the answer has over ${PIECES_MAX} chunks`));
      else handler.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}
