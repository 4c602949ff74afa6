import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkContent, questionnaireError, questionnaireId } from '../entities/questionnaire-content.ts';
import { overlayNameOf } from '../entities/overlay-rules.ts';
import type { Overlay } from '../entities/overlay.ts';
import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { StartError } from '../own-error.ts';
import { readImages, type ImageFile } from './questionnaire-files/images.ts';
import { checkOverlays } from './questionnaire-files/overlays.ts';

/** `contents` name their images by the hashes of `images`. */
export type QuestionnaireFolder = { contents: QuestionnaireContent[]; overlays: Overlay[]; images: ImageFile[] };

/**
 * The questionnaires of a folder with their images and their texts in further languages
 * (`<slug>.v<version>.<language>.json`).
 * @throws StartError with all problems, those of the questionnaires first
 */
export async function readQuestionnaireFolder(folder: string): Promise<QuestionnaireFolder> {
  const read = await readQuestionnaireFiles(folder);
  const names = (await namesIn(folder)).filter((name) => overlayNameOf(name)).toSorted();
  const files = await Promise.all(names.map(async (name) => ({ name, ...(await readJson(join(folder, name))) })));
  const { contents, images, problems } = await readImages(join(folder, 'images'), read);
  const checked = checkOverlays(files, contents);
  problems.push(...checked.problems);
  if (problems.length > 0) throw questionnaireError(problems);
  return { contents, overlays: checked.overlays, images };
}

/**
 * All questionnaires of a folder (`*.json`, one file a version), by slug and version. A program that starts has only
 * sound ones.
 * @throws StartError with all problems of all files
 */
export async function readQuestionnaireFiles(folder: string): Promise<QuestionnaireContent[]> {
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.json') && !overlayNameOf(name)).toSorted();
  if (names.length === 0)
    throw questionnaireError([`${folder}: there is no questionnaire. Add <slug>.v<version>.json.`]);
  const values = await Promise.all(names.map(async (name) => ({ name, ...(await readJson(join(folder, name))) })));

  const contents: QuestionnaireContent[] = [];
  const problems = duplicates(values);
  for (const { name, value, problem } of values) {
    try {
      if (problem) throw questionnaireError([`${name}: ${problem}`]);
      contents.push(checkContent(value, name));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      problems.push(...error.problems);
    }
  }
  if (problems.length > 0) throw questionnaireError(problems);
  return contents.toSorted((a, b) => (a.slug === b.slug ? a.version - b.version : a.slug < b.slug ? -1 : 1));
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw questionnaireError([`${folder}: the folder cannot be read. Create it or correct its name.`], { cause });
  }
}

async function readJson(path: string): Promise<{ value?: unknown; problem?: string }> {
  try {
    return { value: JSON.parse(await readFile(path, 'utf8')) };
  } catch (error) {
    return {
      problem: `it cannot be read as JSON. Correct it: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

const identity = z.object({ slug: z.string(), version: z.number() });

/** Files with the same slug and version. Without this problem, the remedy for a wrong name would overwrite another file. */
function duplicates(files: { name: string; value?: unknown }[]): string[] {
  const byId = Map.groupBy(files, ({ value }) => {
    const claimed = identity.safeParse(value);
    return claimed.success ? questionnaireId(claimed.data) : undefined;
  });
  return [...byId]
    .filter(([id, same]) => id !== undefined && same.length > 1)
    .map(
      ([id, same]) =>
        `${same.map(({ name }) => name).join(', ')}: all have the id ${id}. Raise the version of the newer one.`,
    );
}
