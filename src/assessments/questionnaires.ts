import { questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { AnswerIssue } from '../errors.ts';
import { memoize } from '../memory/memoize.ts';
import { answersCheck } from './answers.ts';

export type Questionnaires = ReturnType<typeof createQuestionnaires>;

/**
 * Every published version, in memory. `readAll` asks the database: another process of a newer version of the program
 * may have published what this one does not know.
 */
export function createQuestionnaires(
  published: QuestionnaireContent[],
  readAll: () => Promise<QuestionnaireContent[]>,
) {
  const contents = new Map<string, QuestionnaireContent>();
  const newest = new Map<string, QuestionnaireContent>();
  const learn = (content: QuestionnaireContent): void => {
    contents.set(questionnaireId(content), content);
    if (content.version > (newest.get(content.slug)?.version ?? 0)) newest.set(content.slug, content);
  };
  for (const content of published) learn(content);
  const newestOfEach = (): QuestionnaireContent[] =>
    [...newest.values()].toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  const checkOf = memoize((content: QuestionnaireContent) => answersCheck(content));

  return {
    /** The newest version of each, by slug. */
    list: newestOfEach,

    /** The version that is asked for, else the newest. */
    find: (slug: string, version?: number | null): QuestionnaireContent | undefined =>
      version == null ? newest.get(slug) : contents.get(questionnaireId({ slug, version })),

    async byId(id: string): Promise<QuestionnaireContent | undefined> {
      if (!contents.has(id)) for (const content of await readAll()) learn(content);
      return contents.get(id);
    },

    /** All problems of answers to this version; none if they fit. */
    check: (content: QuestionnaireContent, answers: unknown): AnswerIssue[] => checkOf(content)(answers),
  };
}
