import { z } from 'zod';
import { conditionShape } from './condition-shape.ts';

/** One property of a questionnaire's JSON Schema: the part of 2020-12 that form, scoring and prompt support. */
export type Question = z.infer<typeof keywordsShape>;
export type Choice = { const: string | number; title: string };
export type Image = z.infer<typeof imageShape>;

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
// Published wordings are longer than a heading: the tenth question of PHQ-9 has 225 characters in German.
export const questionText = textOf(300);
export const mediumText = textOf(500);
// About a page; a file pasted by mistake is refused.
export const longText = textOf(4_000);

const CHOICE_MAX = 64;
const choiceValue = z.union([z.string().min(1).max(CHOICE_MAX), z.number()], {
  error: `a choice is a text of 1 to ${CHOICE_MAX} characters or a number. Correct it`,
});
const scalarKeywords = {
  type: z.enum(['string', 'integer', 'number', 'boolean']),
  oneOf: z
    .array(z.strictObject({ const: choiceValue, title: shortText }))
    .min(2)
    .max(300)
    .optional(),
  enum: z.array(choiceValue).min(2).max(300).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.int().min(0).optional(),
  maxLength: z.int().min(1).max(100_000).optional(),
  pattern: z.string().optional(),
  format: z.enum(['date', 'email']).optional(),
  formatMinimum: z.iso.date().optional(),
  formatMaximum: z.iso.date().optional(),
};

/** A raster image beside the questionnaire, in the folder `images`. The reader of the files adds the hash. */
const imageShape = z.strictObject({
  file: z
    .string()
    .regex(
      /^[a-z0-9][a-z0-9._-]{0,99}\.(png|jpe?g|webp)$/,
      'name a file of the folder "images" that ends in .png, .jpg or .webp, in lower-case letters, digits, dots, hyphens and _',
    ),
  alt: mediumText,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'leave it out: it is computed')
    .optional(),
});

/** The keywords of this program, with their meaning for authors. Others that begin with `x-` are refused. */
const ownKeywords = {
  /** Labels of the lowest and the highest answer. */
  'x-low': shortText.optional(),
  'x-high': shortText.optional(),
  /** The unit of a number, such as "kg". An integer with a unit is typed and not chosen from a row. */
  'x-unit': textOf(20).optional(),
  /** A text of several lines. */
  'x-multiline': z.boolean().optional(),
  /** A date that is not after today, such as a day of birth. JSON Schema has no such keyword. */
  'x-not-future': z.boolean().optional(),
  /** The form that `pattern` asks for, in words: "five digits". */
  'x-form': shortText.optional(),
  /** Offers a choice with a text of the person's own, under this label. The answer is `{ "other": "…" }`. */
  'x-other': shortText.optional(),
  /** Offers "prefer not to say". The answer is `{ "declined": true }`, and it counts for no score. */
  'x-prefer-not-to-say': z.boolean().optional(),
  /** The question is shown only if this holds. */
  'x-shown-if': conditionShape.optional(),
  'x-image': imageShape.optional(),
  /** A remark for authors. It is stored with the version and shown to nobody. */
  'x-comment': longText.optional(),
};

// Loose because an unknown keyword gets a better message from `questionShape`.
const keywordsShape = z.looseObject({
  title: questionText,
  description: longText.optional(),
  ...scalarKeywords,
  type: z.enum(['string', 'integer', 'number', 'boolean', 'array']),
  items: z.strictObject(scalarKeywords).optional(),
  minItems: z.int().min(0).optional(),
  maxItems: z.int().min(1).max(1_000).optional(),
  uniqueItems: z.boolean().optional(),
  ...ownKeywords,
});

export const questionShape = keywordsShape.superRefine((question, check) => {
  const problems = [...keywordProblems(question, COMMON), ...limitProblems(question)];
  if (question.type === 'array') problems.push(...listProblems(question));
  for (const message of problems) check.addIssue({ code: 'custom', message });
});

