import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { imageFilesOf, imagesOf } from '../../entities/images.ts';
import { questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../../entities/questionnaire-version.ts';
import type { ImageType } from '../../entities/questionnaire-image.ts';

/** `sha256` is that of the bytes, in hex. */
export type ImageFile = { sha256: string; type: ImageType; bytes: Uint8Array };

/** Each is sent to phones. */
const KB_MAX = 500;
/** Their bytes are in the memory of a publisher. */
const IMAGES_MAX = 50;

/** The versions with the hashes of their images, and these images, or all problems. */
export async function readImages(
  folder: string,
  versions: readonly QuestionnaireVersion[],
): Promise<{ versions: QuestionnaireVersion[]; images: ImageFile[]; problems: string[] }> {
  const contents = versions.map(({ content }) => content);
  const problems = contents.flatMap((content) => [...imageProblems(content)]);
  const names = [...new Set(contents.flatMap(imageFilesOf))];
  const read = new Map(await Promise.all(names.map(async (name) => [name, await readImage(folder, name)] as const)));
  const files = [...read.values()];
  problems.push(...files.flatMap((file) => ('problem' in file ? file.problem : [])));
  const images = files.flatMap((file) => ('problem' in file ? [] : file));
  const hashes = new Map([...read].flatMap(([name, file]) => ('problem' in file ? [] : [[name, file.sha256]])));
  const hashed = versions.map((version) => ({ ...version, content: withHashes(version.content, hashes) }));
  return { versions: hashed, images: unique(images), problems };
}

function* imageProblems(content: QuestionnaireContent) {
  const [{ length: count }, where] = [imageFilesOf(content), questionnaireId(content)];
  if (count > IMAGES_MAX) yield `${where}: ${count} images, at most ${IMAGES_MAX} are possible. Remove some.`;
  for (const { id, image } of imagesOf(content))
    if (image.sha256 !== undefined)
      yield `${where}: schema.properties.${id}.x-image.sha256: it is computed. Remove it.`;
}

function withHashes(content: QuestionnaireContent, hashes: ReadonlyMap<string, string>): QuestionnaireContent {
  if (imagesOf(content).length === 0) return content;
  const properties = Object.entries(content.schema.properties).map(([id, question]) => {
    const { 'x-image': image } = question;
    const sha256 = image && hashes.get(image.file);
    return [id, image && sha256 ? { ...question, 'x-image': { ...image, sha256 } } : question];
  });
  return { ...content, schema: { ...content.schema, properties: Object.fromEntries(properties) } };
}

const unique = (images: readonly ImageFile[]): ImageFile[] => [
  ...new Map(images.map((image) => [image.sha256, image])).values(),
];

async function readImage(folder: string, name: string): Promise<ImageFile | { problem: string }> {
  const refused = (problem: string) => ({ problem: `images/${name}: ${problem}` });
  try {
    const path = join(folder, name);
    const stats = await stat(path);
    // Only a file: a device or a pipe may have no end.
    if (!stats.isFile()) return refused('it is no file. Put the image there.');
    if (stats.size > KB_MAX * 1024) return refused(`it is larger than ${KB_MAX} KB. Make it smaller.`);
    const bytes = await readFile(path);
    const found = FORMATS.find(({ begins }) => begins(bytes));
    if (found === undefined) return refused('it is no PNG, JPEG or WebP by its first bytes. Convert it.');
    if (!found.names.test(name)) return refused(`by its first bytes it is ${found.type}. Correct its ending.`);
    return { sha256: createHash('sha256').update(bytes).digest('hex'), type: found.type, bytes };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return refused(`it can not be read (${code}). Put it there, or correct the name in "x-image".`);
  }
}

const FORMATS: readonly { type: ImageType; names: RegExp; begins: (bytes: Buffer) => boolean }[] = [
  { type: 'image/png', names: /\.png$/, begins: (bytes) => bytes.subarray(0, 8).equals(PNG) },
  { type: 'image/jpeg', names: /\.jpe?g$/, begins: (bytes) => bytes.subarray(0, 3).equals(JPEG) },
  {
    type: 'image/webp',
    names: /\.webp$/,
    begins: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
  },
];
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
