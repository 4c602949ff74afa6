import { isDeclined } from '../../../src/entities/answer.ts';
import { graphql } from '../gql/index.ts';
import type { AnsweredItemFragment } from '../gql/graphql.ts';
import { resultTexts } from '../texts/result.ts';

const { answers: texts } = resultTexts;

export const AnsweredItem = graphql(`
  fragment AnsweredItem on QuestionnaireItem {
    ...AskedQuestion
    ... on MatrixItem {
      rows {
        ...AskedQuestion
      }
    }
  }
  fragment AskedQuestion on QuestionnaireItem {
    __typename
    key
    title
    shownIf
    ... on ScaleItem {
      lowest: minimum
      highest: maximum
      low
      high
    }
    ... on ChoiceItem {
      options {
        value
        title
      }
    }
    ... on ChoicesItem {
      options {
        value
        title
      }
    }
    ... on NumberItem {
      unit
    }
  }
`);

type Item = AnsweredItemFragment;
type Asked = Item | Extract<Item, { __typename: 'MatrixItem' }>['rows'][number];

export interface AnsweredQuestion {
  key: string;
  question: string;
  /** In words; undefined without an answer. */
  answer: string | undefined;
  /** The words of the answer are those of the page: there is none, or it is no answer of the questionnaire's own. */
  isOfPage: boolean;
}

/** The questions of an item with their answers in words. A question that a condition may have hidden is left out without an answer. */
export const questionsOf = (item: Item, answers: unknown): AnsweredQuestion[] => {
  const asked: readonly Asked[] = item.__typename === 'MatrixItem' ? item.rows : [item];
  return asked.flatMap((question) => {
    const given = answerTo(question.key, answers);
    if (given === undefined && (question.shownIf ?? item.shownIf) !== null) return [];
    const title = question === item ? question.title : texts.row(item.title, question.title);
    return [
      {
        key: question.key,
        question: title,
        answer: given === undefined ? undefined : wordsOf(question, given),
        isOfPage: given === undefined || typeof given === 'boolean' || isDeclined(given),
      },
    ];
  });
};

const answerTo = (key: string, answers: unknown): unknown =>
  isObject(answers) && Object.hasOwn(answers, key) ? answers[key] : undefined;

const wordsOf = (item: Asked, given: unknown): string => {
  if (Array.isArray(given)) return given.map((each) => wordOf(item, each)).join(', ');
  return wordOf(item, given);
};

const wordOf = (item: Asked, given: unknown): string => {
  if (isObject(given)) {
    if (isDeclined(given)) return texts.declined;
    return typeof given['other'] === 'string' ? given['other'] : JSON.stringify(given);
  }
  if (typeof given === 'boolean') return given ? texts.yes : texts.no;
  switch (item.__typename) {
    case 'ScaleItem':
      return `${shown(given)} (${texts.end(item.lowest, item.low)} – ${texts.end(item.highest, item.high)})`;
    case 'ChoiceItem':
    case 'ChoicesItem':
      return titleOf(item.options, given);
    case 'NumberItem':
      return [shown(given), item.unit].filter(Boolean).join(' ');
    default:
      return shown(given);
  }
};

const titleOf = (options: readonly { value: unknown; title: string }[], given: unknown): string =>
  options.find(({ value }) => value === given)?.title ?? shown(given);

const shown = (given: unknown): string => (typeof given === 'number' ? resultTexts.number(given) : String(given));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