type Scalar = Omit<z.infer<z.ZodObject<typeof scalarKeywords>>, 'type'> & { type: Question['type'] };

const COMMON = ['title', 'description', 'x-prefer-not-to-say', 'x-shown-if', 'x-image', 'x-comment'];

/** The keywords that mean something for a type, beside those of every question. */
const keywordsOfType: Record<Question['type'], string[]> = {
  string: [
    'oneOf',
    'enum',
    'minLength',
    'maxLength',
    'pattern',
    'format',
    'formatMinimum',
    'formatMaximum',
    'x-multiline',
    'x-not-future',
    'x-form',
    'x-other',
  ],
  integer: ['oneOf', 'enum', 'minimum', 'maximum', 'x-low', 'x-high', 'x-unit', 'x-other'],
  number: ['oneOf', 'enum', 'minimum', 'maximum', 'x-unit', 'x-other'],
  boolean: [],
  array: ['items', 'minItems', 'maxItems', 'uniqueItems', 'x-other'],
};

/** Keywords of a question without a meaning for its type. */
export const unknownKeywords = (question: object & Pick<Question, 'type'>): string[] => unknownIn(question, COMMON);

/** Keywords of the entries of a list without a meaning for their type. */
export const unknownEntryKeywords = (entry: object & Pick<Question, 'type'>): string[] => unknownIn(entry, []);

function unknownIn(scalar: object & Pick<Question, 'type'>, others: readonly string[]): string[] {
  const known = new Set(['type', ...others, ...keywordsOfType[scalar.type]]);
  return Object.keys(scalar).filter((keyword) => !known.has(keyword));
}

function* keywordProblems(scalar: Scalar, others: readonly string[]) {
  for (const keyword of unknownIn(scalar, others)) yield unknownProblem(keyword, scalar.type, others);
  if (scalar.oneOf && scalar.enum) yield 'has both "oneOf" and "enum". Keep "oneOf".';
  const values = scalar.oneOf?.map((choice) => choice.const) ?? scalar.enum ?? [];
  if (new Set(values).size < values.length) yield 'offers the same choice twice. Remove one.';
  const kind = scalar.type === 'string' ? 'string' : 'number';
  if (values.some((value) => typeof value !== kind)) yield `has choices that are no ${scalar.type}. Correct them.`;
  else if (scalar.type === 'integer' && !values.every(Number.isInteger))
    yield 'has choices that are no integer. Correct them, or make its type "number".';
}

function unknownProblem(keyword: string, type: Question['type'], others: readonly string[]): string {
  if (!keyword.startsWith('x-') || Object.hasOwn(ownKeywords, keyword))
    return `"${keyword}" means nothing for the type ${type}. Remove it or correct its name.`;
  const meant = Object.keys(ownKeywords).find((known) => plain(known) === plain(keyword));
  const names = [...others, ...keywordsOfType[type]].filter((name) => name.startsWith('x-'));
  const remedy = meant ? `Write "${meant}".` : `Known are ${names.join(', ')}; a remark goes into "x-comment".`;
  return `"${keyword}" is unknown. ${remedy}`;
}

const plain = (keyword: string): string => keyword.replaceAll(/[^a-z]/gi, '').toLowerCase();

function* limitProblems(scalar: Scalar) {
  if (exceeds(scalar.minimum, scalar.maximum)) yield '"minimum" is above "maximum". Swap them.';
  if (exceeds(scalar.minLength, scalar.maxLength)) yield '"minLength" is above "maxLength". Swap them.';
  if (exceeds(scalar.formatMinimum, scalar.formatMaximum)) yield '"formatMinimum" is after "formatMaximum". Swap them.';
  if (scalar.type !== 'string') return;
  if (scalar.maxLength === undefined && !scalar.oneOf && !scalar.enum && !scalar.format) {
    yield 'a text without an end could be any size. Add "maxLength" or a list of choices.';
  }
  const bounded = scalar.formatMinimum ?? scalar.formatMaximum;
  if (bounded !== undefined && scalar.format !== 'date') yield 'add "format": "date".';
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
