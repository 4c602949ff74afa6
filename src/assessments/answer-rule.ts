import { unknownKeywords } from '../entities/question.ts';
import type { Question } from '../entities/questionnaire-content.ts';
import { schemaCheck } from '../json-schema.ts';

/** Names the first rule of a question that an answer breaks, a keyword of its schema; undefined where it fits. */
export type AnswerRule = (answer: unknown) => string | undefined;

/**
 * The rules of one question, for any value that `storageIssues` does not find too large.
 * @throws Error for a keyword that this version of the program does not know: the answers would pass unchecked
 */
export function answerRule(question: Question): AnswerRule {
  refuseUnknown(question, ['title', 'description']);
  if (question.type !== 'array') return scalarRule(question);
  const { items, minItems, maxItems, uniqueItems } = question;
  if (items) refuseUnknown(items, []);
  const ruleOfList = schemaRule({ type: 'array', minItems, maxItems });
  const ruleOfEntry = items ? scalarRule(items) : () => undefined;
  return (answer) => {
    const rule = ruleOfList(answer);
    if (rule !== undefined || !Array.isArray(answer)) return rule;
    for (const entry of answer) {
      const ruleOfOne = ruleOfEntry(entry);
      if (ruleOfOne !== undefined) return ruleOfOne;
    }
    return uniqueItems && new Set(answer).size < answer.length ? 'uniqueItems' : undefined;
  };
}

function refuseUnknown(question: object & Pick<Question, 'type'>, others: string[]): void {
  const [keyword] = unknownKeywords(question, others);
  if (keyword !== undefined) throw new Error(`questionnaire: this version does not know the keyword "${keyword}"`);
}

type Scalar = Omit<NonNullable<Question['items']>, 'type'> & Pick<Question, 'type'>;

function scalarRule(question: Scalar): AnswerRule {
  const { type, oneOf, enum: choices, minimum, maximum, minLength, maxLength, pattern, format } = question;
  const limits = { minimum, maximum, minLength, maxLength, pattern, format };
  const ruleOfValue = schemaRule({ type, ...limits });
  const ruleOfDate = format === 'date' ? dateRule(question) : () => undefined;
  const offered = oneOf?.map((choice) => choice.const) ?? choices;
  // The order in which rules were told from the first version on.
  const isTypeFirst = type === 'integer' || Object.values(limits).every((limit) => limit === undefined);
  return (answer) => {
    const rule = ruleOfValue(answer);
    if (rule === 'type' && isTypeFirst) return rule;
    if (offered && !offered.some((value) => value === answer)) return oneOf ? 'oneOf' : 'enum';
    return rule ?? ruleOfDate(answer);
  };
}

/** The rules of dates that JSON Schema does not have. */
function dateRule({ formatMinimum = YEAR_ONE, formatMaximum }: Scalar): AnswerRule {
  return (answer) => {
    if (typeof answer !== 'string') return undefined;
    if (formatMaximum !== undefined && answer > formatMaximum) return 'formatMaximum';
    return answer < formatMinimum ? 'formatMinimum' : undefined;
  };
}

// The format `date` knows a year 0, most databases and people do not.
const YEAR_ONE = '0001-01-01';

/** `keywords` without those that are undefined are the schema. */
function schemaRule(keywords: Record<string, unknown>): AnswerRule {
  const given = Object.entries(keywords).filter(([, value]) => value !== undefined);
  const check = schemaCheck(Object.fromEntries(given));
  return (answer) => {
    const broken = check(answer).map(({ keyword }) => keyword);
    return ORDER.find((keyword) => broken.includes(keyword)) ?? broken[0];
  };
}

// Of several broken rules the first one here is told.
const ORDER = ['type', 'maximum', 'minimum', 'maxLength', 'minLength', 'pattern', 'format', 'maxItems', 'minItems'];
