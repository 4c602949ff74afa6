import { unstorable } from '../entities/text.ts';
import type { AnswerIssue } from '../errors.ts';

// A questionnaire has at most 500 questions, and lists of at most 1,000 entries.
const entriesMax = 1_000;
// Answers are two levels deep. A hundred thousand only overflow somebody's stack.
const levelsMax = 32;
// Bounds lists within lists, which the other two don't.
const valuesMax = 20_000;

type Rule = keyof typeof messages;

/**
 * What no schema sees but PostgreSQL, JSON or other clients can't hold, in one bounded pass without recursion. Each
 * issue points to the question it is in. `tooLarge`: nobody should look at these answers any further.
 */
export function storageIssues(answers: unknown): { issues: AnswerIssue[]; tooLarge: boolean } {
  const rules = new Map<string | undefined, Rule>(); // by question; undefined: the answers as a whole
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

// Longer than any question's id: what is longer is an unknown key, which is not worth repeating in full.
const keyCharactersMax = 80;

/** The JSON pointer to a question. A key that is no question's is shortened and made printable. */
export function pointer(key: string): string {
  const short = key.length > keyCharactersMax ? `${key.slice(0, keyCharactersMax)}…` : key;
  const printable = short.toWellFormed().replaceAll(/\p{Cc}/gu, '\uFFFD');
  return `/${printable.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
