import OpenAI from 'openai';
import { Agent, fetch as undiciFetch } from 'undici';
import { Permanent } from '../errors.ts';
import { classifyModelError, networkCode } from './model/errors.ts';

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
};

export type ModelAnswer = {
  /** Empty where the provider's answer had no text, or was no answer at all. */
  text: string;
  /** The answer stopped at `tokensMax`, so the text is not whole. */
  cutOff: boolean;
  model: string;
  promptTokens: number | null;
  completionTokens: number | null;
};

/** @throws ProviderPause, ProviderFailure, Permanent */
export type Model = { ask: (request: ModelRequest) => Promise<ModelAnswer>; close: () => Promise<void> };

export type ModelOptions = { apiKey: string; baseUrl?: string | undefined; model: string; timeoutMs: number };

/** The longest answer that is of use has some 150,000 characters. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

/** Any server that speaks OpenAI's chat completions with a JSON schema. Retries are the row's business, not the SDK's. */
export function openModel({ apiKey, baseUrl, model, timeoutMs }: ModelOptions): Model {
  const agent = new Agent({
    // Above our own deadline, which the signal keeps; undici's defaults end a slow answer after five minutes.
    headersTimeout: 2 * timeoutMs,
    bodyTimeout: 2 * timeoutMs,
    connect: { timeout: 5_000 },
    maxResponseSize: ANSWER_BYTES_MAX,
  });
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
      try {
        const completion: unknown = await client.chat.completions.create(
          {
            model,
            messages,
            max_completion_tokens: tokensMax,
            response_format: { type: 'json_schema', json_schema: { name: 'recommendations', strict: true, schema } },
          },
          {
            headers: { 'Idempotency-Key': idempotencyKey },
            // The SDK measures its own time-out by the wall clock, and keeps it only for answers in one piece.
            signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
          },
        );
        return toAnswer(completion, model);
      } catch (error) {
        if (error instanceof Permanent) throw error;
        // A 200 whose body is no JSON, or far too long: answered, and most likely charged, so it can be mended but once.
        if (error instanceof SyntaxError || networkCode(error) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
          return toAnswer(undefined, model);
        throw classifyModelError(error);
      }
    },
    close: () => agent.close(),
  };
}

/** What a provider may leave out or fill with nonsense, whatever the SDK's types say. */
type Loose = {
  choices?: { finish_reason?: unknown; message?: { content?: unknown; refusal?: unknown } | null }[];
  model?: unknown;
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
};

/** @throws Permanent(AI_REFUSED) */
function toAnswer(completion: unknown, asked: string): ModelAnswer {
  const { choices, model, usage }: Loose = typeof completion === 'object' ? (completion ?? {}) : {};
  const choice = Array.isArray(choices) ? choices[0] : undefined;
  const { content, refusal } = choice?.message ?? {};
  if (choice?.finish_reason === 'content_filter' || (typeof refusal === 'string' && refusal !== ''))
    throw new Permanent('AI_REFUSED', 'the model refused to answer');
  return {
    text: typeof content === 'string' ? content : '',
    cutOff: choice?.finish_reason === 'length',
    model: typeof model === 'string' && MODEL_NAME.test(model) ? model : asked,
    promptTokens: countOf(usage?.prompt_tokens),
    completionTokens: countOf(usage?.completion_tokens),
  };
}

/** It is stored and shown, so it has to be a name. */
const MODEL_NAME = /^[\x20-\x7e]{1,200}$/;

/** More than any model takes, and twice as many still fit the column. */
const TOKENS_MAX = 1_000_000_000;

const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= TOKENS_MAX ? value : null;
