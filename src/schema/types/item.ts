import type { Image } from '../../entities/question.ts';
import type {
  ChoiceItem,
  ChoicesItem,
  DateItem,
  Item,
  MatrixItem,
  NumberItem,
  Option,
  ScaleItem,
  TextItem,
  TextsItem,
  YesNoItem,
} from '../../entities/item.ts';
import { builder } from '../builder.ts';
import { ITEM_TYPES } from '../item-types.ts';

const KindType = builder.enumType('ItemKind', {
  description: 'The control that a question is shown with.',
  values: {
    SCALE: { value: 'scale', description: 'A row of whole numbers. The answer is a number: `7`.' },
    CHOICE: { value: 'choice', description: 'One of several options. The answer is its value: `"regular"`.' },
    CHOICES: { value: 'choices', description: 'Several options. The answer is a list of values: `["sleep"]`.' },
    YES_NO: { value: 'yes_no', description: 'The answer is `true` or `false`.' },
    WHOLE_NUMBER: { value: 'whole_number', description: 'A typed number without decimals: `42`.' },
    NUMBER: { value: 'number', description: 'A typed number: `72.5`.' },
    DATE: { value: 'date', description: 'A calendar day: `"2001-12-31"`.' },
    EMAIL: { value: 'email', description: 'An e-mail address: `"name@example.com"`.' },
    TEXT: { value: 'text', description: 'One line of text.' },
    LONG_TEXT: { value: 'long_text', description: 'Several lines of text.' },
    TEXTS: { value: 'texts', description: 'A list of short texts: `["walking", "reading"]`.' },
    MATRIX: { value: 'matrix', description: 'Statements with one scale. Each row has an answer of its own.' },
  } as const,
});

const ImageType = builder.objectRef<Image>('QuestionImage').implement({
  description: 'An image that belongs to a question.',
  fields: (t) => ({
    url: t.string({
      description: 'The path of the image on this server, such as `/api/images/<sha256>`. Its content never changes.',
      resolve: ({ sha256 }) => `/api/images/${sha256}`,
    }),
    alternativeText: t.exposeString('alt', { description: 'What the image shows, for whoever cannot see it.' }),
  }),
});

const OptionType = builder.objectRef<Option>('ItemOption').implement({
  description: 'A possible answer.',
  fields: (t) => ({
    value: t.field({ type: 'JSON', description: 'The answer: a text or a number.', resolve: ({ value }) => value }),
    title: t.exposeString('title', { description: 'The words for it, such as "Not at all".' }),
  }),
});

export const ItemInterface = builder.interfaceRef<Item>('QuestionnaireItem').implement({
  description: 'A question, or a matrix of statements with one scale.',
  resolveType: ({ kind }) => ITEM_TYPES[kind],
  fields: (t) => ({
    key: t.exposeString('key', {
      description:
        'The name of the answer in `answers`, such as `sleep_quality`. Of a matrix: that of its first row. Unique within a version.',
    }),
    kind: t.field({ type: KindType, description: 'The control to show.', resolve: ({ kind }) => kind }),
    title: t.exposeString('title', { description: 'The question.' }),
    hint: t.exposeString('hint', { nullable: true, description: 'A further explanation; null if there is none.' }),
    required: t.exposeBoolean('required', {
      description: 'Whether it has to be answered while it is shown. Of a matrix: whether any row has to be.',
    }),
    canDecline: t.exposeBoolean('canDecline', {
      description: 'Whether "prefer not to say" is offered. That answer is `{ "declined": true }`.',
    }),
    shownIf: t.field({
      type: 'JSON',
      nullable: true,
      description:
        'The condition under which it is shown, such as `{ "question": "q1", "above": 0 }`; null: always. See docs/QUESTIONNAIRES.md.',
      resolve: ({ shownIf }) => shownIf,
    }),
    image: t.field({
      type: ImageType,
      nullable: true,
      description: 'Null if there is none.',
      resolve: ({ image }) => image,
    }),
  }),
});

const OTHER = {
  nullable: true,
  description: 'The label of an answer in the person\'s own words, `{ "other": "…" }`; null if it is not offered.',
} as const;

/** The cost of an item covers its lists, whose sizes a questionnaire bounds. */
const LIST = { field: 1, multiplier: 2 };

const OPTIONS = {
  type: [OptionType] as [typeof OptionType],
  complexity: LIST,
  description: 'In the order on screen.',
  resolve: ({ options }: { options: Option[] }) => options,
};

