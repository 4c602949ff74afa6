import { testsOf, type Condition, type ConditionTest } from './condition.ts';
import { choicesOf, type Question } from './question.ts';
import type { QuestionnaireContent } from './questionnaire-shape.ts';

/** Problems of the conditions of a sound form. Empty if there are none. */
export function* conditionProblems(content: QuestionnaireContent) {
  const { schema, pages, scoring } = content;
  const properties = new Map(Object.entries(schema.properties));
  const before = new Map<string, Question>();
  const check = (where: string, condition: Condition | undefined, known: ReadonlyMap<string, Question>) =>
    condition === undefined
      ? []
      : [...testsOf(condition)].flatMap((test) =>
          [...testProblems(test, known, properties)].map((problem) => `${where}: ${problem}`),
        );
  for (const [index, page] of pages.entries()) {
    yield* check(`pages.${index}.shownIf`, page.shownIf, new Map(before));
    for (const [place, item] of page.items.entries()) {
      if (typeof item !== 'string') yield* check(`pages.${index}.items.${place}.shownIf`, item.shownIf, before);
      for (const name of typeof item === 'string' ? [item] : item.items) {
        const question = properties.get(name);
        yield* check(`schema.properties.${name}.x-shown-if`, question?.['x-shown-if'], before);
        if (question) before.set(name, question);
      }
    }
  }
  for (const { id, if: condition } of scoring.flags ?? []) yield* check(`scoring.flags.${id}`, condition, properties);
  for (const { id, norms } of scoring.areas)
    for (const table of norms?.tables ?? []) yield* check(`scoring.areas.${id}.norms`, table.if, properties);
}

function* testProblems(
  { question: name, equals, oneOf, above, below, answered }: ConditionTest,
  known: ReadonlyMap<string, Question>,
  all: ReadonlyMap<string, Question>,
) {
  if ([equals, oneOf, above, below, answered].every((test) => test === undefined))
    yield `asks nothing about ${name}. Add "equals", "oneOf", "above", "below" or "answered".`;
  const question = known.get(name);
  if (!question) {
    yield all.has(name)
      ? `asks for ${name}, which does not come before it. A condition can only ask for earlier questions: move one of them.`
      : `there is no question ${name}. Remove it or correct its name.`;
    return;
  }
  const scalar = question.items ?? question;
  const offered = new Set<unknown>(choicesOf(question).map((choice) => choice.const));
  for (const value of [...(equals === undefined ? [] : [equals]), ...(oneOf ?? [])]) {
    if (offered.size > 0 ? !offered.has(value) : !isOfType(scalar.type, value))
      yield `${name} never has the value ${JSON.stringify(value)}. Correct it.`;
  }
  const bound =
    scalar.format === 'date' ? 'string' : scalar.type === 'integer' || scalar.type === 'number' ? 'number' : undefined;
  for (const [word, value] of Object.entries({ above, below })) {
    if (value !== undefined && typeof value !== bound)
      yield `"${word}" needs a question with numbers or dates, and a bound of that kind, which ${name} is not. Correct it.`;
  }
}

function isOfType(type: Question['type'], value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}
