import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isOverlayName, readOverlayFile, readQuestionnaireFile } from '../adapters/questionnaire-files.ts';
import { markedTexts, TO_TRANSLATE } from '../entities/marked-texts.ts';
import { overlayNameOf } from '../entities/overlay-rules.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { languageTag } from '../entities/questionnaire-shape.ts';
import { notWritten, writeNewFile } from './new-file.ts';
import { translationOf } from './translation.ts';

/**
 * Begins the file of a questionnaire's texts in a further language, beside it.
 * @returns what was written, for people
 * @throws StartError for a file or a language that can not be used, and a file that is there
 */
export async function translate(path: string, language: string): Promise<string> {
  const { content } = await readQuestionnaireFile(path);
  const problem = languageProblem(language, content);
  if (problem !== undefined) throw notWritten(problem);
  const folder = dirname(path);
  const from = await earlierFile(folder, content, language);
  const earlier = from === undefined ? undefined : await readOverlayFile(join(folder, from));
  const file = translationOf(content, language, earlier);
  const target = join(folder, basename(path).replace(/json$/, `${language}.json`));
  await writeNewFile(target, file, 'Translate what "check" names in it, or remove it first.');
  const { length: left } = [...markedTexts(file, TO_TRANSLATE)];
  const others = from === undefined ? '' : ` The others are those of ${from}.`;
  return `${target} was written. Texts that begin with "${TO_TRANSLATE}": ${left}.${others}`;
}

/** Tags as of the files, of languages that have a name. */
function languageProblem(language: string, content: QuestionnaireContent): string | undefined {
  const shown = JSON.stringify(language.slice(0, 35));
  if (language.toLowerCase() === content.language.toLowerCase())
    return `${shown} is the questionnaire's own language. Name another one.`;
  if (!languageTag.safeParse(language).success || !isKnown(language))
    return `${shown} is the tag of no known language. Use one such as "de" or "pt-BR".`;
  return undefined;
}

function isKnown(tag: string): boolean {
  try {
    return new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(tag) !== undefined;
  } catch {
    return false;
  }
}

/** The name of the file in this language of the newest version before this one. */
async function earlierFile(folder: string, content: QuestionnaireContent, language: string) {
  const versions = (await readdir(folder)).filter(isOverlayName).flatMap((name) => {
    const { slug, version = 0, language: tag } = overlayNameOf(name) ?? {};
    const isEarlier = slug === content.slug && version < content.version;
    return isEarlier && tag?.toLowerCase() === language.toLowerCase() ? [{ name, version }] : [];
  });
  return versions.toSorted((a, b) => a.version - b.version).at(-1)?.name;
}
