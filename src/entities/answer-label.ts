import { adviceWords } from './advice-words.ts';
import { choicesOf, type Question } from './question.ts';

/**
 * The meaning of an answer in words; undefined for a question whose answers need no explanation.
 * @param language of the question
 */
export function answerLabel(question: Question, answer: unknown, language = 'en'): string | undefined {
  const titles = new Map<unknown, string>(choicesOf(question).map((choice) => [choice.const, choice.title]));
  if (titles.size > 0) {
    const chosen: unknown[] = Array.isArray(answer) ? answer : [answer];
    return chosen.map((value) => titles.get(value) ?? String(value)).join(', ');
  }
  const { minimum, maximum } = question;
  if (minimum === undefined || maximum === undefined) return undefined;
  const low = `${minimum}${inBrackets(question['x-low'])}`;
  const high = `${maximum}${inBrackets(question['x-high'])}`;
  return adviceWords(language).onScale(String(answer), low, high);
}

const inBrackets = (meaning: unknown): string => (typeof meaning === 'string' ? ` (${meaning})` : '');
