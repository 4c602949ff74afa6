import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  isOverlayName,
  isQuestionnaireName,
  questionnaireOfCompanion,
  readJsonFile,
  readQuestionnaireAlone,
  readQuestionnaireFolder,
} from '../adapters/questionnaire-files.ts';
import { problemsWith, readOperatorTexts } from '../app/questionnaires.ts';
import { markedTexts, TO_TRANSLATE } from '../entities/marked-texts.ts';
import type { Overlay } from '../entities/overlay.ts';
import { questionnaireError, questionnaireId, type QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../entities/questionnaire-version.ts';
import { StartError } from '../own-error.ts';
import { few } from '../few-names.ts';
import { summaryOf } from './summary.ts';

/**
 * Reads files and folders as the start of the program does. A questionnaire is read with its texts in further languages and its
 * images; a file of those texts or of test vectors stands for its questionnaire.
 * @param textsDir the folder of the operator's texts; without it, those that come with the program
 * @returns lines for people: of each questionnaire what is in it, and what is likely wrong
 * @throws StartError with all problems of all files
 */
export async function check(paths: readonly string[], textsDir?: string): Promise<string[]> {
  const texts = await readOperatorTexts(textsDir);
  const versions: QuestionnaireVersion[] = [];
  const overlays: Overlay[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  // A shell names them too, for a pattern such as questionnaires/*.json.
  for (const path of new Set(paths.map(questionnaireAt))) {
    try {
      const isWhole = await isFolder(path);
      const files = isWhole ? await readQuestionnaireFolder(path) : await readQuestionnaireAlone(path);
      problems.push(...files.problems, ...(await problemsWith(texts, isWhole ? path : dirname(path), files)));
      versions.push(...files.versions);
      overlays.push(...files.overlays);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
    }
    warnings.push(...(await companionWarnings(path)), ...(await translationWarnings(path)));
  }
  if (problems.length > 0) throw questionnaireError(problems);
  warnings.push(...languageWarnings(versions, overlays));
  return [
    ...versions.flatMap((version) => summaryOf(version, languagesOf(version.content, overlays).slice(1))),
    ...warnings.map((warning) => `warning: ${warning}`),
  ];
}

function questionnaireAt(path: string): string {
  const base = questionnaireOfCompanion(basename(path));
  return base === undefined ? path : join(dirname(path), base);
}

/** False as well where nothing is: the reader of files says so. */
const isFolder = async (path: string): Promise<boolean> =>
  await stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );

/** Files that belong to a questionnaire that is not there: nobody reads them. */
async function companionWarnings(path: string): Promise<string[]> {
  if (!(await isFolder(path))) return [];
  const names = new Set(await readdir(path));
  return [...names].toSorted().flatMap((name) => {
    const base = questionnaireOfCompanion(name);
    const isAlone = !isQuestionnaireName(name) && base !== undefined && !names.has(base);
    return isAlone ? [`${name}: there is no ${base} beside it. Correct its name, or remove it.`] : [];
  });
}

/** Texts that `translate` has written and nobody has translated: they keep the file from being published. */
async function translationWarnings(path: string): Promise<string[]> {
  const folder = (await isFolder(path)) ? path : dirname(path);
  const isAsked = (name: string): boolean => folder === path || questionnaireOfCompanion(name) === basename(path);
  const warnings: string[] = [];
  for (const name of (await namesIn(folder)).filter(isOverlayName).filter(isAsked)) {
    const file = await readJsonFile(join(folder, name));
    const places =
      'problems' in file
        ? []
        : [...markedTexts(file.value, TO_TRANSLATE)].map((place) => `${place} (line ${file.lineOf(place)})`);
    if (places.length > 0)
      warnings.push(
        `${name}: texts that begin with "${TO_TRANSLATE}": ${places.length}. Translate them: ${few(places)}.`,
      );
  }
  return warnings;
}

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder).catch((): string[] => [])).toSorted();

/** Languages that an earlier version has, and the newest one not: its people get another one. */
function* languageWarnings(versions: readonly QuestionnaireVersion[], overlays: readonly Overlay[]) {
  for (const same of Map.groupBy(versions, ({ content }) => content.slug).values()) {
    const offered = same.filter(({ withdrawn }) => !withdrawn).map(({ content }) => content);
    const newest = offered.toSorted((a, b) => a.version - b.version).at(-1);
    if (newest === undefined) continue;
    const own = languagesOf(newest, overlays);
    const earlier = same.flatMap(({ content }) =>
      content.version < newest.version ? languagesOf(content, overlays) : [],
    );
    for (const language of new Set(earlier.filter((each) => !own.includes(each))))
      yield `${questionnaireId(newest)}: no texts in ${language}, which an earlier version has. The command "translate" makes its file.`;
  }
}

const languagesOf = (content: QuestionnaireContent, overlays: readonly Overlay[]): string[] => [
  content.language,
  ...overlays.filter((one) => questionnaireId(one) === questionnaireId(content)).map(({ language }) => language),
];
