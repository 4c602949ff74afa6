import { itemOf, shownAnswers, type NumberItem } from '../entities/item.ts';
import type { Answers, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score } from '../entities/scoring.ts';
import { buildPrompt } from './prompt.ts';

const NOTE = 'This assessment is made up. It checks the connection to the model; no person has filled it in.';

/** An assessment that nobody has filled in: the same for every worker, with a valid answer to each shown question, patterns apart. */
export function madeUpAnswers(content: QuestionnaireContent): Answers {
  const { properties, required } = content.schema;
  const answers = Object.entries(properties).map(([id, question]) => [
    id,
    answerTo(itemOf(id, question, required.includes(id))),
  ]);
  return shownAnswers(content, Object.fromEntries(answers));
}

function answerTo(item: ReturnType<typeof itemOf>): unknown {
  if ('problem' in item) return undefined;
  switch (item.kind) {
    case 'scale':
      return Math.floor((item.minimum + item.maximum) / 2);
    case 'number':
    case 'whole_number':
      return middleOf(item);
    case 'choice':
      return item.options[0]?.value;
    case 'choices':
      return item.options.slice(0, Math.max(1, item.minItems)).map(({ value }) => value);
    case 'yes_no':
      return false;
    case 'date':
      return item.latest ?? item.earliest ?? '2001-12-31';
    case 'email':
      return 'name@example.com';
    case 'texts':
      return Array.from({ length: Math.max(1, item.minItems) }, (_, place) => `${place + 1}`.slice(0, item.maxLength));
    default:
      return NOTE.padEnd(item.minLength, '.').slice(0, item.maxLength);
  }
}

/** A whole number where there is one between the bounds. */
function middleOf({ minimum, maximum }: NumberItem): number {
  if (minimum !== null && maximum !== null) {
    const middle = Math.floor((minimum + maximum) / 2);
    return middle >= minimum ? middle : minimum;
  }
  return minimum ?? maximum ?? 0;
}

/** The prompt for the made-up assessment of the questionnaire with the longest one. Free texts of people may be longer. */
export function canaryOf(contents: readonly QuestionnaireContent[]) {
  const all = contents.map((content) => {
    const answers = madeUpAnswers(content);
    const { messages, schema, reducedSchema } = buildPrompt(content, answers, score(content, answers));
    const characters = messages.reduce((sum, message) => sum + message.content.length, 0);
    return { content, messages, schema, reducedSchema, characters };
  });
  return all.toSorted((one, other) => other.characters - one.characters)[0];
}
