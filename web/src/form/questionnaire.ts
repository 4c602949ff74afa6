import { hiddenQuestions, type Condition } from '../../../src/entities/condition.ts';
import { graphql } from '../gql/index.ts';
import type { QuestionnaireFormFragment } from '../gql/graphql.ts';
import { answerToSend, type Answers, type Entry } from './answers.ts';

export const QuestionnaireForm = graphql(`
  fragment QuestionnaireForm on Questionnaire {
    id
    slug
    version
    language
    title
    description
    minutes
    withdrawn
    pages {
      title
      description
      shownIf
      items {
        __typename
        ...ItemParts
        ... on ScaleItem {
          ...ScaleParts
        }
        ... on ChoiceItem {
          ...ChoiceParts
        }
        ... on ChoicesItem {
          options {
            value
            title
          }
          other
          minItems
          maxItems
        }
        ... on NumberItem {
          least: minimum
          most: maximum
          unit
        }
        ... on DateItem {
          earliest
          latest
          notFuture
        }
        ... on TextItem {
          minLength
          maxLength
          pattern
          form
        }
        ... on TextsItem {
          minItems
          maxItems
          minLength
          maxLength
          uniqueItems
        }
        ... on MatrixItem {
          rows {
            __typename
            ... on ScaleItem {
              ...ItemParts
              ...ScaleParts
            }
            ... on ChoiceItem {
              ...ItemParts
              ...ChoiceParts
            }
          }
          columns {
            value
            title
          }
        }
      }
    }
  }
  fragment ItemParts on QuestionnaireItem {
    key
    kind
    title
    hint
    required
    canDecline
    shownIf
    image {
      url
      alternativeText
    }
  }
  fragment ScaleParts on ScaleItem {
    minimum
    maximum
    low
    high
  }
  fragment ChoiceParts on ChoiceItem {
    options {
      value
      title
    }
    other
  }
`);

type ServedPage = QuestionnaireFormFragment['pages'][number];
type ServedItem = ServedPage['items'][number];
type ServedRow = Extract<ServedItem, { __typename: 'MatrixItem' }>['rows'][number];

/** A question, or a matrix of them. `__typename` is its kind; numbers and texts have several, by `kind`. */
export type Item = ReturnType<typeof readItem>;
export type ItemOf<Name extends Item['__typename']> = Extract<Item, { __typename: Name }>;
export type Question = Exclude<Item, { __typename: 'MatrixItem' }>;
export type Page = ReturnType<typeof readPage>;
export interface Option {
  value: string | number;
  title: string;
}

/** The parts of a questionnaire that the form is made of. */
export type Questionnaire = Omit<QuestionnaireFormFragment, 'pages'> & { pages: readonly Page[] };

/** The API's JSON values in their types. */
export const readQuestionnaire = ({ pages, ...rest }: QuestionnaireFormFragment): Questionnaire => ({
  ...rest,
  pages: pages.map(readPage),
});

const readPage = (page: ServedPage) => ({
  ...page,
  shownIf: readCondition(page.shownIf),
  items: page.items.map(readItem),
});

const readItem = (item: ServedItem) => {
  const shownIf = readCondition(item.shownIf);
  switch (item.__typename) {
    case 'ChoiceItem':
    case 'ChoicesItem':
      return { ...item, shownIf, options: readOptions(item.options) };
    case 'MatrixItem':
      return { ...item, shownIf, rows: item.rows.map(readRow), columns: readOptions(item.columns) };
    default:
      return { ...item, shownIf };
  }
};

const readRow = (row: ServedRow) => {
  const shownIf = readCondition(row.shownIf);
  return row.__typename === 'ScaleItem' ? { ...row, shownIf } : { ...row, shownIf, options: readOptions(row.options) };
};

const readOptions = (options: readonly { value: unknown; title: string }[]): Option[] =>
  options.map(({ value, title }) => ({ value: typeof value === 'number' ? value : String(value), title }));

const readCondition = (value: unknown): Condition | null => (isCondition(value) ? value : null);

const isCondition = (value: unknown): value is Condition => {
  if (typeof value !== 'object' || value === null) return false;
  if ('and' in value) return Array.isArray(value.and) && value.and.every(isCondition);
  if ('or' in value) return Array.isArray(value.or) && value.or.every(isCondition);
  return 'not' in value ? isCondition(value.not) : 'question' in value && typeof value.question === 'string';
};

/** The questions of an item: of a matrix its rows. */
export const questionsOf = (item: Item): readonly Question[] => (item.__typename === 'MatrixItem' ? item.rows : [item]);

/** A page with only what is shown for these answers. `index`: its place among all pages, from 0. */
export type ShownPage = Page & { index: number };

/** The pages that have something to show. The server decides by the same function which answers it keeps. */
export const shownPages = (pages: readonly Page[], answers: Answers): ShownPage[] => {
  const sent = Object.entries(answers).map(([key, answer]) => [key, answerToSend(answer)] as const);
  const hidden = hiddenQuestions(pages, Object.fromEntries(sent));
  const isShown = ({ key }: { key: string }): boolean => !hidden.has(key);
  return pages
    .map((page, index) => ({ ...page, index, items: page.items.flatMap((item) => shownItem(item, isShown)) }))
    .filter(({ items }) => items.length > 0);
};

const shownItem = (item: Item, isShown: (question: Question) => boolean): Item[] => {
  if (item.__typename !== 'MatrixItem') return isShown(item) ? [item] : [];
  const rows = item.rows.filter(isShown);
  return rows.length > 0 ? [{ ...item, rows }] : [];
};

/** The questions that are shown, in the order on screen. */
export const shownQuestions = (pages: readonly ShownPage[]): Question[] =>
  pages.flatMap(({ items }) => items.flatMap(questionsOf));

export const isOffered = (options: readonly Option[], entry: Entry): boolean =>
  options.some(({ value }) => value === entry);
