import OpenAI from 'openai';
import { Agent, fetch as undiciFetch } from 'undici';
import { Permanent } from '../errors.ts';
import { classifyModelError } from './model/errors.ts';

export { ProviderPause } from './model/errors.ts';

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
};

export type ModelAnswer = {
  text: string;
  /** The answer stopped at `tokensMax`, so the text is not whole. */
  cutOff: boolean;
  model: string;
  promptTokens: number | null;
  completionTokens: number | null;
};

/** @throws RetryLater, Permanent */
export type Model = { ask: (request: ModelRequest) => Promise<ModelAnswer>; close: () => Promise<void> };

export type ModelOptions = { apiKey: string; baseUrl?: string | undefined; model: string; timeoutMs: number };

/** Any server that speaks OpenAI's chat completions with a JSON schema. Retries are the row's business, not the SDK's. */
export function openModel({ apiKey, baseUrl, model, timeoutMs }: ModelOptions): Model {
  // Above our own deadline, which the signal keeps; undici's defaults end a slow answer after five minutes.
  const agent = new Agent({ headersTimeout: 2 * timeoutMs, bodyTimeout: 2 * timeoutMs, connect: { timeout: 5_000 } });
  const client = new OpenAI({
    apiKey,
    ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
    maxRetries: 0,
    timeout: timeoutMs,
    fetch: (url, init) =>
      undiciFetch(url as string, { ...(init as object), dispatcher: agent }) as unknown as Promise<Response>,
  });
  return {
    async ask({ messages, schema, idempotencyKey, tokensMax, signal }) {
      let completion;
      try {
        completion = await client.chat.completions.create(
          {
            model,
            messages,
            max_completion_tokens: tokensMax,
            response_format: { type: 'json_schema', json_schema: { name: 'recommendations', strict: true, schema } },
          },
          {
            headers: { 'Idempotency-Key': idempotencyKey },
            // The SDK's time-out ends with the headers; a body that stalls is ended by this.
            signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
          },
        );
      } catch (error) {
        throw classifyModelError(error);
      }
      const choice = completion.choices?.[0];
      if (choice?.finish_reason === 'content_filter' || (choice?.message?.refusal ?? null) !== null)
        throw new Permanent('AI_REFUSED', 'the model refused to answer');
      return {
        text: choice?.message?.content ?? '',
        cutOff: choice?.finish_reason === 'length',
        model: completion.model ?? model,
        promptTokens: countOf(completion.usage?.prompt_tokens),
        completionTokens: countOf(completion.usage?.completion_tokens),
      };
    },
    close: () => agent.close(),
  };
}

/** Providers leave usage out, and some send nonsense. */
const countOf = (value: unknown): number | null =>
  Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : null;
