import OpenAI from 'openai';
import { Permanent, RetryLater } from '../errors.ts';
import { toReply, type ModelReply } from './model/completion.ts';
import { classifyModelError } from './model/errors.ts';
import { completionOf, isOnePiece } from './model/streamed.ts';
import { isTooLarge, openTransport } from './model/transport.ts';

export type { ModelReply } from './model/completion.ts';

export type ModelMessage = { role: 'system' | 'user' | 'assistant'; content: string };

export type ModelRequest = {
  messages: ModelMessage[];
  /** JSON Schema that the reply must fit. */
  schema: Record<string, unknown>;
  /** A provider that honours it charges once for repeated requests. */
  idempotencyKey: string;
  /** Upper limit of the reply's length, in tokens. */
  tokensMax: number;
  /** Aborts the call: claim lost, which includes a cancellation, or shutdown. */
  signal: AbortSignal;
  /**
   * If given, a streamed reply is requested, and it is called with each piece of the text as it comes. It is not called
   * if the provider replies in one piece nevertheless. It must not throw.
   */
  onText?: (piece: string) => void;
};

/** @throws ProviderPause, ProviderFailure, Permanent */
export type Model = { ask: (request: ModelRequest) => Promise<ModelReply>; close: () => Promise<void> };

export type ModelOptions = {
  apiKey: string;
  /** @defaultValue OpenAI's */
  baseUrl?: string | undefined;
  /** OpenAI's ids, for a key that belongs to several organizations or projects. */
  organization?: string | undefined;
  project?: string | undefined;
  /** Additional headers of each request. */
  headers?: Readonly<Record<string, string>> | undefined;
  model: string;
  timeoutMs: number;
};

/** A client of any server with OpenAI's chat completions and JSON schemas. It never retries: the row counts the attempts. */
export function openModel(options: ModelOptions): Model {
  const { apiKey, baseUrl, organization, project, headers, model, timeoutMs } = options;
  const client = new OpenAI({
    apiKey,
    // Null: the SDK reads undefined options from the environment.
    baseURL: baseUrl ?? null,
    organization: organization ?? null,
    project: project ?? null,
    adminAPIKey: null,
    webhookSecret: null,
    defaultHeaders: { ...headers, 'accept-encoding': 'identity' },
    maxRetries: 0,
    logLevel: 'off', // otherwise the SDK prints the errors that it throws
    fetch: (url, init) => transport.fetch(url, init),
  });
  const streaming = client.withOptions({ fetch: (url, init) => transport.fetchStreamed(url, init) });
  const transport = openTransport(new URL(client.baseURL).origin, timeoutMs);
  return {
    async ask({ messages, schema, idempotencyKey, tokensMax, signal, onText }) {
      const body: Body = { model, messages, max_completion_tokens: tokensMax, response_format: formatOf(schema) };
      let sent = false;
      const call = {
        headers: { 'idempotency-key': idempotencyKey },
        timeout: timeoutMs,
        signal,
        fetchOptions: { dispatcher: transport.dispatcher(() => (sent = true)) },
      };
      try {
        const completion =
          onText === undefined
            ? await askInOnePiece(client, body, call)
            : await askStreamed(streaming, body, call, onText);
        return toReply(completion, model);
      } catch (error) {
        if (error instanceof Permanent || error instanceof RetryLater) throw error;
        // A 200 whose body is no JSON or too large is an empty reply: most likely charged, so it is repaired once.
        if (error instanceof SyntaxError || isTooLarge(error)) return toReply(undefined, model);
        throw classifyModelError(error, sent);
      }
    },
    close: () => transport.close(),
  };
}

type Body = OpenAI.ChatCompletionCreateParamsNonStreaming;
type Call = OpenAI.RequestOptions & { signal: AbortSignal; timeout: number };

const formatOf = (schema: ModelRequest['schema']): OpenAI.ResponseFormatJSONSchema => ({
  type: 'json_schema',
  json_schema: { name: 'recommendations', strict: true, schema },
});

/** The SDK parses only bodies with the content type of JSON, and some servers send another one. */
async function askInOnePiece(client: OpenAI, body: Body, call: Call): Promise<unknown> {
  const completion: unknown = await client.chat.completions.create(body, call);
  return typeof completion === 'string' ? JSON.parse(completion) : completion;
}

async function askStreamed(client: OpenAI, body: Body, call: Call, onText: (piece: string) => void): Promise<unknown> {
  // The SDK's own time-out covers a stream only up to its headers.
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(call.timeout)]);
  const asked = client.chat.completions.create(
    { ...body, stream: true, stream_options: { include_usage: true } },
    { ...call, signal },
  );
  const { data: pieces, response } = await asked.withResponse();
  return isOnePiece(response) ? await response.json() : await completionOf(pieces, signal, onText);
}
