import './interpreted-schemas.ts';
import { z } from 'zod';
import { jsonOf } from './json-file.ts';

/** Sent in a header as it is, without white space around it: a file with a secret often ends with a line break. */
export const headerValue = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII characters, without white space in between');

/** Sent in JSON, stored with each result and shown to people. */
export const modelName = z
  .string()
  .trim()
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u, 'must be 1 to 200 characters, none of them a control character');

export const baseUrl = z
  .string()
  .trim()
  .superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem !== undefined) context.addIssue(problem);
  });

function problemOf(text: string): string | undefined {
  const parsed = URL.parse(text);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.hostname === '')
    return 'is not a URL that starts with http:// or https://';
  if (parsed.username !== '' || parsed.password !== '')
    return 'must not carry credentials: they belong in OPENAI_API_KEY';
  // A parser of URLs drops line breaks, and the path of a call would become part of the fragment.
  if (/[\s\p{C}#]/u.test(text)) return 'must have no white space, no control characters and no fragment (#)';
  return undefined;
}

/** Headers of the request itself or of its connection: another value would be overwritten, or break the call. */
const OWN_HEADERS =
  /^(accept|accept-encoding|connection|content-.*|expect|host|idempotency-key|keep-alive|te|trailer|transfer-encoding|upgrade)$/;

const HEADER_LINE = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:[ \t]*([\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)$/;

/** Lines of `name: value`. The names of the result are in lower case. */
export const headerLines = z.string().transform((text, context): Record<string, string> => {
  const headers = new Map<string, string>();
  for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== '')) {
    const [, given, value] = HEADER_LINE.exec(line.trim()) ?? [];
    const name = given?.toLowerCase();
    if (name === undefined || value === undefined)
      context.addIssue('must be lines of "name: value" in printable ASCII');
    else if (OWN_HEADERS.test(name)) context.addIssue(`must not have ${name}, which the program sets itself`);
    else if (headers.has(name)) context.addIssue(`must have ${name} once`);
    else headers.set(name, value);
  }
  return Object.fromEntries(headers);
});

export const temperature = z
  .string()
  .regex(/^\d+(\.\d+)?$/, 'is not a number such as 0.2')
  .transform(Number)
  .refine((number) => number <= 2, 'must be from 0 to 2');

export const seed = z
  .string()
  .regex(/^-?\d+$/, 'is not a whole number')
  .transform(Number)
  .refine(Number.isSafeInteger, `must be from ${Number.MIN_SAFE_INTEGER} to ${Number.MAX_SAFE_INTEGER}`);

/** Providers have words of their own beside OpenAI's. */
export const reasoningEffort = z
  .string()
  .regex(/^[a-z]{1,20}$/, 'must be a word in lower case, such as none, minimal, low, medium or high');

export const TOKENS_PARAMETERS = ['max_completion_tokens', 'max_tokens'] as const;
/** In the order in which a look tries them. */
export const RESPONSE_FORMATS = ['json_schema', 'reduced', 'json_object', 'none'] as const;

/** Fields of the request that the program itself sets. */
const OWN_FIELDS = [
  'model',
  'messages',
  'stream',
  'stream_options',
  'response_format',
  'max_tokens',
  'max_completion_tokens',
  'n',
];
/** Sent with each call. */
const BODY_CHARACTERS_MAX = 16_384;

export const bodyFields = z.string().transform((text, context): Record<string, unknown> => {
  if (text.length > BODY_CHARACTERS_MAX) context.addIssue(`must have ${BODY_CHARACTERS_MAX} characters at most`);
  else {
    const fields = jsonOf(text);
    if (!isObject(fields)) context.addIssue('must be a JSON object such as {"top_p": 0.9}');
    else {
      const own = OWN_FIELDS.filter((name) => Object.hasOwn(fields, name));
      for (const name of own) context.addIssue(`must not have ${name}, which the program sets itself`);
      return fields;
    }
  }
  return z.NEVER;
});

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Settings that are fields of the request, too. */
const FIELDS = {
  temperature: 'OPENAI_TEMPERATURE',
  seed: 'OPENAI_SEED',
  reasoning_effort: 'OPENAI_REASONING_EFFORT',
} as const;

type Fields = Partial<Record<(typeof FIELDS)[keyof typeof FIELDS], unknown>> & {
  OPENAI_BODY?: Record<string, unknown> | undefined;
};

/** Fields of the request that two settings have. */
export const doubleFields = (value: Fields): string[] =>
  Object.entries(FIELDS)
    .filter(([field, name]) => value[name] !== undefined && Object.hasOwn(value.OPENAI_BODY ?? {}, field))
    .map(([field, name]) => `OPENAI_BODY has ${field}, which ${name} sets: keep one of them`);

/** Further fields of each request. */
export const fieldsOf = (value: Fields): Record<string, unknown> => ({
  ...value.OPENAI_BODY,
  ...definedIn(Object.fromEntries(Object.entries(FIELDS).map(([field, name]) => [field, value[name]]))),
});

export const definedIn = <Value extends object>(
  value: Value,
): { [Key in keyof Value]?: Exclude<Value[Key], undefined> } =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as never;
