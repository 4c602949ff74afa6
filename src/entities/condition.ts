import { answerTo, isAnswered } from './answer.ts';

type Value = string | number | boolean;

/**
 * A condition on earlier answers. All tests of one question have to hold. `equals` and `oneOf` hold for a list if it contains
 * a value; `above` and `below` exclude the bound and take numbers and dates.
 */
export type Condition =
  | {
      question: string;
      equals?: Value | undefined;
      oneOf?: readonly Value[] | undefined;
      above?: number | string | undefined;
      below?: number | string | undefined;
      answered?: boolean | undefined;
    }
  | { and: readonly Condition[] }
  | { or: readonly Condition[] }
  | { not: Condition };

export type ConditionTest = Extract<Condition, { question: string }>;

/** The tests that a condition is made of. */
export function* testsOf(condition: Condition): Generator<ConditionTest> {
  if ('question' in condition) yield condition;
  else if ('not' in condition) yield* testsOf(condition.not);
  else for (const each of 'and' in condition ? condition.and : condition.or) yield* testsOf(each);
}

type Answers = Readonly<Record<string, unknown>>;

/** The parts of a form that decide what is shown. The items of the server and those of the API have this form. */
type ShownPart = { key: string; shownIf?: Condition | null | undefined };
export type ShownPage = {
  shownIf?: Condition | null | undefined;
  items: readonly (ShownPart & { rows?: readonly ShownPart[] | null | undefined })[];
};

/** Whether a condition holds. A test of a question without an answer fails, except `answered: false`. */
export function holds(condition: Condition, answers: Answers): boolean {
  if ('and' in condition) return condition.and.every((each) => holds(each, answers));
  if ('or' in condition) return condition.or.some((each) => holds(each, answers));
  if ('not' in condition) return !holds(condition.not, answers);
  const { question, equals, oneOf, above, below, answered } = condition;
  const answer = answerTo(question, answers);
  const given = isAnswered(answer);
  if (answered !== undefined && answered !== given) return false;
  const values: unknown[] = !given ? [] : Array.isArray(answer) ? answer : [answer];
  return (
    (equals === undefined || values.includes(equals)) &&
    (oneOf === undefined || oneOf.some((value) => values.includes(value))) &&
    (above === undefined || values.some((value) => isLess(above, value))) &&
    (below === undefined || values.some((value) => isLess(value, below)))
  );
}

/**
 * The questions that are not shown, because a condition of theirs, their matrix or their page does not hold. The answer to a
 * hidden question counts as none, so a condition on it fails too. Conditions refer to earlier questions only.
 */
export function hiddenQuestions(pages: readonly ShownPage[], answers: Answers): ReadonlySet<string> {
  const hidden = new Set<string>();
  if (!pages.some(hasConditions)) return hidden;
  const known: Record<string, unknown> = { ...answers };
  const isShown = ({ shownIf }: Pick<ShownPart, 'shownIf'>): boolean => shownIf == null || holds(shownIf, known);
  for (const page of pages) {
    const pageIsShown = isShown(page);
    for (const item of page.items) {
      const itemIsShown = pageIsShown && isShown(item);
      for (const question of item.rows ?? [item]) {
        if (itemIsShown && isShown(question)) continue;
        hidden.add(question.key);
        delete known[question.key];
      }
    }
  }
  return hidden;
}

const hasConditions = (page: ShownPage): boolean =>
  page.shownIf != null || page.items.some(({ shownIf, rows }) => shownIf != null || rows?.some((row) => row.shownIf));

/** Numbers by value, dates (texts of the form 2001-12-31) by the calendar. */
function isLess(low: unknown, high: unknown): boolean {
  if (typeof low === 'number' && typeof high === 'number') return low < high;
  return typeof low === 'string' && typeof high === 'string' && low < high;
}
