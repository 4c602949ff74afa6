import type { QuestionnaireStore } from '../adapters/database.ts';
import { imagesOf } from '../entities/images.ts';
import { questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../entities/questionnaire-version.ts';
import { QuestionnaireWithdrawnError, UnknownQuestionnaireError, type AnswerIssue } from '../errors.ts';
import { memoize } from '../memory/memoize.ts';
import { answersCheck } from './answers.ts';
import { backgroundRead } from './background-read.ts';

export type Questionnaires = ReturnType<typeof createQuestionnaires>;

/** @throws UnavailableError */
export async function openQuestionnaires(store: QuestionnaireStore): Promise<Questionnaires> {
  return createQuestionnaires(await read(store, new Map()), store);
}

/**
 * Every published version, in memory. Publishers are other processes: a version that is not known here is looked up, and
 * what is known is read again in the background.
 */
export function createQuestionnaires(
  published: readonly QuestionnaireVersion[],
  store: QuestionnaireStore,
  nowMs: () => number = () => performance.now(),
) {
  let known = byIdOf(published);
  let newest = newestOf(published);
  const { refresh, lookUp } = backgroundRead(async () => {
    const versions = await read(store, known);
    known = byIdOf(versions);
    newest = newestOf(versions);
  }, nowMs);

  const byId = async (id: string): Promise<QuestionnaireContent | undefined> => {
    if (!known.has(id)) await lookUp();
    return known.get(id)?.content;
  };

  const find = async (slug: string, version?: number | null): Promise<QuestionnaireContent | undefined> => {
    const found = version == null ? newest.get(slug) : await byId(questionnaireId({ slug, version }));
    void refresh();
    return found;
  };

  const isWithdrawn = (content: QuestionnaireContent): boolean =>
    known.get(questionnaireId(content))?.withdrawn ?? false;

  const checkOf = memoize((content: QuestionnaireContent) => answersCheck(content));

  return {
    /** The newest version of each questionnaire that is not withdrawn, sorted by slug. */
    list: (): QuestionnaireContent[] => {
      void refresh();
      return [...newest.values()].toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
    },

    /** Reads the database if this process does not know the version. @throws UnavailableError */
    byId,

    /**
     * The given version, withdrawn or not; without a version the newest one that is not withdrawn. A version that this
     * process does not know is looked up: a newer process may offer it.
     * @throws UnavailableError
     */
    find,

    /** Whether a published version has this image. An unknown one is looked up as an unknown version is. @throws UnavailableError */
    async hasImage(sha256: string): Promise<boolean> {
      if (!hashesOfImages(known).has(sha256)) await lookUp();
      return hashesOfImages(known).has(sha256);
    },

    /** The version that answers are for. @throws UnknownQuestionnaireError, QuestionnaireWithdrawnError, UnavailableError */
    offered: async (slug: string, version?: number | null): Promise<QuestionnaireContent> => {
      // Awaited: otherwise the first submission after a quiet time would be judged by an old list.
      await refresh();
      const found = await find(slug, version);
      if (found !== undefined && !isWithdrawn(found)) return found;
      const wasOffered = found ?? (version == null && [...known.values()].some(({ content }) => content.slug === slug));
      throw wasOffered ? new QuestionnaireWithdrawnError() : new UnknownQuestionnaireError();
    },

    /** Whether a version of this object takes no answers any more. */
    isWithdrawn,

    /** All issues of answers to this version; none if they are valid. */
    check: (content: QuestionnaireContent, answers: unknown): AnswerIssue[] => checkOf(content)(answers),
  };
}

/** All published versions. Contents never change, so only those that are not known are read. */
async function read(
  store: QuestionnaireStore,
  known: ReadonlyMap<string, QuestionnaireVersion>,
): Promise<QuestionnaireVersion[]> {
  const listed = await store.versions();
  const unknown = listed.map(({ id }) => id).filter((id) => !known.has(id));
  const contents = unknown.length === 0 ? [] : await store.contents(unknown);
  const contentOf = new Map(contents.map((content) => [questionnaireId(content), content]));
  return listed.flatMap(({ id, withdrawn }) => {
    const content = known.get(id)?.content ?? contentOf.get(id);
    return content === undefined ? [] : [{ content, withdrawn }];
  });
}

const byIdOf = (versions: readonly QuestionnaireVersion[]): ReadonlyMap<string, QuestionnaireVersion> =>
  new Map(versions.map((version) => [questionnaireId(version.content), version]));

/** The hashes of all images. */
const hashesOfImages = memoize((versions: ReadonlyMap<string, QuestionnaireVersion>): ReadonlySet<string> => {
  const images = [...versions.values()].flatMap(({ content }) => imagesOf(content));
  return new Set(images.flatMap(({ image }) => image.sha256 ?? []));
});

/** By slug, without withdrawn versions. */
function newestOf(versions: readonly QuestionnaireVersion[]): ReadonlyMap<string, QuestionnaireContent> {
  const newest = new Map<string, QuestionnaireContent>();
  for (const { content, withdrawn } of versions)
    if (!withdrawn && content.version > (newest.get(content.slug)?.version ?? 0)) newest.set(content.slug, content);
  return newest;
}
