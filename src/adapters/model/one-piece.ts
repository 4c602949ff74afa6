import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError, type OpenAI } from 'openai';
import type { Dispatcher } from 'undici';

type Options = { idempotencyKey: string; signal: AbortSignal; timeoutMs: number };

const PATH = '/chat/completions';

/**
 * Completions that come in one piece, straight over the connection pool: the SDK and `fetch` around a call cost five
 * times as much as the call (docs/decisions/0016). Address, headers and errors are the SDK's own, so that nobody can
 * tell the difference. Takes the body as JSON; resolves to what came with a 2xx, to undefined where that is no JSON.
 * @throws APIError as the SDK does, or what the connection throws in the middle of the answer
 */
export function onePieceCalls(
  client: OpenAI,
  dispatcher: Dispatcher,
): (body: string, options: Options) => Promise<unknown> {
  const { origin, pathname, search } = new URL(client.buildURL(PATH, undefined));
  const path = pathname + search;
  let common: Promise<Record<string, string>> | undefined;

  return async (body, { idempotencyKey, signal, timeoutMs }) => {
    common ??= headersOf(client);
    const headers = { ...(await common), 'idempotency-key': idempotencyKey };
    const call = new Call();
    const abort = (): void => call.end(new APIUserAbortError());
    const timer = setTimeout(() => call.end(new APIConnectionTimeoutError()), timeoutMs);
    signal.addEventListener('abort', abort, { once: true });
    try {
      if (signal.aborted) throw new APIUserAbortError();
      dispatcher.dispatch({ origin, path, method: 'POST', headers, body }, call);
      const text = await call.text;
      if (call.status >= 200 && call.status < 300) return parsed(text);
      throw APIError.generate(call.status, parsed(text) as object, text, toHeaders(call.headers));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    }
  };
}

/** Without a byte order mark, which JSON does not know. */
const utf8 = new TextDecoder();

/** One request on its way. What undici's own `request` makes of it is a stream, which costs as much as the rest. */
class Call implements Dispatcher.DispatchHandler {
  status = 0;
  headers: Record<string, string | string[] | undefined> = {};
  readonly #chunks: Buffer[] = [];
  readonly #text = Promise.withResolvers<string>();
  #controller: Dispatcher.DispatchController | undefined;
  #ended: Error | undefined;

  /** Of the answer, whatever its status. */
  get text(): Promise<string> {
    return this.#text.promise;
  }

  /** The caller waits no longer, also for a connection that is still being made. */
  end(reason: Error): void {
    this.#ended ??= reason;
    this.#text.reject(reason);
    this.#controller?.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#ended !== undefined) controller.abort(this.#ended);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#text.resolve(utf8.decode(Buffer.concat(this.#chunks)));
  }

  onResponseError(_controller: Dispatcher.DispatchController, cause: Error): void {
    this.#text.reject(this.status === 0 ? new APIConnectionError({ cause }) : cause);
  }
}

async function headersOf(client: OpenAI): Promise<Record<string, string>> {
  const { req } = await client.buildRequest({ method: 'post', path: PATH, body: {} });
  // An answer that is compressed all the same would not be understood.
  return { ...Object.fromEntries(req.headers), 'accept-encoding': 'identity' };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toHeaders(raw: Call['headers']): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(raw))
    for (const value of [values].flat()) headers.append(name, value);
  return headers;
}
