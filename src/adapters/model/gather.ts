import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { AnswerTooLarge, JSON_BYTES_MAX } from './answer-limit.ts';

/** An answer in one piece, still in its content coding. Without chunks where an error broke off: its status says enough. */
export type Gathered = { status: number; headers: IncomingHttpHeaders; chunks: Buffer[] };

/**
 * Sends a request and gathers its answer from the dispatcher's events: undici's `request` makes a stream for each answer,
 * which costs a quarter of the CPU of a call.
 * @throws AnswerTooLarge, the signal's reason, or what the connection throws
 */
export const gather = (
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  signal: AbortSignal,
): Promise<Gathered> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    let controller: Dispatcher.DispatchController | undefined;

    const fail = (error: Error): void => {
      signal.removeEventListener('abort', abort);
      if (status < 300) reject(error);
      else resolve({ status, headers, chunks: [] });
    };
    /** A request that waits for its connection fails at once, and is not sent once it is its turn. */
    const abort = (): void => {
      controller?.abort(signal.reason as Error);
      fail(signal.reason as Error);
    };
    signal.addEventListener('abort', abort);

    dispatcher.dispatch(request, {
      onRequestStart(started) {
        controller = started;
        if (signal.aborted) abort();
      },
      onResponseStart(_, code, fields) {
        if (code < 200) return; // the answer itself is still to come
        status = code;
        headers = fields;
      },
      onResponseData(started, chunk) {
        bytes += chunk.byteLength;
        if (bytes > JSON_BYTES_MAX) started.abort(new AnswerTooLarge(`the answer has over ${JSON_BYTES_MAX} bytes`));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        signal.removeEventListener('abort', abort);
        resolve({ status, headers, chunks });
      },
      onResponseError: (_, error) => fail(error),
    });
  });
