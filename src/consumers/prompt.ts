import { questionnaireId } from '../entities/questionnaire-content.ts';
import { heldFlags } from '../entities/help.ts';
import { questionKeys } from '../entities/item.ts';
import type { Answers, QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Score } from '../entities/scoring.ts';
import { memoize } from '../memory/memoize.ts';
import { systemText } from './instructions.ts';
import { questionnaireText } from './questionnaire-text.ts';
import { reducedReplySchema, replySchema } from './reply-schema.ts';

export type PromptMessage = { role: 'system' | 'user' | 'assistant'; content: string };

// Part of the prompt's version. Raise it with every change of a text or of the data's form in the files of the prompt.
const frameVersion = 3;

/**
 * The prompt for one assessment. All that is the same for every person stands before the data of this one, because providers
 * keep the beginning of a prompt in their caches. The answers are marked as data, and nothing identifies the person: no
 * session, no assessment, no name. The same input always gives the same text.
 * @param language of the content, unless it is the questionnaire's own
 */
export function buildPrompt(
  content: QuestionnaireContent,
  answers: Answers,
  scores: readonly Score[],
  language: string | null = null,
) {
  const { system, before, ids, schema, reducedSchema, promptVersion } = frameOf(content);
  const answered = ids.filter((id) => Object.hasOwn(answers, id));
  const data = {
    questionnaire: questionnaireId(content),
    ...flagsIn(content, answers),
    ...(language === null ? {} : { language }),
    scores: Object.fromEntries(scores.filter(({ raw }) => raw !== null).map((each) => [each.area, told(each)])),
    answers: Object.fromEntries(answered.map((id) => [id, answers[id]])),
  };
  const messages: PromptMessage[] = [
    { role: 'system', content: system },
    { role: 'user', content: `${before}\n\n<answers>\n${dataText(data)}\n</answers>` },
  ];
  return { messages, schema, reducedSchema, promptVersion };
}

export const promptVersionOf = (content: QuestionnaireContent): string => frameOf(content).promptVersion;

// The parts that are the same for all assessments of one questionnaire version.
const frameOf = memoize((content: QuestionnaireContent) => ({
  system: systemText(content),
  before: `${content.prompt.task}\n\n${questionnaireText(content)}`,
  ids: questionKeys(content),
  schema: replySchema(content),
  reducedSchema: reducedReplySchema(content),
  promptVersion: `${content.prompt.version}.${frameVersion}`,
}));

/** The titles of the flags that hold; without one, nothing is said of flags. */
function flagsIn(content: QuestionnaireContent, answers: Answers): { flags?: string[] } {
  const flags = heldFlags(content, answers).map(({ title }) => title);
  return flags.length === 0 ? {} : { flags };
}

/** The value with its band, or its level where the area has no bands of its own. */
const told = ({ raw, band, level }: Score) => [raw, band?.title ?? level];

/** As JSON without any "<", so that no answer can look like the end of the data. */
const dataText = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/[<\u2028\u2029]/g, (character) => escapes[character] ?? '');

const escapes: Record<string, string> = { '<': '\\u003c', '\u2028': '\\u2028', '\u2029': '\\u2029' };
