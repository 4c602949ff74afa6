import { unstorable } from '../entities/text.ts';
import type { AnswerIssue } from '../errors.ts';

// A questionnaire has at most 500 questions, and lists of at most 1,000 entries.
const entriesMax = 1_000;
// Valid answers are two levels deep; very deep ones would overflow the stack of a recursive client or library.
const levelsMax = 32;
// Bounds lists within lists, which the other two limits do not.
const valuesMax = 20_000;

type Rule = keyof typeof messages;

/**
 * Finds values that fit a schema but that PostgreSQL, JSON or other clients can't hold, in one bounded pass without
 * recursion. Each issue names its question. `tooLarge`: no further check should read these answers.
 */
export function storageIssues(answers: unknown): { issues: AnswerIssue[]; tooLarge: boolean } {
  const rules = new Map<string | undefined, Rule>(); // by question; undefined: all answers
  const containers: { value: object; question: string | undefined; level: number }[] = [];
  const look = (value: unknown, question: string | undefined, level: number) => {
    if (typeof value === 'object' && value !== null) containers.push({ value, question, level });
    else note(question, ruleOfScalar(value));
  };
  const note = (question: string | undefined, rule: Rule | undefined) => {
    if (rule && !rules.has(question)) rules.set(question, rule);
  };
  const done = (tooLarge: boolean) => ({ issues: rules.size === 0 ? [] : Array.from(rules, issueOf), tooLarge });

  let values = 0;
  look(answers, undefined, 1);
  for (const { value, question, level } of containers) {
    const entries = Object.entries(value);
    values += entries.length;
    if (level > levelsMax || entries.length > entriesMax || values > valuesMax) {
      rules.set(question, level > levelsMax ? 'depth' : 'size');
      return done(true);
    }
    for (const [key, inner] of entries) {
      const innerQuestion = level === 1 && !Array.isArray(value) ? key : question;
      note(innerQuestion, unstorable(key));
      look(inner, innerQuestion, level + 1);
    }
  }
  return done(false);
}

const messages = {
  nul: 'Remove the character U+0000: it cannot be stored.',
  surrogate: 'Remove the broken character (half of a surrogate pair): it cannot be stored.',
  'unsafe-integer': 'Give a number between -9007199254740991 and 9007199254740991: larger ones lose digits.',
  depth: `Nested more than ${levelsMax} levels deep. Give each answer as a plain value or a list.`,
  size: `More than ${entriesMax} entries in one place, or ${valuesMax} in all. Give only what is asked.`,
};

const issueOf = ([question, rule]: [string | undefined, Rule]): AnswerIssue => ({
  path: question === undefined ? '' : pointer(question),
  rule,
  message: messages[rule],
});

function ruleOfScalar(value: unknown): Rule | undefined {
  if (typeof value === 'string') return unstorable(value);
  if (typeof value === 'bigint') return 'unsafe-integer';
  if (typeof value !== 'number') return undefined;
  const isFraction = Number.isFinite(value) && !Number.isInteger(value);
  return isFraction || Number.isSafeInteger(value) ? undefined : 'unsafe-integer';
}

// Longer than any question's id: a longer key is unknown and is shortened in messages.
const keyCharactersMax = 80;

/** The JSON pointer to a question. An unknown key is shortened and made printable. */
export function pointer(key: string): string {
  const short = key.length > keyCharactersMax ? `${key.slice(0, keyCharactersMax)}…` : key;
  const printable = short.toWellFormed().replaceAll(/\p{Cc}/gu, '\uFFFD');
  return `/${printable.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
