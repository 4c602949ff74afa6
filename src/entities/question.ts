import { z } from 'zod';

/** One property of a questionnaire's JSON Schema: the part of 2020-12 that form, scoring and prompt support. */
export type Question = z.infer<typeof keywordsShape>;
export type Choice = { const: string | number; title: string };

/** The choices of a question, or of each entry of a list. Empty for a free answer. */
export function choicesOf(question: Question): Choice[] {
  const scalar = question.items ?? question;
  return scalar.oneOf ?? scalar.enum?.map((value) => ({ const: value, title: String(value) })) ?? [];
}

/** Lowest and highest answer of a numeric question; undefined for other types and open ranges. */
export function rangeOf(question: Question): { minimum: number; maximum: number } | undefined {
  if (question.type !== 'integer' && question.type !== 'number') return undefined;
  let { minimum, maximum } = question;
  for (const { const: value } of choicesOf(question)) {
    if (typeof value !== 'number') return undefined;
    if (minimum === undefined || value < minimum) minimum = value;
    if (maximum === undefined || value > maximum) maximum = value;
  }
  return minimum === undefined || maximum === undefined || minimum >= maximum ? undefined : { minimum, maximum };
}

const textOf = (charactersMax: number) => z.string().max(charactersMax).regex(/\S/, 'is blank: write a text');
// The demo model puts a few of these into one text, which has room for 1,500 characters.
export const shortText = textOf(200);
export const mediumText = textOf(500);
// About a page; a file pasted by mistake is refused.
export const longText = textOf(4_000);

const choiceValue = z.union([z.string().min(1).max(64), z.int()]);
const scalarKeywords = {
  type: z.enum(['string', 'integer', 'number', 'boolean']),
  oneOf: z
    .array(z.strictObject({ const: choiceValue, title: shortText }))
    .min(2)
    .max(100)
    .optional(),
  enum: z.array(choiceValue).min(2).max(100).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.int().min(0).optional(),
  maxLength: z.int().min(1).max(100_000).optional(),
  pattern: z.string().optional(),
  format: z.literal('date').optional(),
  formatMinimum: z.iso.date().optional(),
  formatMaximum: z.iso.date().optional(),
};

// Loose because of `x-…` keywords: `questionShape` refuses all other unknown keywords.
const keywordsShape = z.looseObject({
  title: shortText,
  description: longText.optional(),
  ...scalarKeywords,
  type: z.enum(['string', 'integer', 'number', 'boolean', 'array']),
  items: z.strictObject(scalarKeywords).optional(),
  minItems: z.int().min(0).optional(),
  maxItems: z.int().min(1).max(1_000).optional(),
  uniqueItems: z.boolean().optional(),
  /** A date that is not after today, such as a day of birth. JSON Schema has no such keyword. */
  'x-not-future': z.boolean().optional(),
  /** Labels of the lowest and the highest answer. */
  'x-low': shortText.optional(),
  'x-high': shortText.optional(),
});

export const questionShape = keywordsShape.superRefine((question, check) => {
  const problems = [...keywordProblems(question, ['title', 'description']), ...limitProblems(question)];
  if (question.type === 'array') problems.push(...listProblems(question));
  for (const message of problems) check.addIssue({ code: 'custom', message });
});

type Scalar = Omit<z.infer<z.ZodObject<typeof scalarKeywords>>, 'type'> & { type: Question['type'] };

/** The keywords that mean something for a type, beside `title`, `description` and `x-…`. */
export const keywordsOfType: Record<Question['type'], string[]> = {
  string: ['oneOf', 'enum', 'minLength', 'maxLength', 'pattern', 'format', 'formatMinimum', 'formatMaximum'],
  integer: ['oneOf', 'enum', 'minimum', 'maximum'],
  number: ['oneOf', 'enum', 'minimum', 'maximum'],
  boolean: [],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems'],
};

/** Keywords of a question (or of the entries of a list) without a meaning for its type. `x-…` keywords are always allowed. */
export function unknownKeywords(scalar: object & Pick<Question, 'type'>, others: string[]): string[] {
  const known = new Set(['type', ...others, ...keywordsOfType[scalar.type]]);
  return Object.keys(scalar).filter((keyword) => !known.has(keyword) && !keyword.startsWith('x-'));
}

function* keywordProblems(scalar: Scalar, others: string[]) {
  for (const keyword of unknownKeywords(scalar, others)) {
    yield keyword === '$ref'
      ? 'the "$ref" leads nowhere. Only "#/$defs/<name>" of the same schema, one step deep, can be followed.'
      : `"${keyword}" means nothing for the type ${scalar.type}. Remove it or correct its name.`;
  }
  if (scalar.oneOf && scalar.enum) yield 'has both "oneOf" and "enum". Keep "oneOf".';
  const values = scalar.oneOf?.map((choice) => choice.const) ?? scalar.enum ?? [];
  if (new Set(values).size < values.length) yield 'offers the same choice twice. Remove one.';
  const kind = scalar.type === 'string' ? 'string' : 'number';
  if (values.some((value) => typeof value !== kind)) yield `has choices that are no ${scalar.type}. Correct them.`;
}

function* limitProblems(scalar: Scalar) {
  if (exceeds(scalar.minimum, scalar.maximum)) yield '"minimum" is above "maximum". Swap them.';
  if (exceeds(scalar.minLength, scalar.maxLength)) yield '"minLength" is above "maxLength". Swap them.';
  if (exceeds(scalar.formatMinimum, scalar.formatMaximum)) yield '"formatMinimum" is after "formatMaximum". Swap them.';
  if (scalar.type !== 'string') return;
  if (scalar.maxLength === undefined && !scalar.oneOf && !scalar.enum && !scalar.format) {
    yield 'a text without an end could be any size. Add "maxLength" or a list of choices.';
  }
  if ((scalar.formatMinimum ?? scalar.formatMaximum) !== undefined && !scalar.format) yield 'add "format": "date".';
  if (scalar.pattern !== undefined && !compiles(scalar.pattern))
    yield '"pattern" is no regular expression. Correct it.';
}

function* listProblems(list: Question) {
  if (exceeds(list.minItems, list.maxItems)) yield '"minItems" is above "maxItems". Swap them.';
  // Otherwise the check for unique entries of a long list, or of objects, takes quadratic time and blocks the process.
  if (list.maxItems === undefined) yield 'a list could be endless. Add "maxItems".';
  if (list.items === undefined) yield 'a list needs "items" of a scalar type. Add them.';
  else yield* [...keywordProblems(list.items, []), ...limitProblems(list.items)];
}

const exceeds = <T extends number | string>(low: T | undefined, high: T | undefined) =>
  low !== undefined && high !== undefined && low > high;

function compiles(pattern: string): boolean {
  try {
    return new RegExp(pattern, 'u').source !== '';
  } catch {
    return false;
  }
}
