import { ModelRefusal } from '../../entities/provider-failure.ts';
import { contentOf } from './content.ts';

export type ModelReply = {
  /** Empty if the reply had no text, or was no completion at all. */
  text: string;
  /** The reply stopped at `tokensMax`, so the text may not be complete. */
  cutOff: boolean;
  /** The provider's word for how the reply ended; null if it gave none that looks like an identifier. */
  finishReason: string | null;
  model: string;
  promptTokens: number | null;
  completionTokens: number | null;
  /** The part of the completion's tokens that is no text of the reply. */
  reasoningTokens: number | null;
  /** The part of the prompt's tokens that the provider had in its cache. */
  cachedTokens: number | null;
  /** The provider says that nothing is left of one of its limits: it would refuse calls for so long. */
  restMs?: number;
};

type Message = { content?: unknown; refusal?: unknown } | null;

/** A completion, or a piece of a stream, as providers really send it: any field may be absent or of another type. */
export type Loose = {
  choices?: Choice[];
  model?: unknown;
  usage?: Usage | null;
  /** Some servers send an error with the status 200. */
  error?: unknown;
};
type Choice = { finish_reason?: unknown; message?: Message; delta?: Message; error?: unknown } | null;
type Usage = {
  prompt_tokens?: unknown;
  completion_tokens?: unknown;
  prompt_tokens_details?: { cached_tokens?: unknown } | null;
  completion_tokens_details?: { reasoning_tokens?: unknown } | null;
};

/** @returns no `choice` if the value is no completion */
export function looseOf(value: unknown): Omit<Loose, 'choices'> & { choice: Choice | undefined } {
  const { choices, model, usage, error }: Loose = typeof value === 'object' ? (value ?? {}) : {};
  return { choice: Array.isArray(choices) ? choices[0] : undefined, model, usage, error };
}

/**
 * Makes a reply of any completion.
 * @param asked the model that was asked for, if the completion names none
 * @throws ModelRefusal
 */
export function toReply(completion: unknown, asked: string): ModelReply {
  const { choice, model, usage } = looseOf(completion);
  const { text, refusal } = contentOf(choice?.message);
  const finish = identifierOf(choice?.finish_reason);
  const promptTokens = countOf(usage?.prompt_tokens);
  const completionTokens = countOf(usage?.completion_tokens);
  if (refusal !== '' || REFUSED.has(finish)) throw new ModelRefusal({ promptTokens, completionTokens });
  return {
    text,
    cutOff: CUT_OFF.has(finish),
    finishReason: finish === '' ? null : finish,
    model: typeof model === 'string' && MODEL_NAME.test(model) ? model : asked,
    promptTokens,
    completionTokens,
    reasoningTokens: countOf(usage?.completion_tokens_details?.reasoning_tokens),
    cachedTokens: countOf(usage?.prompt_tokens_details?.cached_tokens),
  };
}

/** In lower case. OpenAI's reason, Gemini's own ones, and those of Claude and Bedrock, which some gateways pass on. */
const REFUSED = new Set([
  'content_filter',
  'safety',
  'recitation',
  'blocklist',
  'prohibited_content',
  'spii',
  'refusal',
  'content_filtered',
  'guardrail_intervened',
]);

/** In lower case. OpenAI's reason, that of Gemini and Claude, and Mistral's for the end of the context. */
const CUT_OFF = new Set(['length', 'max_tokens', 'model_length']);

/** A reason may be followed by its details, as in `content_filter: PROHIBITED_CONTENT`. */
const REASON = /^\s*([a-z][a-z0-9_.-]{0,39})\s*(?::|$)/i;

/** @returns the reason in lower case, or "" for a sentence and for anything that is no text */
const identifierOf = (reason: unknown): string =>
  typeof reason === 'string' ? (REASON.exec(reason)?.[1]?.toLowerCase() ?? '') : '';

/** The model's name is stored and shown, so other texts are ignored. */
const MODEL_NAME = /^[\x20-\x7e]{1,200}$/;

/** More than any model allows, and twice as many still fit the column. */
const TOKENS_MAX = 1_000_000_000;

const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= TOKENS_MAX ? value : null;
