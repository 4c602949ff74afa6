/** The answer to one question. */
export type Answer = string | number | readonly OptionValue[];
export type OptionValue = string | number;
export type Answers = Readonly<Record<string, Answer>>;

export interface Option {
  value: OptionValue;
  label: string;
}

interface FieldBase {
  name: string;
  title: string;
  description?: string;
  required: boolean;
}

/** A number out of a row. Only the ends of the row have names. */
export type ScaleField = FieldBase & { kind: 'scale'; options: Option[]; low?: string; high?: string };
/** One of several options. `row`: the options are numbered, and shown side by side where there is room. */
export type ChoiceField = FieldBase & { kind: 'choice'; options: Option[]; row: boolean };
export type ChoicesField = FieldBase & { kind: 'choices'; options: Option[]; minItems: number; maxItems: number };
export type TextField = FieldBase & {
  kind: 'text';
  multiline: boolean;
  minLength: number;
  maxLength: number;
  pattern?: string;
};
export type Field = ScaleField | ChoiceField | ChoicesField | TextField;

export interface FormPage {
  title: string;
  fields: Field[];
}

/**
 * The keywords that decide how a question is shown.
 */
interface QuestionSchema {
  title?: string;
  description?: string;
  type?: string;
  oneOf?: { const: OptionValue; title?: string }[];
  items?: QuestionSchema;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  'x-low'?: string;
  'x-high'?: string;
  'x-multiline'?: boolean;
}

interface FormSchema {
  properties: Record<string, QuestionSchema | undefined>;
  required?: string[];
}

/** Whether a value from storage or from the server has the shape of answers. */
export const isAnswers = (value: unknown): value is Answers =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isAnswer);

/**
 * The pages of a questionnaire with their questions in order.
 * @throws Error for a question of another kind: a questionnaire from before the check at the start may have one
 */
export const readPages = (questionnaire: {
  schema: unknown;
  pages: readonly { title: string; items: readonly { key: string }[] }[];
}): FormPage[] => {
  if (!isFormSchema(questionnaire.schema)) throw new Error('The questionnaire has no questions.');
  const { properties, required = [] } = questionnaire.schema;
  return questionnaire.pages.map(({ title, items }) => ({
    title,
    fields: items.map(({ key }) => readField(key, properties[key], required.includes(key))),
  }));
};

/** A longer row of radio buttons is hard to use. */
const SCALE_STEPS_MAX = 21;

const readField = (name: string, schema: QuestionSchema | undefined, required: boolean): Field => {
  const { type, oneOf, items, minimum, maximum } = schema ?? {};
  const base: FieldBase = { name, title: schema?.title ?? name, description: schema?.description, required };
  if (schema && (type === 'integer' || type === 'string') && oneOf) {
    return { ...base, kind: 'choice', options: readOptions(oneOf), row: type === 'integer' };
  }
  if (schema && type === 'integer' && minimum !== undefined && maximum !== undefined) {
    const steps = maximum - minimum + 1;
    if (steps > 0 && steps <= SCALE_STEPS_MAX) {
      const options = Array.from({ length: steps }, (_, step) => numberOption(minimum + step));
      return { ...base, kind: 'scale', options, low: schema['x-low'], high: schema['x-high'] };
    }
  }
  if (schema && type === 'array' && items?.oneOf) {
    const options = readOptions(items.oneOf);
    const { minItems = required ? 1 : 0, maxItems = options.length } = schema;
    return { ...base, kind: 'choices', options, minItems, maxItems };
  }
  if (schema && type === 'string' && schema.maxLength !== undefined) {
    const { minLength = 0, maxLength, pattern } = schema;
    return { ...base, kind: 'text', multiline: schema['x-multiline'] ?? false, minLength, maxLength, pattern };
  }
  throw new Error(`The question "${name}" is of a kind that this page cannot show.`);
};

const isFormSchema = (schema: unknown): schema is FormSchema =>
  typeof schema === 'object' && schema !== null && 'properties' in schema && typeof schema.properties === 'object';

const isAnswer = (value: unknown): value is Answer =>
  isOptionValue(value) || (Array.isArray(value) && value.every(isOptionValue));

const isOptionValue = (value: unknown): value is OptionValue => typeof value === 'string' || typeof value === 'number';

const readOptions = (oneOf: { const: OptionValue; title?: string }[]): Option[] =>
  oneOf.map((option) => ({ value: option.const, label: option.title ?? String(option.const) }));

const numberOption = (value: number): Option => ({ value, label: String(value) });
