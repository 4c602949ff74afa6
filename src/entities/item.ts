import { memoize } from '../memory/memoize.ts';
import { hiddenQuestions, type Condition, type ShownPage } from './condition.ts';
import { EMAIL_MAX } from './email.ts';
import { choicesOf } from './question.ts';
import type { Image, Question } from './question.ts';
import type { Matrix, QuestionnaireContent } from './questionnaire-shape.ts';

export type Option = { value: string | number; title: string };

type Base = {
  /** The name of the answer. For a matrix, that of its first row. */
  key: string;
  title: string;
  hint: string | null;
  required: boolean;
  /** The answer `{ "declined": true }` is offered. */
  canDecline: boolean;
  shownIf: Condition | null;
  image: Image | null;
};

/** Whole numbers from `minimum` to `maximum` in one row. */
export type ScaleItem = Base & {
  kind: 'scale';
  minimum: number;
  maximum: number;
  low: string | null;
  high: string | null;
};
/** `other`: the label of a choice in the person's own words, whose answer is `{ "other": "…" }`. */
export type ChoiceItem = Base & { kind: 'choice'; options: Option[]; other: string | null };
export type ChoicesItem = Base & {
  kind: 'choices';
  options: Option[];
  other: string | null;
  minItems: number;
  maxItems: number;
};
export type YesNoItem = Base & { kind: 'yes_no' };
export type NumberItem = Base & {
  kind: 'whole_number' | 'number';
  minimum: number | null;
  maximum: number | null;
  unit: string | null;
};
/** Bounds in the form 2001-12-31. */
export type DateItem = Base & { kind: 'date'; earliest: string | null; latest: string | null; notFuture: boolean };
/** Lengths in code points. `form`: what `pattern` asks for, in words. */
export type TextItem = Base & {
  kind: 'text' | 'long_text' | 'email';
  minLength: number;
  maxLength: number;
  pattern: string | null;
  form: string | null;
};
export type TextsItem = Base & {
  kind: 'texts';
  minItems: number;
  maxItems: number;
  minLength: number;
  maxLength: number;
  uniqueItems: boolean;
};
/** Statements with one scale. Each row has an answer of its own. */
export type MatrixItem = Base & { kind: 'matrix'; rows: (ScaleItem | ChoiceItem)[]; columns: Option[] };

/** A question as a person is shown it. A page has a control for each kind. */
export type QuestionItem =
  | ScaleItem
  | ChoiceItem
  | ChoicesItem
  | YesNoItem
  | NumberItem
  | DateItem
  | TextItem
  | TextsItem;
export type Item = QuestionItem | MatrixItem;
export type ItemKind = Item['kind'];
export type ItemPage = { title: string; description: string | null; shownIf: Condition | null; items: Item[] };

type Unshowable = { problem: string };

/** A longer row is hard to use. */
const SCALE_STEPS_MAX = 21;

/** The pages of a form, with each question in its kind. @throws Error for a question of no kind, which the check refuses */
export const pagesOf = memoize(({ schema, pages }: QuestionnaireContent): ItemPage[] =>
  pages.map(({ title, description, shownIf, items }) => ({
    title,
    description: description ?? null,
    shownIf: shownIf ?? null,
    items: items.map((item) => (typeof item === 'string' ? shownItem(item, schema) : matrixOf(item, schema))),
  })),
);

/** The names of the questions in the order on screen. */
export const questionKeys = ({ pages }: Pick<QuestionnaireContent, 'pages'>): string[] =>
  pages.flatMap((page) => page.items.flatMap((item) => (typeof item === 'string' ? [item] : item.items)));

/** The conditions of all questions in the order on screen, for `hiddenQuestions`. */
export const conditionsOf = memoize(({ schema, pages }: QuestionnaireContent): ShownPage[] => {
  const part = (key: string) => ({ key, shownIf: schema.properties[key]?.['x-shown-if'] });
  return pages.map(({ shownIf, items }) => ({
    shownIf,
    items: items.map((item) =>
      typeof item === 'string' ? part(item) : { key: '', shownIf: item.shownIf, rows: item.items.map(part) },
    ),
  }));
});

/** The conditions that decide whether a question is shown: of its page, its matrix and its own. Only questions with any. */
export const conditionsById = memoize((content: QuestionnaireContent): ReadonlyMap<string, Condition[]> => {
  const found = conditionsOf(content).flatMap((page) =>
    page.items.flatMap(({ rows, ...item }) =>
      (rows ?? [item]).map((row): [string, Condition[]] => [
        row.key,
        [page.shownIf, rows && item.shownIf, row.shownIf].filter((each) => each != null),
      ]),
    ),
  );
  return new Map(found.filter(([, conditions]) => conditions.length > 0));
});

/** The answers to the questions that were shown: those that are stored. */
export function shownAnswers(
  content: QuestionnaireContent,
  answers: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const hidden = hiddenQuestions(conditionsOf(content), answers);
  if (hidden.size === 0) return { ...answers };
  return Object.fromEntries(Object.entries(answers).filter(([id]) => !hidden.has(id)));
}

function shownItem(key: string, { properties, required }: QuestionnaireContent['schema']): QuestionItem {
  const question = properties[key];
  const item = question ? itemOf(key, question, required.includes(key)) : { problem: 'it is missing' };
  if ('problem' in item) throw new Error(`the question "${key}" can not be shown: ${item.problem}`);
  return item;
}

