import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../config/files.ts';
import { checkTexts, languageOfFile, textsError, type OperatorTexts, type TextsByLanguage } from '../entities/texts.ts';
import { StartError } from '../own-error.ts';

/** More languages than people translate into. */
const FILES_MAX = 100;

/** The operator's texts of a folder, one file `<language>.json` a language. @throws StartError with all problems of all files */
export async function readTextFiles(folder: string): Promise<TextsByLanguage> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.json')).toSorted();
  if (names.length === 0 || names.length > FILES_MAX)
    throw textsError([`${folder}: there have to be 1 to ${FILES_MAX} files. Add <language>.json, such as en.json.`]);
  const texts = new Map<string, OperatorTexts>();
  const problems: string[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      texts.set(languageOf(name, path), checkTexts(read(path), path));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw textsError(problems);
  return texts;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw textsError([`${folder}: the folder cannot be read. Create it, or correct TEXTS_DIR.`], { cause });
  }
}

function languageOf(name: string, path: string): string {
  const language = languageOfFile(name);
  if (language === undefined)
    throw textsError([`${path}: the name is no language tag. Name it like en.json or pt-BR.json.`]);
  return language;
}

function read(path: string): unknown {
  const found = readText(path);
  if ('problem' in found) throw textsError([`${path}: it ${found.problem}. Correct it.`]);
  try {
    return JSON.parse(found.text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw textsError([`${path}: it cannot be read as JSON. Correct it: ${why}`], { cause: error });
  }
}
