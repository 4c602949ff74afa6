import { isDeclined, OTHER_MAX, otherText } from '../entities/answer.ts';
import { YEAR_ONE } from '../entities/answers-schema.ts';
import { isEmail } from '../entities/email.ts';
import { unknownEntryKeywords, unknownKeywords } from '../entities/question.ts';
import type { Question } from '../entities/questionnaire-content.ts';
import { isBlank } from '../entities/text.ts';
import { isJsonObject } from '../json-object.ts';
import { schemaCheck } from '../json-schema.ts';

/** The first broken rule of a question, as a keyword of its schema; undefined if the answer fits. */
export type AnswerRule = (answer: unknown) => string | undefined;

/**
 * Makes the check of one question, for values that `storageIssues` does not find too large.
 * @throws Error for an unknown keyword, which would otherwise stay unchecked
 */
export function answerRule(question: Question): AnswerRule {
  refuseUnknown(unknownKeywords(question));
  const rule = question.type === 'array' ? listRule(question) : orOther(question, scalarRule(question));
  if (!question['x-prefer-not-to-say']) return rule;
  return (answer) => (isDeclined(answer) && hasOneMember(answer) ? undefined : rule(answer));
}

function listRule(question: Question): AnswerRule {
  const { items, minItems, maxItems, uniqueItems } = question;
  if (items) refuseUnknown(unknownEntryKeywords(items));
  const ruleOfList = schemaRule({ type: 'array', minItems, maxItems });
  const ruleOfEntry = items ? orOther(question, scalarRule(items)) : () => undefined;
  return (answer) => {
    const rule = ruleOfList(answer);
    if (rule !== undefined || !Array.isArray(answer)) return rule;
    for (const entry of answer) {
      const ruleOfOne = ruleOfEntry(entry);
      if (ruleOfOne !== undefined) return ruleOfOne;
    }
    const entries = answer.map((entry: unknown) => (otherText(entry) === undefined ? entry : OTHER));
    return uniqueItems && new Set(entries).size < entries.length ? 'uniqueItems' : undefined;
  };
}

/** Stands for the person's own words, of which a list has one at most. */
const OTHER = {};

/** With `x-other`, the person's own words are an answer, too. */
function orOther(question: Question, rule: AnswerRule): AnswerRule {
  if (question['x-other'] === undefined) return rule;
  const isText = schemaRule({ type: 'string', minLength: 1, maxLength: OTHER_MAX });
  return (answer) => {
    const text = otherText(answer);
    if (text === undefined || !hasOneMember(answer)) return rule(answer);
    return isBlank(text) ? 'blank' : isText(text);
  };
}

const hasOneMember = (answer: unknown): boolean => isJsonObject(answer) && Object.keys(answer).length === 1;

function refuseUnknown([keyword]: string[]): void {
  if (keyword !== undefined) throw new Error(`questionnaire: this version does not know the keyword "${keyword}"`);
}

type Scalar = Omit<NonNullable<Question['items']>, 'type'> & Pick<Question, 'type'>;

function scalarRule(question: Scalar): AnswerRule {
  const { type, oneOf, enum: choices, minimum, maximum, minLength, maxLength, pattern, format } = question;
  const limits = { minimum, maximum, minLength, maxLength, pattern, format };
  const ruleOfValue = schemaRule({ type, ...limits });
  const ruleOfForm = format === 'date' ? dateRule(question) : format === 'email' ? emailRule : () => undefined;
  const offered = oneOf?.map((choice) => choice.const) ?? choices;
  // Keeps the order in which the first version of the program reported broken rules.
  const isTypeFirst = type === 'integer' || Object.values(limits).every((limit) => limit === undefined);
  return (answer) => {
    const rule = ruleOfValue(answer);
    if (rule === 'type' && isTypeFirst) return rule;
    if (offered && !offered.some((value) => value === answer)) return oneOf ? 'oneOf' : 'enum';
    return rule ?? ruleOfForm(answer);
  };
}

/** Stricter than the format: the page and other validators know no quoted names and no hosts without a dot. */
const emailRule: AnswerRule = (answer) => (typeof answer === 'string' && !isEmail(answer) ? 'format' : undefined);

/** Rules for dates that JSON Schema lacks. */
function dateRule({ formatMinimum = YEAR_ONE, formatMaximum }: Scalar): AnswerRule {
  return (answer) => {
    if (typeof answer !== 'string') return undefined;
    if (formatMaximum !== undefined && answer > formatMaximum) return 'formatMaximum';
    return answer < formatMinimum ? 'formatMinimum' : undefined;
  };
}

/** The check of a schema with these keywords; undefined ones are left out. */
function schemaRule(keywords: Record<string, unknown>): AnswerRule {
  const given = Object.entries(keywords).filter(([, value]) => value !== undefined);
  const check = schemaCheck(Object.fromEntries(given));
  return (answer) => {
    const broken = check(answer).map(({ keyword }) => keyword);
    return ORDER.find((keyword) => broken.includes(keyword)) ?? broken[0];
  };
}

// Of several broken rules, the first one in this order is reported.
const ORDER = ['type', 'maximum', 'minimum', 'maxLength', 'minLength', 'pattern', 'format', 'maxItems', 'minItems'];
