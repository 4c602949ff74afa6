import type { TranslationStore } from '../adapters/database.ts';
import { preferredLanguage, sameLanguage } from '../entities/languages.ts';
import { localized, type Overlay, type PublishedTranslation } from '../entities/overlay.ts';
import { questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { RequestError } from '../errors.ts';
import { memoize } from '../memory/memoize.ts';
import { backgroundRead } from './background-read.ts';
import type { Questionnaires } from './questionnaires.ts';

/** A questionnaire version in a language, and the hash of its overlay; null in the questionnaire's own language. */
export type Localized = { content: QuestionnaireContent; textHash: string | null };

export type Translations = ReturnType<typeof createTranslations>;

type Known = PublishedTranslation & { overlay: Overlay };

/** @throws UnavailableError */
export async function openTranslations(
  questionnaires: Pick<Questionnaires, 'byId'>,
  store: TranslationStore,
): Promise<Translations> {
  return createTranslations(questionnaires, await read(store, []), store);
}

/**
 * The texts of questionnaires in further languages, in memory: for each version and language the overlay that was published
 * last. Publishers are other processes, so the list is read again in the background.
 */
export function createTranslations(
  questionnaires: Pick<Questionnaires, 'byId'>,
  published: readonly Known[],
  store: TranslationStore,
  nowMs: () => number = () => performance.now(),
) {
  let known = published;
  const { refresh, lookUp } = backgroundRead(async () => {
    known = await read(store, known);
  }, nowMs);

  const textOf = (id: string, language: string): Known | undefined =>
    known.find((text) => text.questionnaireId === id && text.language === language);

  const languagesOf = (content: QuestionnaireContent): string[] => {
    void refresh();
    const id = questionnaireId(content);
    const further = known.filter((text) => text.questionnaireId === id).map(({ language }) => language);
    return [content.language, ...further.toSorted()];
  };

  /** In the questionnaire's own language, if this one is not known here. */
  const inLanguage = (content: QuestionnaireContent, language: string | null): Localized => {
    const text = language === null ? undefined : textOf(questionnaireId(content), language);
    return text === undefined ? { content, textHash: null } : { content: made(content)(text), textHash: text.hash };
  };

  const preferred = (content: QuestionnaireContent, ranges: readonly string[]): string | null => {
    const language = preferredLanguage(languagesOf(content), ranges);
    return language === undefined || language === content.language ? null : language;
  };

  return {
    /** The questionnaire's own language, then the others, sorted. */
    languagesOf,

    /**
     * A version in a language (null: its own). Reads the database if this process does not know one of them.
     * @returns undefined if there is no such version, or not in this language
     * @throws UnavailableError
     */
    async byId(id: string, language: string | null): Promise<Localized | undefined> {
      const content = await questionnaires.byId(id);
      if (content === undefined) return undefined;
      void refresh();
      if (language === null) return inLanguage(content, null);
      if (textOf(id, language) === undefined) await lookUp();
      return textOf(id, language) === undefined ? undefined : inLanguage(content, language);
    },

    /** The version in the language that fits the ranges best, otherwise in its own. */
    inPreferred: (content: QuestionnaireContent, ranges: readonly string[]): QuestionnaireContent =>
      inLanguage(content, preferred(content, ranges)).content,

    /**
     * The language of a submission, as it is stored (null: the questionnaire's own).
     * @param ranges for a submission that names no language
     * @throws RequestError (BAD_USER_INPUT) if the version is not offered in the named language; UnavailableError
     */
    async ofSubmission(
      content: QuestionnaireContent,
      asked: string | null | undefined,
      ranges: readonly string[],
    ): Promise<string | null> {
      if (asked == null) return preferred(content, ranges);
      if (sameLanguage(languagesOf(content), asked) === undefined) await lookUp();
      const found = sameLanguage(languagesOf(content), asked);
      if (found === undefined) throw notOffered(content, asked, languagesOf(content));
      return found === content.language ? null : found;
    },
  };
}

function notOffered(content: QuestionnaireContent, asked: string, offered: readonly string[]): RequestError {
  const language = /^[A-Za-z0-9-]{1,35}$/.test(asked) ? `"${asked}"` : 'this language';
  return new RequestError(
    'BAD_USER_INPUT',
    `${questionnaireId(content)} is not offered in ${language}. "language" may be ${offered.join(', ')}.`,
  );
}

/** Each content is made once, since many things are made once for each content. */
const made = memoize((content: QuestionnaireContent) =>
  memoize(({ overlay }: Known): QuestionnaireContent => localized(content, overlay)),
);

/** The texts that were published last. They never change under their hash, so only unknown ones are read. */
async function read(store: TranslationStore, known: readonly Known[]): Promise<Known[]> {
  const newest = await store.newest();
  const have = new Map(known.map((text) => [text.hash, text]));
  const unknown = newest.filter(({ hash }) => !have.has(hash)).map(({ hash }) => hash);
  const found = unknown.length === 0 ? [] : await store.contents(unknown);
  const overlays = new Map(found.map(({ hash, overlay }) => [hash, overlay]));
  return newest.flatMap((text) => {
    const overlay = overlays.get(text.hash);
    return have.get(text.hash) ?? (overlay === undefined ? [] : { ...text, overlay });
  });
}