function matrixOf({ title, description, shownIf, items }: Matrix, schema: QuestionnaireContent['schema']): MatrixItem {
  const rows = items
    .map((key) => shownItem(key, schema))
    .filter((row) => row.kind === 'scale' || row.kind === 'choice');
  return {
    key: items[0] ?? '',
    kind: 'matrix',
    title,
    hint: description ?? null,
    required: rows.some((row) => row.required),
    canDecline: rows.some((row) => row.canDecline),
    shownIf: shownIf ?? null,
    image: null,
    rows,
    columns: rows[0] ? columnsOf(rows[0]) : [],
  };
}

/** The answers of a row of a matrix, which all rows share. */
function columnsOf(row: ScaleItem | ChoiceItem): Option[] {
  if (row.kind === 'choice') return row.options;
  const { minimum, maximum, low, high } = row;
  return Array.from({ length: maximum - minimum + 1 }, (_, step) => {
    const value = minimum + step;
    const label = value === minimum ? low : value === maximum ? high : null;
    return { value, title: label === null ? String(value) : `${value}: ${label}` };
  });
}

/** A well-formed question in its kind, or why it can't be shown and what to write instead. */
export function itemOf(key: string, question: Question, required: boolean): QuestionItem | Unshowable {
  const base: Base = {
    key,
    title: question.title,
    hint: question.description ?? null,
    required,
    canDecline: question['x-prefer-not-to-say'] ?? false,
    shownIf: question['x-shown-if'] ?? null,
    image: question['x-image'] ?? null,
  };
  const { type, minimum = null, maximum = null } = question;
  const unit = question['x-unit'] ?? null;
  if (type === 'array') return listItem(base, question);
  if (type === 'boolean') return { ...base, kind: 'yes_no' };
  const options = optionsOf(question);
  const other = question['x-other'] ?? null;
  if (options.length > 0) return { ...base, kind: 'choice', options, other };
  if (other !== null) return refusal('"x-other" without choices', 'Add "oneOf", or remove "x-other"');
  if (type === 'string') return textItem(base, question);
  if (type === 'number') return { ...base, kind: 'number', minimum, maximum, unit };
  return integerItem(base, question);
}

const optionsOf = (question: Question): Option[] =>
  choicesOf(question).map(({ const: value, title }) => ({ value, title }));

/** A row where it is short, else a number that is typed. */
function integerItem(base: Base, question: Question): QuestionItem | Unshowable {
  const { minimum, maximum } = question;
  const [low, high, unit] = [question['x-low'] ?? null, question['x-high'] ?? null, question['x-unit'] ?? null];
  if ([minimum, maximum].some((bound) => bound !== undefined && !Number.isInteger(bound)))
    return refusal('an integer with bounds that are none', 'Give it a whole "minimum" and "maximum"');
  const isShort = minimum !== undefined && maximum !== undefined && maximum - minimum < SCALE_STEPS_MAX;
  if (isShort && unit === null) return { ...base, kind: 'scale', minimum, maximum, low, high };
  if (low !== null || high !== null)
    return refusal(
      'labels of the two ends for a number that is typed',
      `Remove "x-low" and "x-high", or give it at most ${SCALE_STEPS_MAX} steps and no "x-unit"`,
    );
  return { ...base, kind: 'whole_number', minimum: minimum ?? null, maximum: maximum ?? null, unit };
}

function textItem(base: Base, question: Question): QuestionItem {
  const { format, formatMinimum = null, formatMaximum = null, minLength = 0, maxLength, pattern = null } = question;
  if (format === 'date') {
    const notFuture = question['x-not-future'] ?? false;
    return { ...base, kind: 'date', earliest: formatMinimum, latest: formatMaximum, notFuture };
  }
  const form = question['x-form'] ?? null;
  const kind = format === 'email' ? 'email' : question['x-multiline'] ? 'long_text' : 'text';
  return { ...base, kind, minLength, maxLength: maxLength ?? EMAIL_MAX, pattern, form };
}

function listItem(base: Base, question: Question): QuestionItem | Unshowable {
  const { items, minItems, maxItems = Infinity, uniqueItems = false } = question;
  const options = optionsOf(question);
  const other = question['x-other'] ?? null;
  // Nobody can answer a required list with no entry.
  const least = minItems ?? (base.required ? 1 : 0);
  if (options.length > 0) {
    const count = options.length + (other === null ? 0 : 1);
    if (least > count) return refusal('the same choice twice in a list', 'Lower "minItems" to the number of choices');
    return { ...base, kind: 'choices', options, other, minItems: least, maxItems: Math.min(maxItems, count) };
  }
  if (other !== null) return refusal('"x-other" without choices', 'Give "items" a "oneOf", or remove "x-other"');
  const isPlain = items?.type === 'string' && items.format === undefined && items.pattern === undefined;
  if (!isPlain || items.maxLength === undefined)
    return refusal('a list of other entries than texts', 'Give its "items" a "oneOf", or the type "string"');
  const { minLength = 0, maxLength } = items;
  return { ...base, kind: 'texts', minItems: least, maxItems, minLength, maxLength, uniqueItems };
}

const refusal = (what: string, remedy: string): Unshowable => ({ problem: `a page cannot show ${what}. ${remedy}.` });
