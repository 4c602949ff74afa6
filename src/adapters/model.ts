import OpenAI from 'openai';
import { Permanent, RetryLater } from '../errors.ts';
import { toAnswer, type ModelAnswer } from './model/completion.ts';
import { classifyModelError } from './model/errors.ts';
import { completionOf, isOnePiece } from './model/streamed.ts';
import { isTooLarge, openTransport } from './model/transport.ts';

export type { ModelAnswer } from './model/completion.ts';

export type ModelMessage = { role: 'system' | 'user' | 'assistant'; content: string };

export type ModelRequest = {
  messages: ModelMessage[];
  /** JSON Schema that the answer must fit. */
  schema: Record<string, unknown>;
  /** A provider that honours it charges once, however often the same request comes. */
  idempotencyKey: string;
  /** Upper limit of the answer's length, in tokens. */
  tokensMax: number;
  /** Ends the call: deadline, cancel, lost claim or shutdown. */
  signal: AbortSignal;
  /**
   * With it the model is asked for a streamed answer, and it is called with each piece of the text as it comes; never
   * where the provider answers in one piece all the same. It must not throw.
   */
  onText?: (piece: string) => void;
};

/** @throws ProviderPause, ProviderFailure, Permanent */
export type Model = { ask: (request: ModelRequest) => Promise<ModelAnswer>; close: () => Promise<void> };

export type ModelOptions = {
  apiKey: string;
  /** @defaultValue OpenAI's */
  baseUrl?: string | undefined;
  /** OpenAI's ids, for a key that belongs to several. */
  organization?: string | undefined;
  project?: string | undefined;
  /** Further headers of each request. */
  headers?: Readonly<Record<string, string>> | undefined;
  model: string;
  timeoutMs: number;
};

/** Any server that speaks OpenAI's chat completions with a JSON schema. Retries are the row's business, not the SDK's. */
export function openModel(options: ModelOptions): Model {
  const { apiKey, baseUrl, organization, project, headers, model, timeoutMs } = options;
  const client = new OpenAI({
    apiKey,
    // Null, since the SDK reads from the environment what is undefined.
    baseURL: baseUrl ?? null,
    organization: organization ?? null,
    project: project ?? null,
    adminAPIKey: null,
    webhookSecret: null,
    defaultHeaders: { ...headers, 'accept-encoding': 'identity' },
    maxRetries: 0,
    logLevel: 'off', // otherwise it prints what it also throws
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
        return toAnswer(completion, model);
      } catch (error) {
        if (error instanceof Permanent || error instanceof RetryLater) throw error;
        // A 200 whose body is no JSON, or far too long: answered, and most likely charged, so it can be mended but once.
        if (error instanceof SyntaxError || isTooLarge(error)) return toAnswer(undefined, model);
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

/** The SDK parses what says to be JSON; some servers send it under another type. */
async function askInOnePiece(client: OpenAI, body: Body, call: Call): Promise<unknown> {
  const completion: unknown = await client.chat.completions.create(body, call);
  return typeof completion === 'string' ? JSON.parse(completion) : completion;
}

async function askStreamed(client: OpenAI, body: Body, call: Call, onText: (piece: string) => void): Promise<unknown> {
  // The SDK's own time-out ends with the headers of a stream.
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(call.timeout)]);
  const asked = client.chat.completions.create(
    { ...body, stream: true, stream_options: { include_usage: true } },
    { ...call, signal },
  );
  const { data: pieces, response } = await asked.withResponse();
  return isOnePiece(response) ? await response.json() : await completionOf(pieces, signal, onText);
}
