import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { check } from '../../src/authoring/check.ts';
import { translate } from '../../src/authoring/translate.ts';
import { readOverlayFile } from '../../src/adapters/questionnaire-files.ts';
import { textsOf } from '../../src/entities/overlay.ts';

// oxlint-disable-next-line typescript/no-explicit-any -- parts of files are changed
type Draft = any;

const SOURCES = { questionnaires: '../../questionnaires/', examples: '../../examples/questionnaires/' };

/** A copy of a file in a folder of its own; resolves to the folder. */
async function folderWith(...files: [keyof typeof SOURCES, string][]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-translate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [from, name] of files)
    await writeFile(join(folder, name), await readFile(new URL(SOURCES[from] + name, import.meta.url)));
  return folder;
}

const read = async (folder: string, name: string): Promise<Draft> =>
  JSON.parse(await readFile(join(folder, name), 'utf8'));

async function change(folder: string, name: string, to: string, edit: (file: Draft) => void): Promise<void> {
  const file = await read(folder, name);
  edit(file);
  await writeFile(join(folder, to), JSON.stringify(file, undefined, 2));
}

const leavesOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value
      ? Object.values(value).flatMap(leavesOf)
      : [];

const warningsOf = async (folder: string): Promise<string[]> =>
  (await check([folder])).filter((line) => line.includes('TRANSLATE:'));

test.each([
  ['questionnaires', 'wellbeing-check.v2'],
  ['questionnaires', 'ipip-neo-120.v2'],
  ['examples', 'phq-9.v1'],
] as const)(
  'the new file of %s/%s is sound, and has each text of the questionnaire behind the mark',
  async (from, id) => {
    const folder = await folderWith([from, `${id}.json`]);
    await translate(join(folder, `${id}.json`), 'de');
    const { content, overlay } = await readOverlayFile(join(folder, `${id}.de.json`));
    const { slug: _s, version: _v, language, source: _o, ...texts } = overlay;
    expect(language).toBe('de');
    expect(leavesOf(texts)).toEqual(leavesOf(textsOf(content)).map((text) => `TRANSLATE: ${text}`));
    expect(await warningsOf(folder)).toHaveLength(1);
  },
);

test('answers that several questions share are written once', async () => {
  const folder = await folderWith(['examples', 'phq-9.v1.json']);
  await translate(join(folder, 'phq-9.v1.json'), 'de');
  const { $defs, questions } = await read(folder, 'phq-9.v1.de.json');
  expect($defs).toEqual({
    answers1: {
      options: {
        0: 'TRANSLATE: Not at all',
        1: 'TRANSLATE: Several days',
        2: 'TRANSLATE: More than half the days',
        3: 'TRANSLATE: Nearly every day',
      },
    },
  });
  const refs = Object.values<Draft>(questions).map(({ $ref }) => $ref);
  expect(refs.filter((ref) => ref === '#/$defs/answers1')).toHaveLength(9);
});

test('the check names the texts that are not translated, with their lines, until there are none', async () => {
  const folder = await folderWith(
    ['questionnaires', 'wellbeing-check.v1.json'],
    ['questionnaires', 'wellbeing-check.v1.de.json'],
  );
  expect(await warningsOf(folder)).toEqual([]);
  await change(folder, 'wellbeing-check.v1.de.json', 'wellbeing-check.v1.de.json', (file) => {
    file.title = 'TRANSLATE: Wellbeing check';
    file.pages[1].title = 'TRANSLATE: Balance';
  });
  const lines = (await readFile(join(folder, 'wellbeing-check.v1.de.json'), 'utf8')).split('\n');
  const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
  const warning =
    'warning: wellbeing-check.v1.de.json: texts that begin with "TRANSLATE:": 2. Translate them: ' +
    `title (line ${lineOf('TRANSLATE: Wellbeing')}), pages.1.title (line ${lineOf('TRANSLATE: Balance')}).`;
  expect(await warningsOf(folder)).toEqual([warning]);
  expect(await check([join(folder, 'wellbeing-check.v1.json')])).toContain(warning);
});

test('a text that fills its place is cut, so that the file is sound', async () => {
  const folder = await folderWith(['questionnaires', 'wellbeing-check.v1.json']);
  const name = 'wellbeing-check.v1.json';
  await change(folder, name, name, (file) => {
    file.title = 'x'.repeat(200);
    file.scoring.areas[0].unit = 'percentage points';
    Object.assign(file.scoring.areas[0], { value: 'mean' });
  });
  await translate(join(folder, name), 'fr');
  const { overlay } = await readOverlayFile(join(folder, 'wellbeing-check.v1.fr.json'));
  expect(overlay.title).toBe(`TRANSLATE: ${'x'.repeat(188)}…`);
  expect(overlay.areas?.sleep?.unit).toBe('TRANSLATE: percenta…');
});

