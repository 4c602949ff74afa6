import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import {
  checkContent,
  questionnaireError,
  questionnaireId,
  type QuestionnaireContent,
} from '../entities/questionnaire-content.ts';
import type { Overlay } from '../entities/overlay.ts';
import type { QuestionnaireVersion } from '../entities/questionnaire-version.ts';
import { isJsonObject } from '../json-object.ts';
import { StartError } from '../own-error.ts';
import { isOverlayName, isQuestionnaireName, questionnaireOfCompanion } from './questionnaire-files/file-names.ts';
import { readImages, type ImageFile } from './questionnaire-files/images.ts';
import { readJson, withLines, type JsonText, type Problems } from './questionnaire-files/json-text.ts';
import { checkOverlayFile, problemsBetween } from './questionnaire-files/overlays.ts';

export {
  isOverlayName,
  isQuestionnaireName,
  questionnaireOfCompanion,
  vectorsNameOf,
} from './questionnaire-files/file-names.ts';
export type { JsonText } from './questionnaire-files/json-text.ts';

/** A questionnaire of 500 questions has some 300 KB. */
const BYTES_MAX = 1024 * 1024;
/** Versions are never deleted, and all of them are in memory. */
const FILES_MAX = 1_000;

/** The questionnaires name their images by the hashes of `images`. */
export type QuestionnaireFolder = { versions: QuestionnaireVersion[]; overlays: Overlay[]; images: ImageFile[] };
/** What is sound, and the problems of the rest. */
export type FoundFiles = QuestionnaireFolder & Problems;

/**
 * The questionnaires of a folder with their images and their texts in further languages
 * (`<slug>.v<version>.<language>.json`). The problems of the questionnaires come first.
 * @param label of the folder, in problems
 * @throws StartError for a folder that can not be read
 */
export async function readQuestionnaireFolder(folder: string, label = folder): Promise<FoundFiles> {
  const names = await namesIn(folder, label);
  return await withCompanions(folder, await questionnairesOf(folder, label), names);
}

/** The questionnaire of one file, with its images and its texts in further languages. @throws StartError as for a folder */
export async function readQuestionnaireAlone(path: string): Promise<FoundFiles> {
  const [folder, name, read] = [dirname(path), basename(path), await versionAt(path)];
  const names = (await namesIn(folder, folder)).filter(
    (other) => other === name || questionnaireOfCompanion(other) === name,
  );
  const found = 'problems' in read ? { versions: [], problems: read.problems } : { versions: [read], problems: [] };
  return await withCompanions(folder, found, names);
}

/** @param names of the files that are there */
async function withCompanions(folder: string, found: FoundVersions, names: readonly string[]): Promise<FoundFiles> {
  const { versions, images, problems } = await readImages(join(folder, 'images'), found.versions);
  const overlayNames = names.filter(isOverlayName);
  problems.push(...problemsBetween(overlayNames));
  const overlays: Overlay[] = [];
  // One after the other, as the questionnaires.
  for (const name of overlayNames) {
    const file = await readJsonFile(join(folder, name));
    const checked = 'problems' in file ? file : checkOverlayFile(name, file, versions, names);
    if ('problems' in checked) problems.push(...checked.problems);
    else overlays.push(checked);
  }
  return { versions, overlays, images, problems: [...found.problems, ...problems] };
}

/**
 * All questionnaires of a folder (`<slug>.v<version>.json`, one file a version), by slug and version. A program that
 * starts has only sound ones.
 * @param label of the folder, in problems
 * @throws StartError with all problems of all files
 */
export async function readQuestionnaireFiles(folder: string, label = folder): Promise<QuestionnaireVersion[]> {
  const { versions, problems } = await questionnairesOf(folder, label);
  if (problems.length > 0) throw questionnaireError(problems);
  return versions;
}

type FoundVersions = { versions: QuestionnaireVersion[] } & Problems;

async function questionnairesOf(folder: string, label: string): Promise<FoundVersions> {
  const names = await namesIn(folder, label);
  const problems = names
    .filter((name) => !isQuestionnaireName(name) && !questionnaireOfCompanion(name))
    .map(strangeName);
  const own = names.filter(isQuestionnaireName);
  if (own.length > FILES_MAX)
    throw questionnaireError([`${label}: ${own.length} questionnaires, at most ${FILES_MAX} are possible.`]);
  if (own.length === 0) problems.push(`${label}: there is no questionnaire. Add <slug>.v<version>.json.`);

  const versions: QuestionnaireVersion[] = [];
  const identities = new Map<string, string[]>();
  // One after the other: many large files would fill the memory at once.
  for (const name of own) {
    const file = await readJsonFile(join(folder, name));
    if ('problems' in file) problems.push(...file.problems);
    else {
      noteIdentity(identities, name, file.value);
      const checked = versionOf(name, file);
      if ('problems' in checked) problems.push(...checked.problems);
      else versions.push(checked);
    }
  }
  problems.push(...duplicates(identities));
  return { versions: versions.toSorted(bySlugAndVersion), problems };
}

