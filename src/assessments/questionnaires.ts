import { questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { AnswerIssue } from '../errors.ts';
import { memoize } from '../memory/memoize.ts';
import { answersCheck } from './answers.ts';

export type Questionnaires = ReturnType<typeof createQuestionnaires>;

/**
 * Every registered version, in memory. `readAll` reads them from the database, since a process of a newer version of the
 * program may have registered a version that this one does not know.
 */
export function createQuestionnaires(
  registered: QuestionnaireContent[],
  readAll: () => Promise<QuestionnaireContent[]>,
) {
  const contents = new Map<string, QuestionnaireContent>();
  const newest = new Map<string, QuestionnaireContent>();
  const learn = (content: QuestionnaireContent): void => {
    contents.set(questionnaireId(content), content);
    if (content.version > (newest.get(content.slug)?.version ?? 0)) newest.set(content.slug, content);
  };
  for (const content of registered) learn(content);
  const newestOfEach = (): QuestionnaireContent[] =>
    [...newest.values()].toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
  const checkOf = memoize((content: QuestionnaireContent) => answersCheck(content));

  return {
    /** The newest version of each questionnaire, sorted by slug. */
    list: newestOfEach,

    /** The given version, or the newest one if none is given. */
    find: (slug: string, version?: number | null): QuestionnaireContent | undefined =>
      version == null ? newest.get(slug) : contents.get(questionnaireId({ slug, version })),

    async byId(id: string): Promise<QuestionnaireContent | undefined> {
      if (!contents.has(id)) for (const content of await readAll()) learn(content);
      return contents.get(id);
    },

    /** All issues of answers to this version; none if they are valid. */
    check: (content: QuestionnaireContent, answers: unknown): AnswerIssue[] => checkOf(content)(answers),
  };
}
