import { Permanent } from '../../errors.ts';

export type ModelAnswer = {
  /** Empty where the provider's answer had no text, or was no answer at all. */
  text: string;
  /** The answer stopped at `tokensMax`, so the text is not whole. */
  cutOff: boolean;
  model: string;
  promptTokens: number | null;
  completionTokens: number | null;
};

type Message = { content?: unknown; refusal?: unknown } | null;

/** What a provider may leave out or fill with nonsense, whatever the SDK's types say; the same for a piece of a stream. */
export type Loose = {
  choices?: { finish_reason?: unknown; message?: Message; delta?: Message }[];
  model?: unknown;
  usage?: { prompt_tokens?: unknown; completion_tokens?: unknown } | null;
};

/** Without any choice if it is no completion at all. */
export function looseOf(
  value: unknown,
): Omit<Loose, 'choices'> & { choice: NonNullable<Loose['choices']>[number] | undefined } {
  const { choices, model, usage }: Loose = typeof value === 'object' ? (value ?? {}) : {};
  return { choice: Array.isArray(choices) ? choices[0] : undefined, model, usage };
}

/**
 * A completion, whatever it is, as an answer.
 * @throws Permanent(AI_REFUSED)
 */
export function toAnswer(completion: unknown, asked: string): ModelAnswer {
  const { choice, model, usage } = looseOf(completion);
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
