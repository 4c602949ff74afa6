import { choicesOf } from '../entities/question.ts';
import type { Answers, Question, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { score } from '../entities/scoring.ts';
import { buildPrompt } from './prompt.ts';

const NOTE = 'This assessment is made up. It checks the connection to the model; no person has filled it in.';

/** An assessment that nobody has filled in: the same for every worker, with a valid answer to each question, patterns apart. */
export function madeUpAnswers({ schema }: QuestionnaireContent): Answers {
  return Object.fromEntries(Object.entries(schema.properties).map(([id, question]) => [id, answerTo(question)]));
}

/** Questions are scales, choices, lists of choices and texts (entities/question-kind.ts). */
function answerTo(question: Question): unknown {
  const choices = choicesOf(question).map((choice) => choice.const);
  const { minItems = 0, minLength = 0, maxLength, minimum = 0, maximum = minimum } = question;
  if (question.type === 'array') return choices.slice(0, Math.max(1, minItems));
  if (choices.length > 0) return choices[0];
  if (question.type === 'string') return NOTE.padEnd(minLength, '.').slice(0, maxLength);
  return Math.floor((minimum + maximum) / 2);
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
