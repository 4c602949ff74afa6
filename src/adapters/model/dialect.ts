import type OpenAI from 'openai';
import { RESPONSE_FORMATS, type TOKENS_PARAMETERS } from '../../config/model-settings.ts';

/** How a provider wants to be asked. Servers of chat completions differ in these points alone. */
export type Dialect = {
  /** The name of the limit of a reply's length. Old servers and some new ones know `max_tokens` only. */
  tokensParameter: (typeof TOKENS_PARAMETERS)[number];
  /** `reduced`: a JSON schema without the keywords that some servers refuse. The prompt has the schema in any case. */
  format: (typeof RESPONSE_FORMATS)[number];
  /** Streams may be asked for their token usage. */
  streamUsage: boolean;
  streams: boolean;
  /** Limit of a reply's length in tokens, thought included. */
  tokensMax: number;
};

/** Settings that leave nothing to learn. */
export type Pinned = Partial<Pick<Dialect, 'tokensParameter' | 'format' | 'streams'>>;

/** Four times the length of five long recommendations. */
const TOKENS_USUAL = 4_000;
/** Less has no room for three recommendations. */
const TOKENS_LEAST = 1_000;

/** The dialect that OpenAI takes. @param tokensMax of the settings */
export const firstDialect = (pinned: Pinned, tokensMax: number): Dialect => ({
  tokensParameter: 'max_completion_tokens',
  format: 'json_schema',
  streamUsage: true,
  streams: true,
  tokensMax: Math.min(TOKENS_USUAL, tokensMax),
  ...pinned,
});

/** Fields of requests that come from settings. */
const OF_SETTINGS: ReadonlySet<string> = new Set(['temperature', 'seed', 'reasoning_effort']);

/**
 * The dialect to try after a refusal: another one in the point that the refusal names, or else in the next point in turn.
 * @param names the parts of the request that the refusal names
 * @returns undefined if there is none left
 */
export function afterRefusal(dialect: Dialect, pinned: Pinned, names: readonly string[]): Dialect | undefined {
  const format = RESPONSE_FORMATS[RESPONSE_FORMATS.indexOf(dialect.format) + 1];
  const points: { about: readonly string[]; next: Dialect | undefined }[] = [
    {
      about: ['max_completion_tokens', 'max_tokens'],
      next:
        pinned.tokensParameter === undefined && dialect.tokensParameter === 'max_completion_tokens'
          ? { ...dialect, tokensParameter: 'max_tokens' }
          : undefined,
    },
    {
      about: ['minItems', 'maxItems', 'additionalProperties', 'json_schema', 'response_format'],
      next: pinned.format === undefined && format !== undefined ? { ...dialect, format } : undefined,
    },
    {
      about: ['max_completion_tokens', 'max_tokens', 'messages'],
      next:
        dialect.tokensMax > TOKENS_LEAST
          ? { ...dialect, tokensMax: Math.max(TOKENS_LEAST, Math.floor(dialect.tokensMax / 2)) }
          : undefined,
    },
  ];
  const open = points.filter(({ next }) => next !== undefined);
  const named = open.find(({ about }) => about.some((part) => names.includes(part)));
  // No dialect helps against a field of the settings.
  if (named === undefined && names.some((part) => OF_SETTINGS.has(part))) return undefined;
  return (named ?? open[0])?.next;
}

/** The dialect for streams after a refused stream. */
export function afterRefusedStream(dialect: Dialect): Dialect | undefined {
  if (!dialect.streams) return undefined;
  return dialect.streamUsage ? { ...dialect, streamUsage: false } : { ...dialect, streams: false };
}

/** The dialect with room for thought, after a reply that the limit has cut off; undefined at the limit of the settings. */
export const longer = (dialect: Dialect, tokensMax: number): Dialect | undefined =>
  dialect.tokensMax < tokensMax ? { ...dialect, tokensMax: Math.min(2 * dialect.tokensMax, tokensMax) } : undefined;

/** The fields of a request that depend on the dialect. */
export function fieldsOf(
  { tokensParameter, format }: Dialect,
  tokensMax: number,
  { schema, reducedSchema }: Schemas,
): Pick<OpenAI.ChatCompletionCreateParams, 'max_completion_tokens' | 'max_tokens' | 'response_format'> {
  const limit = { [tokensParameter]: tokensMax };
  if (format === 'none') return limit;
  if (format === 'json_object') return { ...limit, response_format: { type: 'json_object' } };
  const form = format === 'json_schema' ? { strict: true, schema } : { schema: reducedSchema };
  return { ...limit, response_format: { type: 'json_schema', json_schema: { name: 'recommendations', ...form } } };
}

/** A schema of the reply, and the same without the keywords that some servers refuse. */
export type Schemas = { schema: Record<string, unknown>; reducedSchema: Record<string, unknown> };

/** A dialect that was stored, perhaps by another version of the program; what is no dialect is left out. */
export function readDialect(stored: Record<string, unknown>, usual: Dialect): Dialect {
  const { tokensParameter, format, streamUsage, streams, tokensMax } = stored;
  return {
    tokensParameter:
      tokensParameter === 'max_tokens' || tokensParameter === 'max_completion_tokens'
        ? tokensParameter
        : usual.tokensParameter,
    format: RESPONSE_FORMATS.find((one) => one === format) ?? usual.format,
    streamUsage: typeof streamUsage === 'boolean' ? streamUsage : usual.streamUsage,
    streams: typeof streams === 'boolean' ? streams : usual.streams,
    tokensMax: typeof tokensMax === 'number' && tokensMax >= TOKENS_LEAST ? tokensMax : usual.tokensMax,
  };
}
