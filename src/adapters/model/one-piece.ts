import { APIConnectionError, APIError, APIUserAbortError, type OpenAI } from 'openai';
import type { Dispatcher } from 'undici';

/** @param body JSON */
export type Post = (
  body: string,
  options: { headers: Record<string, string>; signal: AbortSignal },
) => Promise<unknown>;

const PATH = '/chat/completions';

/**
 * Completions that come in one piece, straight over the connection pool: the SDK and `fetch` around a call cost five
 * times as much as the call (docs/decisions/0016). Address, headers and errors are the SDK's own, so that nobody can
 * tell the difference. Resolves to what came with a 2xx; to undefined where that is no JSON.
 * @throws APIError as the SDK does, or what the connection throws in the middle of the answer
 */
export function onePieceCalls(client: OpenAI, dispatcher: Dispatcher): Post {
  const { origin, pathname, search } = new URL(client.buildURL(PATH, undefined));
  const path = pathname + search;
  let common: Promise<Record<string, string>> | undefined;

  return async (body, { headers, signal }) => {
    common ??= headersOf(client);
    const all = { ...(await common), ...headers };
    try {
      const response = await dispatcher
        .request({ origin, path, method: 'POST', headers: all, body, signal })
        .catch((cause: Error) => {
          throw new APIConnectionError({ cause });
        });
      const text = await response.body.text();
      const { statusCode: status } = response;
      if (status >= 200 && status < 300) return parsed(text);
      throw APIError.generate(status, parsed(text) as object, text, toHeaders(response.headers));
    } catch (error) {
      // undici throws the signal's reason, whatever that is.
      throw signal.aborted ? new APIUserAbortError() : error;
    }
  };
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

function toHeaders(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(raw))
    for (const value of [values].flat()) headers.append(name, value);
  return headers;
}
