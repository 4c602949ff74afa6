import { join } from 'node:path';
import { readQuestionnaireFolder, withPlaces, type QuestionnaireFolder } from '../adapters/questionnaire-files.ts';
import { readTextFiles } from '../adapters/text-files.ts';
import type { Config } from '../config.ts';
import { preferredLanguage } from '../entities/languages.ts';
import { localized } from '../entities/overlay.ts';
import { questionnaireError, questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { TextsByLanguage } from '../entities/texts.ts';
import { ROOT } from './parts.ts';

export type Files = { files: QuestionnaireFolder; operatorTexts: TextsByLanguage };

/** The questionnaires and the operator's texts, each sound by itself and both together. @throws StartError with all problems */
export async function readFiles({
  textsDir,
  questionnairesDir: folder,
}: Pick<Config, 'textsDir' | 'questionnairesDir'>): Promise<Files> {
  const texts = await readOperatorTexts(textsDir);
  const files = await readQuestionnaireFolder(folder, `QUESTIONNAIRES_DIR (${folder})`);
  const problems = [...files.problems, ...(await problemsWith(texts, folder, files))];
  if (problems.length > 0) throw questionnaireError(problems);
  return { files, operatorTexts: texts };
}

/** @param folder without it, those that come with the program. @throws StartError with all problems */
export const readOperatorTexts = (folder: string | undefined): Promise<TextsByLanguage> =>
  readTextFiles(folder ?? join(ROOT, 'texts'));

type Sources = Pick<QuestionnaireFolder, 'versions' | 'overlays'>;

/** A questionnaire in one of its languages, with the file of its texts and the place of the flags there. */
type InLanguage = { file: string; content: QuestionnaireContent; flags: string };

/** Each version in each of its languages: advice and flags are texts. */
const contentsOf = ({ versions, overlays }: Sources): InLanguage[] =>
  versions.flatMap(({ content }) => [
    { file: `${content.slug}.v${content.version}.json`, content, flags: 'scoring.flags' },
    ...overlays
      .filter((overlay) => questionnaireId(overlay) === questionnaireId(content))
      .map((overlay) => ({
        file: `${overlay.slug}.v${overlay.version}.${overlay.language}.json`,
        content: localized(content, overlay),
        flags: 'flags',
      })),
  ]);

/**
 * Problems of sound questionnaires with these texts, and with the replies that the demo model would make of them.
 * @param folder of their files
 */
export async function problemsWith(texts: TextsByLanguage, folder: string, files: Sources): Promise<string[]> {
  const contents = contentsOf(files);
  const advised = contents.filter(({ content }) => content.advice !== undefined);
  // Imported here: an api without a file with advice loads nothing of the worker.
  const adviceProblems = advised.length === 0 ? undefined : (await import('./advice-check.ts')).adviceProblems;
  const found = contents.map(({ file, content, flags }) => ({
    file,
    problems: [...helpProblems(content, texts, flags), ...(adviceProblems?.(content) ?? [])],
  }));
  const some = found.filter(({ problems }) => problems.length > 0);
  return (await Promise.all(some.map(({ file, problems }) => withPlaces(join(folder, file), problems)))).flat();
}

/** A person whose answers call for help has to be told so in the language of the questions. */
function helpProblems({ scoring, language }: QuestionnaireContent, texts: TextsByLanguage, place: string): string[] {
  const languages = [...texts.keys()];
  if ((scoring.flags ?? []).length === 0 || preferredLanguage(languages, [language]) !== undefined) return [];
  return [
    `${place}: there are no help texts in the language "${language}" (only ${languages.join(', ')}). ` +
      `Add ${language}.json to the folder of TEXTS_DIR.`,
  ];
}
