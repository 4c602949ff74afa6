import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test as base } from 'vitest';
import { readQuestionnaireFolder } from '../../../src/adapters/questionnaire-files.ts';
import {
  contentHash,
  questionnaireId,
  type QuestionnaireContent,
} from '../../../src/entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../../../src/entities/questionnaire-version.ts';
import { isJsonObject } from '../../../src/json-object.ts';
import { ipip, versionsOf, wellbeing } from '../../support/questionnaires.ts';
import { german, newestGerman } from '../../support/translations.ts';

const ours = fileURLToPath(new URL('../../../questionnaires', import.meta.url));

/** A copy of our folder, to be spoilt. */
const test = base.extend<{ folder: string }>({
  // oxlint-disable-next-line no-empty-pattern -- the library reads the names of what is needed
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-questionnaires-'));
    await cp(ours, folder, { recursive: true });
    await mkdir(join(folder, 'images'), { recursive: true });
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

const problemsOf = async (folder: string): Promise<string[]> => (await readQuestionnaireFolder(folder)).problems;

const changed = async (folder: string, name: string, change: (file: Record<string, unknown>) => object) => {
  const file: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
  await writeFile(join(folder, name), JSON.stringify(change(isJsonObject(file) ? file : {})));
};

const BASE = 'wellbeing-check.v1.json';
const GERMAN = 'wellbeing-check.v1.de.json';

test('the texts that come with the program are sound', async ({ folder }) => {
  const { versions, overlays, images } = await readQuestionnaireFolder(folder);
  expect(versions).toEqual(expect.arrayContaining(versionsOf(ipip, wellbeing)));
  expect(overlays).toEqual([german, newestGerman]);
  expect(images).toEqual([]);
});

test('all problems of texts and images are told at once', async ({ folder }) => {
  await changed(folder, GERMAN, (file) => ({ ...file, title: 7, flags: {} }));
  await writeFile(join(folder, 'wellbeing-check.v1.fr.json'), '{"slug": ');
  await writeFile(
    join(folder, 'gone.v2.fr.json'),
    JSON.stringify({ ...german, slug: 'gone', version: 2, language: 'fr' }),
  );
  await withImages(folder, { mood: 'none.png' });
  const problems = await problemsOf(folder);
  expect(problems).toEqual([
    expect.stringMatching(/^images\/none\.png: it can not be read \(ENOENT\)/),
    'gone.v2.fr.json: there is no questionnaire gone.v2.json. Add it, or correct the name of this file.',
    `${GERMAN}:1: title: has to be a text. Correct it.`,
    `${GERMAN}:1: questions.mood.alt: is missing. Translate "A picture".`,
    `${GERMAN}:1: flags: the questionnaire has no such text. Remove it or correct its name.`,
    expect.stringMatching(/^wellbeing-check\.v1\.fr\.json:1: column \d+: it is no JSON/),
  ]);
});

test('a text at a key with spaces and dots is told with its line, whether it is missing, needless or no text', async ({
  folder,
}) => {
  const value = 'By day, 9.30 on';
  await changed(folder, BASE, (file) => {
    const { schema } = wellbeing;
    const options = [value, 'At night', 'Never'].map((each) => ({ const: each, title: each }));
    const day_pattern = { ...schema.properties.day_pattern, oneOf: options };
    return { ...file, schema: { ...schema, properties: { ...schema.properties, day_pattern } } };
  });
  const { day_pattern } = german.questions ?? {};
  const withOptions = (options: object) => ({
    ...german,
    questions: { ...german.questions, day_pattern: { ...day_pattern, options } },
  });
  const text = JSON.stringify(withOptions({ [value]: 7, 'Not at all': 'Nie', 'At night': 'Nachts' }), undefined, 2);
  await writeFile(join(folder, GERMAN), text);
  const lineOf = (part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;
  const options = 'questions.day_pattern.options';
  expect(await problemsOf(folder)).toEqual([
    `${GERMAN}:${lineOf(value)}: ${options}."${value}": has to be a text. Correct it.`,
    `${GERMAN}:${lineOf('"options": {\n        "By')}: ${options}.Never: is missing. Translate "Never".`,
    expect.stringMatching(
      `^${GERMAN}:${lineOf('Not at all')}: ${options}\\."Not at all": the questionnaire has no such text`,
    ),
  ]);
});

test('one language in two files, and more than 50 languages, are refused', async ({ folder }) => {
  const write = (language: string) =>
    writeFile(join(folder, `wellbeing-check.v1.${language}.json`), JSON.stringify({ ...german, language }));
  await write('pt-BR');
  await write('pt-br');
  for (let number = 10; number < 60; number++) await write(`de-X${number}`);
  expect(await problemsOf(folder)).toEqual([
    'wellbeing-check.v1.json: texts in 53 languages, at most 50 are possible. Remove some.',
    'wellbeing-check.v1.pt-BR.json, wellbeing-check.v1.pt-br.json: all are one language. Keep one of them.',
  ]);
});

const PNG = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), Buffer.from('pixels')]);
const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.from('pixels')]);
const WEBP = Buffer.from('RIFF\0\0\0\0WEBPpixels', 'latin1');

