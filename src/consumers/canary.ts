import { choicesOf, rangeOf } from '../entities/question.ts';
import type { Answers, Question, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score } from '../entities/scoring.ts';
import { buildPrompt } from './prompt.ts';

const NOTE = 'This assessment is made up. It checks the connection to the model; no person has filled it in.';
const DATE = '2000-01-01';

/** An assessment that nobody has filled in: the same for every worker, with an answer to each question. */
export function madeUpAnswers({ schema }: QuestionnaireContent): Answers {
  return Object.fromEntries(Object.entries(schema.properties).map(([id, question]) => [id, answerTo(question)]));
}

function answerTo(question: Question): unknown {
  const [choice] = choicesOf(question);
  if (question.type === 'array') return [choice?.const ?? NOTE.slice(0, question.items?.maxLength)];
  if (choice !== undefined) return choice.const;
  if (question.type === 'boolean') return true;
  if (question.type === 'string')
    return question.format === 'date' ? (question.formatMinimum ?? DATE) : NOTE.slice(0, question.maxLength);
  const range = rangeOf(question);
  return range === undefined
    ? (question.minimum ?? question.maximum ?? 1)
    : Math.floor((range.minimum + range.maximum) / 2);
}

/** The prompt for the made-up assessment of the questionnaire with the longest one: what fits there fits for all. */
export function canaryOf(contents: readonly QuestionnaireContent[]) {
  const all = contents.map((content) => {
    const answers = madeUpAnswers(content);
    const { messages, schema, reducedSchema } = buildPrompt(content, answers, score(content, answers));
    const characters = messages.reduce((sum, message) => sum + message.content.length, 0);
    return { content, messages, schema, reducedSchema, characters };
  });
  return all.toSorted((one, other) => other.characters - one.characters)[0];
}