test('a translation of an earlier version is taken where the original is unchanged, also on a page that has moved', async () => {
  const folder = await folderWith(
    ['questionnaires', 'wellbeing-check.v1.json'],
    ['questionnaires', 'wellbeing-check.v1.de.json'],
  );
  await change(folder, 'wellbeing-check.v1.de.json', 'wellbeing-check.v1.de.json', (file) => {
    file.description = 'TRANSLATE: a text that nobody has translated';
    file.prompt = { task: 'Auf Deutsch.' };
  });
  const old = await read(folder, 'wellbeing-check.v1.de.json');
  await change(folder, 'wellbeing-check.v1.json', 'wellbeing-check.v7.json', (file) => {
    file.version = 7;
    file.schema.properties.mood.title = 'How is your mood?';
    file.pages.unshift({ title: 'Before the rest', items: [file.pages[0].items.shift()] });
  });
  const said = await translate(join(folder, 'wellbeing-check.v7.json'), 'de');
  const made = await read(folder, 'wellbeing-check.v7.de.json');
  expect(leavesOf(made).filter((text) => text.startsWith('TRANSLATE:'))).toEqual([
    expect.stringMatching(/^TRANSLATE: [^a]/),
    'TRANSLATE: How is your mood?',
    'TRANSLATE: Before the rest',
  ]);
  expect(said).toBe(
    `${join(folder, 'wellbeing-check.v7.de.json')} was written. Texts that begin with "TRANSLATE:": 3. ` +
      'The others are those of wellbeing-check.v1.de.json.',
  );
  expect(made).toMatchObject({ source: old.source, areas: old.areas, advice: old.advice, prompt: old.prompt });
  expect(made.pages.slice(1)).toEqual(old.pages);
  expect(made.questions.mood['x-low']).toBe(old.questions.mood['x-low']);
});

test('the newest of the earlier versions counts, of this language only, and an unsound one is told', async () => {
  const folder = await folderWith(
    ['questionnaires', 'wellbeing-check.v1.json'],
    ['questionnaires', 'wellbeing-check.v1.de.json'],
  );
  for (const version of [2, 3])
    await change(
      folder,
      'wellbeing-check.v1.json',
      `wellbeing-check.v${version}.json`,
      (file) => (file.version = version),
    );
  await change(folder, 'wellbeing-check.v1.de.json', 'wellbeing-check.v2.de.json', (file) => {
    file.version = 2;
    file.title = 'Aus der zweiten';
  });
  expect(await translate(join(folder, 'wellbeing-check.v3.json'), 'fr')).not.toContain('The others');
  expect(await translate(join(folder, 'wellbeing-check.v3.json'), 'de')).toContain(
    'Texts that begin with "TRANSLATE:": 0. The others are those of wellbeing-check.v2.de.json.',
  );
  expect(await read(folder, 'wellbeing-check.v3.de.json')).toMatchObject({ version: 3, title: 'Aus der zweiten' });
  await rmFile(folder, 'wellbeing-check.v3.de.json');
  await change(folder, 'wellbeing-check.v2.de.json', 'wellbeing-check.v2.de.json', (file) => delete file.title);
  await expect(translate(join(folder, 'wellbeing-check.v3.json'), 'de')).rejects.toMatchObject({
    problems: [expect.stringMatching(/^wellbeing-check\.v2\.de\.json:\d+: title: is missing/)],
  });
});

const rmFile = async (folder: string, name: string): Promise<void> => rmSync(join(folder, name));

test('a file that is there is not written over', async () => {
  const folder = await folderWith(['questionnaires', 'wellbeing-check.v1.json']);
  await writeFile(join(folder, 'wellbeing-check.v1.de.json'), 'mine');
  await expect(translate(join(folder, 'wellbeing-check.v1.json'), 'de')).rejects.toMatchObject({
    name: 'StartError',
    problems: [
      'wellbeing-check.v1.de.json: it is there already. Translate what "check" names in it, or remove it first.',
    ],
  });
  expect(await readFile(join(folder, 'wellbeing-check.v1.de.json'), 'utf8')).toBe('mine');
});

test.each([
  ['deutsch', '"deutsch" is the tag of no known language. Use one such as "de" or "pt-BR".'],
  ['xx', '"xx" is the tag of no known language. Use one such as "de" or "pt-BR".'],
  ['de-XX', '"de-XX" is the tag of no known language. Use one such as "de" or "pt-BR".'],
  ['DE', '"DE" is the tag of no known language. Use one such as "de" or "pt-BR".'],
  ['../de', '"../de" is the tag of no known language. Use one such as "de" or "pt-BR".'],
  ['', '"" is the tag of no known language. Use one such as "de" or "pt-BR".'],
  ['en', '"en" is the questionnaire\'s own language. Name another one.'],
])('the language "%s" is refused by its name, and nothing is written', async (language, problem) => {
  const folder = await folderWith(['questionnaires', 'wellbeing-check.v1.json']);
  await expect(translate(join(folder, 'wellbeing-check.v1.json'), language)).rejects.toMatchObject({
    problems: [problem],
  });
  expect(await readdir(folder)).toEqual(['wellbeing-check.v1.json']);
});

test.each(['pt-BR', 'zh-Hant', 'gsw', 'sr-Latn'])('the language %s is known', async (language) => {
  const folder = await folderWith(['questionnaires', 'wellbeing-check.v1.json']);
  await translate(join(folder, 'wellbeing-check.v1.json'), language);
  expect(await readdir(folder)).toContain(`wellbeing-check.v1.${language}.json`);
});
