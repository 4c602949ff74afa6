import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import { EnvHttpProxyAgent, errors, Pool, type Dispatcher } from 'undici';
import { REPLY_BYTES_MAX, ReplyTooLarge, inOnePiece, inSlices, PIECES_MAX } from './reply-limit.ts';
import { gather } from './gather.ts';
import { jsonOrText } from './json-or-text.ts';
import { unpacked } from './unpack.ts';
import { RefusedResponse } from './errors.ts';
import { ProviderFailure } from '../../entities/provider-failure.ts';
import { OwnError } from '../../own-error.ts';

export type Transport = {
  /**
   * `fetch` for the SDK. Resolves when the whole response has come, of any content type, so that the SDK's time-out covers
   * the whole call. A response that is too large fails with an error that `isTooLarge`.
   */
  fetch: Fetch;
  /** The same, except that server-sent events are passed on as they come, and errors come from reading the body. */
  fetchStreamed: Fetch;
  /** For the SDK's `fetchOptions` of one call. `onSend` is called before the first byte of the request is written. */
  dispatcher: (onSend: () => void) => Dispatcher;
  close: () => Promise<void>;
};

type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** An HTTP proxy, and the hosts that are asked without it: names, also of their domains, and addresses, with commas. */
export type Proxy = { url: string; except: string };

const CONNECT_MS = 5_000;

/** The connections to one provider: undici's pool, which follows no redirects, as `fetch`. */
export function openTransport(origin: string, timeoutMs: number, proxy?: Proxy): Transport {
  const limits = {
    // Above our own time-out, which the signal keeps. undici's defaults would end a slow response after five minutes.
    headersTimeout: 2 * timeoutMs,
    bodyTimeout: 2 * timeoutMs,
    connect: { timeout: CONNECT_MS },
    // Limit of packed bytes. Some unpack to nothing, so the limit of unpacked bytes would never be reached.
    maxResponseSize: REPLY_BYTES_MAX,
  };
  const connections =
    proxy === undefined
      ? new Pool(origin, limits)
      : new EnvHttpProxyAgent({
          ...limits,
          connectTimeout: CONNECT_MS,
          // Given here, so that undici does not read the environment.
          httpProxy: '',
          httpsProxy: proxy.url,
          noProxy: proxy.except,
        });
  return {
    fetch: toldOfProxy(whole),
    fetchStreamed: toldOfProxy(streamed),
    dispatcher: (onSend) =>
      connections.compose((dispatch) => (options, handler) => dispatch({ ...options, origin }, watch(handler, onSend))),
    close: () => connections.close(),
  };
}

/** undici tells a proxy that refuses to connect as an abort. */
const toldOfProxy =
  (fetch: Fetch): Fetch =>
  async (url, init) => {
    try {
      return await fetch(url, init);
    } catch (error) {
      if (!(error instanceof errors.RequestAbortedError) || init?.signal?.aborted === true) throw error;
      throw new OwnError('the proxy in HTTPS_PROXY refuses the connection to the model provider', { cause: error });
    }
  };

export const isTooLarge = (error: unknown): boolean =>
  error instanceof ReplyTooLarge ||
  error instanceof errors.ResponseExceededMaxSizeError ||
  (error instanceof Error && isTooLarge(error.cause)); // the SDK wraps errors of `fetch`

/** The options of the SDK's call of `fetch` for a completion. The body is JSON; the dispatcher comes from `fetchOptions`. */
type Init = { method: string; headers: Headers; body: string; signal: AbortSignal; dispatcher: Dispatcher };

function sendingOf(url: string | URL | Request, init: RequestInit | undefined) {
  const { pathname, search } = new URL(url instanceof Request ? url.url : url);
  const { method, headers, body, signal, dispatcher } = init as Init;
  return { dispatcher, signal, request: { path: pathname + search, method, headers, body } };
}

const whole: Fetch = async (url, init) => {
  const { dispatcher, signal, request } = sendingOf(url, init);
  const { status, headers, chunks } = await gather(dispatcher, request, signal);
  const coding = codingOf(headers);
  const bytes = coding === '' ? Buffer.concat(chunks) : await bytesOf(unpacked(Readable.from(chunks), coding), status);
  return accepted(status, headers, bytes);
};

const streamed: Fetch = async (url, init) => {
  const { dispatcher, signal, request } = sendingOf(url, init);
  const { statusCode: status, headers, body } = await dispatcher.request({ ...request, signal });
  body.on('error', () => {}); // reading the body throws it as well
  try {
    const chunks = unpacked(body, codingOf(headers));
    return isStream(status, headers)
      ? responseOf(status, headers, ReadableStream.from(inSlices(chunks)) as BodyInit)
      : accepted(status, headers, await bytesOf(chunks, status));
  } catch (error) {
    body.destroy();
    throw error;
  }
};

/** @throws ProviderFailure for several codings: the bytes between two codings would not be limited */
function codingOf(headers: IncomingHttpHeaders): string {
  const coding = headers['content-encoding'] ?? '';
  if (coding.includes(',')) throw new ProviderFailure(PACKED_TWICE, { mayHaveCharged: true });
  return coding;
}

const isStream = (status: number, headers: IncomingHttpHeaders): boolean =>
  status < 300 && !EMPTY.has(status) && /^text\/event-stream\b/i.test(headers['content-type'] ?? '');

/** @returns null for a response with an error status that breaks off: its status is enough */
async function bytesOf(chunks: AsyncIterable<Uint8Array>, status: number): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await inOnePiece(chunks);
  } catch (error) {
    if (status < 300) throw error;
    return null;
  }
}

/** @throws RefusedResponse for a status that is none of success: the SDK reads only one form of its body */
function accepted(status: number, headers: IncomingHttpHeaders, bytes: Uint8Array<ArrayBuffer> | null): Response {
  const response = responseOf(status, headers, bytes);
  if (response.ok) return response;
  throw new RefusedResponse({
    status: response.status,
    headers: response.headers,
    body: jsonOrText(bytes === null ? '' : new TextDecoder().decode(bytes)),
  });
}

const responseOf = (status: number, headers: IncomingHttpHeaders, body: BodyInit | null): Response =>
  new Response(EMPTY.has(status) ? null : body, {
    status: Math.min(status, 599), // RFC 9110, 15: a status beyond it counts as an error of the server
    headers: Object.entries(headers).map(([name, lines = []]) => [name, [lines].flat().join(', ')]),
  });

/** `Response` refuses a body of these. */
const EMPTY: ReadonlySet<number> = new Set([204, 205, 304]);

const PACKED_TWICE =
  'the reply has several content-encodings: a proxy before the model provider must not compress again';

/** Hands all events on to `handler`, calls `onSend` and limits the number of chunks. */
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
      if (chunks > PIECES_MAX) controller.abort(new ReplyTooLarge(`the reply has over ${PIECES_MAX} chunks`));
      else handler.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
    onResponseError: (...args) => handler.onResponseError?.(...args),
  };
}
