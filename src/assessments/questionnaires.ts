import { questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { AnswerIssue } from '../errors.ts';
import { memoize } from '../memory/memoize.ts';
import { answersCheck } from './answers.ts';

export type Questionnaires = ReturnType<typeof createQuestionnaires>;

/** At most so often are unknown versions looked up, since a visitor can name any. */
const READ_EVERY_MS = 1_000;

/**
 * Every registered version, in memory. `readAll` reads them from the database, since a process of a newer version of the
 * program may have registered a version that this one does not know.
 */
export function createQuestionnaires(
  registered: QuestionnaireContent[],
  readAll: () => Promise<QuestionnaireContent[]>,
  nowMs: () => number = () => performance.now(),
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
  let reading: Promise<void> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<void> => {
    for (const content of await readAll()) learn(content);
    readAt = nowMs();
  };
  const byId = async (id: string): Promise<QuestionnaireContent | undefined> => {
    if (!contents.has(id) && nowMs() - readAt >= READ_EVERY_MS)
      await (reading ??= read().finally(() => (reading = undefined)));
    return contents.get(id);
  };
  const checkOf = memoize((content: QuestionnaireContent) => answersCheck(content));

  return {
    /** The newest version of each questionnaire, sorted by slug. */
    list: newestOfEach,

    /** Reads the database if this process does not know the version. @throws UnavailableError */
    byId,

    /**
     * The given version, or the newest one if none is given. A version that this process does not know is looked up: a newer
     * process may offer it.
     * @throws UnavailableError
     */
    find: async (slug: string, version?: number | null): Promise<QuestionnaireContent | undefined> =>
      version == null ? newest.get(slug) : await byId(questionnaireId({ slug, version })),

    /** All issues of answers to this version; none if they are valid. */
    check: (content: QuestionnaireContent, answers: unknown): AnswerIssue[] => checkOf(content)(answers),
  };
}
