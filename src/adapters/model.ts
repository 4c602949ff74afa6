import OpenAI from 'openai';
import { fetch as undiciFetch, Pool } from 'undici';
import { Permanent, RetryLater } from '../errors.ts';
import { onceEach } from '../once-each.ts';
import { toAnswer, type ModelAnswer } from './model/completion.ts';
import { classifyModelError, networkCode } from './model/errors.ts';
import { onePieceCalls } from './model/one-piece.ts';
import { completionOf, isOnePiece } from './model/streamed.ts';

export type { ModelAnswer } from './model/completion.ts';
export { ProviderFailure, ProviderPause } from './model/errors.ts';

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

export type ModelOptions = { apiKey: string; baseUrl?: string | undefined; model: string; timeoutMs: number };

/**
 * The longest answer that is of use has some 150,000 characters, but in a stream each of its 8,000 tokens at most comes
 * with some 400 bytes around it.
 */
const ANSWER_BYTES_MAX = 8 * 1024 * 1024;

/** Any server that speaks OpenAI's chat completions with a JSON schema. Retries are the row's business, not the SDK's. */
export function openModel({ apiKey, baseUrl, model, timeoutMs }: ModelOptions): Model {
  const client = new OpenAI({
    apiKey,
    ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off', // otherwise it prints what it also throws
    fetch: (url, init) =>
      // A redirected POST is nothing that an API does: the address is wrong, and the key is for nobody else.
      undiciFetch(url as string, {
        ...(init as object),
        dispatcher: pool,
        redirect: 'manual',
      }) as unknown as Promise<Response>,
  });
  const pool = new Pool(new URL(client.baseURL).origin, {
    // Above our own deadline, which the signal keeps; undici's defaults end a slow answer after five minutes.
    headersTimeout: 2 * timeoutMs,
    bodyTimeout: 2 * timeoutMs,
    connect: { timeout: 5_000 },
    maxResponseSize: ANSWER_BYTES_MAX,
  });
  const post = onePieceCalls(client, pool);
  return {
    async ask({ messages, schema, idempotencyKey, tokensMax, signal, onText }) {
      const body = { model, messages, max_completion_tokens: tokensMax };
      const format = formatOf(schema);
      const options = { idempotencyKey, signal, timeoutMs };
      try {
        const completion: unknown =
          onText === undefined
            ? await post(`${JSON.stringify(body).slice(0, -1)},"response_format":${format.text}}`, options)
            : await askStreamed(client, { ...body, response_format: format.value }, { ...options, onText });
        return toAnswer(completion, model);
      } catch (error) {
        if (error instanceof Permanent || error instanceof RetryLater) throw error;
        // A 200 whose body is no JSON, or far too long: answered, and most likely charged, so it can be mended but once.
        if (error instanceof SyntaxError || networkCode(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
          return toAnswer(undefined, model);
        throw classifyModelError(error);
      }
    },
    close: () => pool.close(),
  };
}

/** The schema is the largest part of a request and always the same, so it is turned into text once. */
const formatOf = onceEach((schema: ModelRequest['schema']) => {
  const value: OpenAI.ResponseFormatJSONSchema = {
    type: 'json_schema',
    json_schema: { name: 'recommendations', strict: true, schema },
  };
  return { value, text: JSON.stringify(value) };
});

/** With a time-out of its own: the SDK keeps it only until the stream begins. */
async function askStreamed(
  client: OpenAI,
  body: OpenAI.ChatCompletionCreateParamsNonStreaming,
  { idempotencyKey, signal, timeoutMs, onText }: StreamedOptions,
): Promise<unknown> {
  const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const asked = client.chat.completions.create(
    { ...body, stream: true, stream_options: { include_usage: true } },
    { headers: { 'idempotency-key': idempotencyKey }, signal: ended },
  );
  const { data: pieces, response } = await asked.withResponse();
  return isOnePiece(response) ? await response.json() : await completionOf(pieces, ended, onText);
}

type StreamedOptions = {
  idempotencyKey: string;
  signal: AbortSignal;
  timeoutMs: number;
  onText: (piece: string) => void;
};
