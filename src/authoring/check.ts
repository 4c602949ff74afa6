import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  isQuestionnaireName,
  questionnaireOfCompanion,
  readQuestionnaireAlone,
  readQuestionnaireFolder,
} from '../adapters/questionnaire-files.ts';
import { problemsWith, readOperatorTexts } from '../app/questionnaires.ts';
import { questionnaireError } from '../entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../entities/questionnaire-version.ts';
import { StartError } from '../own-error.ts';
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
  const problems: string[] = [];
  const warnings: string[] = [];
  // A shell names them too, for a pattern such as questionnaires/*.json.
  for (const path of new Set(paths.map(questionnaireAt))) {
    try {
      const files = (await isFolder(path)) ? await readQuestionnaireFolder(path) : await readQuestionnaireAlone(path);
      problems.push(...(await problemsWith(texts, files)));
      versions.push(...files.versions);
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
    }
    warnings.push(...(await companionWarnings(path)));
  }
  if (problems.length > 0) throw questionnaireError(problems);
  return [...versions.flatMap(summaryOf), ...warnings.map((warning) => `warning: ${warning}`)];
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