/** The questionnaire of one file. @throws StartError with all problems */
export async function readQuestionnaireFile(path: string): Promise<QuestionnaireVersion> {
  const version = await versionAt(path);
  if ('problems' in version) throw questionnaireError(version.problems);
  return version;
}

async function versionAt(path: string): Promise<QuestionnaireVersion | Problems> {
  const name = basename(path);
  if (!isQuestionnaireName(name)) return { problems: [strangeName(name)] };
  const file = await readJsonFile(path);
  return 'problems' in file ? file : versionOf(name, file);
}

/** The problems of a file with its name, and their lines as far as it can be read. They begin with their places. */
export async function withPlaces(path: string, problems: readonly string[]): Promise<string[]> {
  const [name, file] = [basename(path), await readJsonFile(path)];
  return 'problems' in file ? problems.map((problem) => `${name}: ${problem}`) : withLines(name, problems, file.lineOf);
}

/** The texts of one file in a further language, with their questionnaire, whose file is beside it. @throws StartError with all problems */
export async function readOverlayFile(path: string): Promise<{ content: QuestionnaireContent; overlay: Overlay }> {
  const name = basename(path);
  const base = questionnaireOfCompanion(name);
  if (base === undefined) throw questionnaireError([strangeName(name)]);
  const version = await readQuestionnaireFile(join(dirname(path), base));
  const file = await readJsonFile(path);
  const overlay = 'problems' in file ? file : checkOverlayFile(name, file, [version], [base]);
  if ('problems' in overlay) throw questionnaireError(overlay.problems);
  return { content: version.content, overlay };
}

/** A JSON file of at most 1 MB. Problems begin with the name of the file. */
export async function readJsonFile(path: string): Promise<JsonText | Problems> {
  const name = basename(path);
  try {
    const stats = await stat(path);
    // Only a file: a device or a pipe may have no end.
    if (!stats.isFile()) return { problems: [`${name}: it is no file. Rename or remove it.`] };
    if (stats.size > BYTES_MAX)
      return { problems: [`${name}: it has ${stats.size} bytes, at most ${BYTES_MAX} are possible. Shorten it.`] };
    return readJson(name, await readFile(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { problems: [`${name}: it can not be read (${code}). Correct its name or its rights.`] };
  }
}

async function namesIn(folder: string, label: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).toSorted();
  } catch (cause) {
    throw questionnaireError([`${label}: the folder cannot be read. Create it or correct its name.`], { cause });
  }
}

const strangeName = (name: string): string =>
  `${name}: its name is not <slug>.v<version>.json. Rename it, or put it into another folder.`;

/** Keys of a file that are no part of the content and its hash. `$schema` is for editors. */
const ofFile = z.object({
  $schema: z.string('must be a text: the address of a JSON Schema').optional(),
  withdrawn: z.boolean('must be true or false').optional(),
});

function versionOf(name: string, { value, lineOf }: JsonText): QuestionnaireVersion | Problems {
  const at = (path: string, problem: string): string => `${name}:${lineOf(path)}: ${problem}`;
  const keys = ofFile.safeParse(isJsonObject(value) ? value : {});
  const problems = keys.success
    ? []
    : keys.error.issues.map(({ path, message }) => at(path.join('.'), `${path.join('.')}: ${message}`));
  try {
    const content = checkContent(withoutKeysOfFile(value), name);
    if (keys.success) return { content, withdrawn: keys.data.withdrawn ?? false };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    problems.push(...withLines(name, error.problems, lineOf));
  }
  return { problems };
}

function withoutKeysOfFile(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const { $schema: _schema, withdrawn: _withdrawn, ...content } = value;
  return content;
}

const identity = z.object({ slug: z.string(), version: z.number() });

function noteIdentity(identities: Map<string, string[]>, name: string, value: unknown): void {
  const claimed = identity.safeParse(value);
  if (!claimed.success) return;
  const id = questionnaireId(claimed.data);
  identities.set(id, [...(identities.get(id) ?? []), name]);
}

/** Files with the same slug and version. Without this problem, the remedy for a wrong name would overwrite another file. */
function duplicates(identities: ReadonlyMap<string, string[]>): string[] {
  return [...identities]
    .filter(([, names]) => names.length > 1)
    .map(([id, names]) => `${names.join(', ')}: all have the id ${id}. Raise the version of the newer one.`);
}

const bySlugAndVersion = ({ content: a }: QuestionnaireVersion, { content: b }: QuestionnaireVersion): number =>
  a.slug === b.slug ? a.version - b.version : a.slug < b.slug ? -1 : 1;
