import { errors, fetch, Pool, type Dispatcher } from 'undici';
import { ANSWER_BYTES_MAX, answerLimit, AnswerTooLarge } from './answer-limit.ts';
import { ProviderFailure } from './errors.ts';

export type Transport = {
  /** For the SDK. The body of an answer that is too large fails with an error that `isTooLarge`. */
  fetch: (url: string | URL | Request, init?: RequestInit) => Promise<Response>;
  /** For the SDK's `fetchOptions` of one call. `onSend` is called before the first byte of the request is written. */
  dispatcher: (onSend: () => void) => Dispatcher;
  close: () => Promise<void>;
};

/** The connections to one provider: undici's pool and undici's `fetch`. */
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
    async fetch(url, init) {
      const response = await fetch(url instanceof Request ? url.url : url, {
        ...(init as object),
        // A redirected POST is nothing that an API does: the address is wrong, and the key is for nobody else.
        redirect: 'manual',
      });
      const isStream = /^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '');
      const body = response.body?.pipeThrough(answerLimit(isStream)) ?? null;
      return new Response(body as ReadableStream | null, {
        status: Math.min(response.status, 599), // RFC 9110, 15: a status beyond it counts as an error of the server
        headers: [...response.headers],
      });
    },
    dispatcher: (onSend) => pool.compose((dispatch) => (options, handler) => dispatch(options, watch(handler, onSend))),
    close: () => pool.close(),
  };
}

export const isTooLarge = (error: unknown): boolean =>
  error instanceof AnswerTooLarge ||
  (error instanceof Error && error.cause instanceof errors.ResponseExceededMaxSizeError);

const PACKED_TWICE =
  'the answer has several content-encodings: a proxy before the model provider must not compress again';

/** Everything else is handed on to `handler`. */
const watch = (handler: Dispatcher.DispatchHandler, onSend: () => void): Dispatcher.DispatchHandler => ({
  onRequestStart(...args) {
    onSend();
    handler.onRequestStart?.(...args);
  },
  onResponseStart(controller, status, headers, statusText) {
    // Between two codings there is no limit: `fetch` would go on unpacking even after the call's end.
    if (String(headers['content-encoding']).includes(','))
      controller.abort(new ProviderFailure(PACKED_TWICE, { mayHaveCharged: true }));
    else handler.onResponseStart?.(controller, status, headers, statusText);
  },
  onResponseData: (...args) => handler.onResponseData?.(...args),
  onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
  onResponseError: (...args) => handler.onResponseError?.(...args),
});
