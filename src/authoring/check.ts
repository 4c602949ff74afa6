import { readdir, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  isQuestionnaireName,
  questionnaireOfCompanion,
  readQuestionnaireFile,
  readQuestionnaireFolder,
} from '../adapters/questionnaire-files.ts';
import { questionnaireError } from '../entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../entities/questionnaire-version.ts';
import { StartError } from '../own-error.ts';
import { summaryOf } from './summary.ts';

/**
 * Reads files and folders as the start of the program does.
 * @returns lines for people: of each questionnaire what is in it, and what is likely wrong
 * @throws StartError with all problems of all files
 */
export async function check(paths: readonly string[]): Promise<string[]> {
  const versions: QuestionnaireVersion[] = [];
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const path of paths) {
    try {
      versions.push(...(await versionsAt(path)));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
    }
    warnings.push(...(await companionWarnings(path)));
  }
  if (problems.length > 0) throw questionnaireError(problems);
  return [...versions.flatMap(summaryOf), ...warnings.map((warning) => `warning: ${warning}`)];
}

async function versionsAt(path: string): Promise<QuestionnaireVersion[]> {
  if (await isFolder(path)) return (await readQuestionnaireFolder(path)).versions;
  // A shell names them too, for a pattern such as questionnaires/*.json.
  if (questionnaireOfCompanion(basename(path)) !== undefined) return [];
  return [await readQuestionnaireFile(path)];
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