/** Gives questions of the wellbeing check images of these names. */
async function withImages(folder: string, images: Record<string, string>, more: object = {}): Promise<void> {
  await changed(folder, BASE, (file) => {
    const { schema } = file as { schema: { properties: Record<string, object> } };
    const added = Object.entries(images).map(([id, name]) => [
      id,
      { ...schema.properties[id], 'x-image': { file: name, alt: 'A picture', ...more } },
    ]);
    return { ...file, schema: { ...schema, properties: { ...schema.properties, ...Object.fromEntries(added) } } };
  });
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The first version of the wellbeing check among these. */
const wellbeingOf = (versions: readonly QuestionnaireVersion[]): QuestionnaireContent =>
  versions.find(({ content }) => questionnaireId(content) === questionnaireId(wellbeing))?.content ?? wellbeing;

describe('images', () => {
  test('of each format are read, and the content has their hashes before its own is made', async ({ folder }) => {
    await rm(join(folder, GERMAN));
    await withImages(folder, { mood: 'a.png', stress: 'b.jpeg', energy: 'c.webp', rested: 'copy.png' });
    for (const [name, bytes] of Object.entries({ 'a.png': PNG, 'copy.png': PNG, 'b.jpeg': JPEG, 'c.webp': WEBP }))
      await writeFile(join(folder, 'images', name), bytes);
    const { versions, images } = await readQuestionnaireFolder(folder);
    expect(images.toSorted((a, b) => (a.type < b.type ? -1 : 1))).toEqual([
      { type: 'image/jpeg', sha256: sha256(JPEG), bytes: JPEG },
      { type: 'image/png', sha256: sha256(PNG), bytes: PNG },
      { type: 'image/webp', sha256: sha256(WEBP), bytes: WEBP },
    ]);
    const content = wellbeingOf(versions);
    expect(content.schema.properties['mood']?.['x-image']).toEqual({
      file: 'a.png',
      alt: 'A picture',
      sha256: sha256(PNG),
    });
    const before = contentHash(content);
    await writeFile(join(folder, 'images', 'a.png'), Buffer.concat([PNG, Buffer.from('!')]));
    const after = wellbeingOf((await readQuestionnaireFolder(folder)).versions);
    expect(contentHash(after)).not.toBe(before);
  });

  test.each([
    [
      'an SVG under another name',
      'a.png',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      /no PNG, JPEG or WebP/,
    ],
    ['an empty file', 'a.png', Buffer.alloc(0), /no PNG, JPEG or WebP/],
    ['a format under the name of another', 'a.jpg', PNG, /it is image\/png\. Correct its ending/],
    [
      'more than 500 KB',
      'a.png',
      Buffer.concat([PNG, Buffer.alloc(500 * 1024 - PNG.length + 1)]),
      /larger than 500 KB/,
    ],
  ])('%s is refused', async (_, name, bytes, problem) => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-questionnaires-'));
    await cp(join(ours, BASE), join(folder, BASE));
    await mkdir(join(folder, 'images'));
    await withImages(folder, { mood: name });
    await writeFile(join(folder, 'images', name), bytes);
    expect(await problemsOf(folder)).toEqual([expect.stringMatching(problem)]);
    await rm(folder, { recursive: true });
  });

  test('exactly 500 KB are accepted', async ({ folder }) => {
    await rm(join(folder, GERMAN));
    await withImages(folder, { mood: 'a.png' });
    await writeFile(join(folder, 'images', 'a.png'), Buffer.concat([PNG, Buffer.alloc(500 * 1024 - PNG.length)]));
    expect((await readQuestionnaireFolder(folder)).images).toHaveLength(1);
  });

  test('outside of the folder "images", of other endings, and with a hash in the file are refused', async ({
    folder,
  }) => {
    await rm(join(folder, GERMAN));
    await withImages(folder, { mood: '../secret.png', stress: 'a.svg' });
    const [first, second] = await problemsOf(folder);
    expect([first, second]).toEqual([
      expect.stringMatching(/properties\.stress\.x-image\.file: name a file of the folder "images"/),
      expect.stringMatching(/properties\.mood\.x-image\.file: name a file of the folder "images"/),
    ]);
    await cp(join(ours, BASE), join(folder, BASE));
    await withImages(folder, { mood: 'a.png' }, { sha256: 'a'.repeat(64) });
    await writeFile(join(folder, 'images', 'a.png'), PNG);
    expect(await problemsOf(folder)).toEqual([
      'wellbeing-check@1: schema.properties.mood.x-image.sha256: it is computed. Remove it.',
    ]);
  });

  test('more than 50 of one questionnaire are refused', async ({ folder }) => {
    await rm(join(folder, GERMAN));
    const ids = Object.keys(ipip.schema.properties).slice(0, 51);
    await changed(folder, 'ipip-neo-120.v1.json', (file) => {
      const { schema } = ipip;
      const added = ids.map((id, index) => [
        id,
        { ...schema.properties[id], 'x-image': { file: `${index}.png`, alt: 'A picture' } },
      ]);
      return { ...file, schema: { ...schema, properties: { ...schema.properties, ...Object.fromEntries(added) } } };
    });
    for (const index of ids.keys()) await writeFile(join(folder, 'images', `${index}.png`), PNG);
    expect(await problemsOf(folder)).toEqual(['ipip-neo-120@1: 51 images, at most 50 are possible. Remove some.']);
  });
});
