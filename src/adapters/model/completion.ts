import { ModelRefusal } from '../../entities/provider-failure.ts';

export type ModelReply = {
  /** Empty if the reply had no text, or was no completion at all. */
  text: string;
  /** The reply stopped at `tokensMax`, so the text is not complete. */
  cutOff: boolean;
  model: string;
  promptTokens: number | null;
  completionTokens: number | null;
  /** The provider says that nothing is left of one of its limits: it would refuse calls for so long. */
  restMs?: number;
};

type Message = { content?: unknown; refusal?: unknown } | null;

/** A completion, or a piece of a stream, as providers really send it: any field may be absent or of another type. */
export type Loose = {
  choices?: { finish_reason?: unknown; message?: Message; delta?: Message }[];
  model?: unknown;
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
};

/** @returns no `choice` if the value is no completion */
export function looseOf(
  value: unknown,
): Omit<Loose, 'choices'> & { choice: NonNullable<Loose['choices']>[number] | undefined } {
  const { choices, model, usage }: Loose = typeof value === 'object' ? (value ?? {}) : {};
  return { choice: Array.isArray(choices) ? choices[0] : undefined, model, usage };
}

/**
 * Makes a reply of any completion.
 * @param asked the model that was asked for, if the completion names none
 * @throws ModelRefusal
 */
export function toReply(completion: unknown, asked: string): ModelReply {
  const { choice, model, usage } = looseOf(completion);
  const { content, refusal } = choice?.message ?? {};
  const promptTokens = countOf(usage?.prompt_tokens);
  const completionTokens = countOf(usage?.completion_tokens);
  if (choice?.finish_reason === 'content_filter' || (typeof refusal === 'string' && refusal !== ''))
    throw new ModelRefusal({ promptTokens, completionTokens });
  return {
    text: typeof content === 'string' ? content : '',
    cutOff: choice?.finish_reason === 'length',
    model: typeof model === 'string' && MODEL_NAME.test(model) ? model : asked,
    promptTokens,
    completionTokens,
  };
}

/** The model's name is stored and shown, so other texts are ignored. */
const MODEL_NAME = /^[\x20-\x7e]{1,200}$/;

/** More than any model allows, and twice as many still fit the column. */
const TOKENS_MAX = 1_000_000_000;

const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= TOKENS_MAX ? value : null;
