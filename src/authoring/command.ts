import { parseArgs } from 'node:util';
import { OwnError } from '../own-error.ts';

/** A wrong command line. */
export class UsageError extends OwnError {
  override readonly name = 'UsageError';
}

export type Command =
  | { name: 'help' }
  /** Files and folders; none: the folder of the settings. */
  | { name: 'check'; paths: string[] }
  | { name: 'new'; slug: string; folder: string | undefined }
  | { name: 'translate'; file: string; language: string }
  | { name: 'preview' | 'vectors'; file: string };

export const USAGE = `Usage: npm run questionnaire -- COMMAND

  check [FILE or FOLDER …]   lists all problems of questionnaire files, or what is in them
  new SLUG [FOLDER]          writes a small questionnaire to begin with
  preview FILE               shows one questionnaire in the browser, with the demo model, and stores nothing
  translate FILE LANGUAGE    writes <slug>.v<version>.<language>.json beside the file, with the texts to translate
  vectors FILE               scores the answers of <slug>.v<version>.vectors.json beside the file, and compares

Without a path, check and new take the folder of QUESTIONNAIRES_DIR. See docs/QUESTIONNAIRES.md.`;

/** @throws UsageError */
export function readCommand(args: string[]): Command {
  const [name, ...given] = positionalsOf(args);
  const [first, second] = given;
  switch (name) {
    case 'help':
      return { name };
    case 'check':
      return { name, paths: given };
    case 'new':
      if (first === undefined || given.length > 2) throw new UsageError('new needs a slug, and at most a folder.');
      return { name, slug: first, folder: second };
    case 'translate':
      if (first === undefined || second === undefined || given.length > 2)
        throw new UsageError('translate needs a file and a language, such as "de".');
      return { name, file: first, language: second };
    case 'preview':
    case 'vectors':
      if (first === undefined || given.length > 1) throw new UsageError(`${name} needs one file.`);
      return { name, file: first };
    case undefined:
      throw new UsageError('Name a command.');
    default:
      throw new UsageError('There is no such command.');
  }
}

function positionalsOf(args: string[]): string[] {
  try {
    const options = { help: { type: 'boolean', short: 'h' } } as const;
    const { values, positionals } = parseArgs({ args, allowPositionals: true, options });
    return values.help === true ? ['help'] : positionals;
  } catch (cause) {
    throw new UsageError('There is no such option.', { cause });
  }
}