const interfaces = [ItemInterface];

const ScaleItemType = builder.objectRef<ScaleItem>('ScaleItem').implement({
  description: 'Whole numbers in a row.',
  interfaces,
  fields: (t) => ({
    minimum: t.exposeInt('minimum', { description: 'The first number, such as 0.' }),
    maximum: t.exposeInt('maximum', { description: 'The last number, such as 10.' }),
    low: t.exposeString('low', { nullable: true, description: 'The words for the first number; null if it has none.' }),
    high: t.exposeString('high', {
      nullable: true,
      description: 'The words for the last number; null if it has none.',
    }),
  }),
});

const ChoiceItemType = builder.objectRef<ChoiceItem>('ChoiceItem').implement({
  description: 'One of several options.',
  interfaces,
  fields: (t) => ({
    options: t.field(OPTIONS),
    other: t.exposeString('other', OTHER),
  }),
});

builder.objectRef<ChoicesItem>('ChoicesItem').implement({
  description: 'Several options.',
  interfaces,
  fields: (t) => ({
    options: t.field(OPTIONS),
    other: t.exposeString('other', OTHER),
    minItems: t.exposeInt('minItems', { description: 'The least number of options to choose.' }),
    maxItems: t.exposeInt('maxItems', { description: 'The greatest number of options to choose.' }),
  }),
});

builder.objectRef<YesNoItem>('YesNoItem').implement({ description: 'Yes or no.', interfaces });

builder.objectRef<NumberItem>('NumberItem').implement({
  description: 'A typed number.',
  interfaces,
  fields: (t) => ({
    minimum: t.exposeFloat('minimum', { nullable: true, description: 'The least number; null if there is none.' }),
    maximum: t.exposeFloat('maximum', { nullable: true, description: 'The greatest number; null if there is none.' }),
    unit: t.exposeString('unit', { nullable: true, description: 'The unit, such as "kg"; null if it has none.' }),
  }),
});

builder.objectRef<DateItem>('DateItem').implement({
  description: 'A calendar day.',
  interfaces,
  fields: (t) => ({
    earliest: t.exposeString('earliest', { nullable: true, description: 'Such as 1900-01-01; null: any day.' }),
    latest: t.exposeString('latest', { nullable: true, description: 'Such as 2030-12-31; null: any day.' }),
    notFuture: t.exposeBoolean('notFuture', { description: 'Whether days after today are refused.' }),
  }),
});

builder.objectRef<TextItem>('TextItem').implement({
  description: 'A text, in one line or several, or an e-mail address.',
  interfaces,
  fields: (t) => ({
    minLength: t.exposeInt('minLength', { description: 'In Unicode code points.' }),
    maxLength: t.exposeInt('maxLength', { description: 'In Unicode code points.' }),
    pattern: t.exposeString('pattern', {
      nullable: true,
      description: 'A regular expression (ECMAScript, flag u) that the text has to match; null: any text.',
    }),
    form: t.exposeString('form', {
      nullable: true,
      description: 'The form that `pattern` asks for in words, such as "five digits"; null if it has none.',
    }),
  }),
});

builder.objectRef<TextsItem>('TextsItem').implement({
  description: 'A list of short texts.',
  interfaces,
  fields: (t) => ({
    minItems: t.exposeInt('minItems', { description: 'The least number of texts.' }),
    maxItems: t.exposeInt('maxItems', { description: 'The greatest number of texts.' }),
    minLength: t.exposeInt('minLength', { description: 'Of each text, in Unicode code points.' }),
    maxLength: t.exposeInt('maxLength', { description: 'Of each text, in Unicode code points.' }),
    uniqueItems: t.exposeBoolean('uniqueItems', { description: 'Whether no text may stand twice.' }),
  }),
});

const RowType = builder.unionType('MatrixRow', {
  description: 'A statement of a matrix.',
  types: [ScaleItemType, ChoiceItemType],
  resolveType: ({ kind }) => ITEM_TYPES[kind],
});

builder.objectRef<MatrixItem>('MatrixItem').implement({
  description: 'Statements with one scale.',
  interfaces,
  fields: (t) => ({
    rows: t.field({
      type: [RowType],
      complexity: LIST,
      description: 'The statements, in the order on screen.',
      resolve: ({ rows }) => rows,
    }),
    columns: t.field({
      type: [OptionType],
      complexity: LIST,
      description: 'The answers that all rows share.',
      resolve: ({ columns }) => columns,
    }),
  }),
});
