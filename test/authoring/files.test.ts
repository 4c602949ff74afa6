import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { check } from '../../src/authoring/check.ts';
import { writeTemplate } from '../../src/authoring/template.ts';
import { tryVectors } from '../../src/authoring/vectors.ts';

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-authoring-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a new file is sound, has only texts to replace as a warning, and is never written over another', async () => {
  const folder = temporary();
  const path = await writeTemplate('my-trial', join(folder, 'made'));
  expect(path).toBe(join(folder, 'made', 'my-trial.v1.json'));
  const lines = await check([path]);
  expect(lines[0]).toBe('my-trial@1: en, 1 minute');
  expect(lines.filter((line) => line.includes('warning'))).toEqual([expect.stringContaining('"REPLACE:": 16')]);
  await writeFile(path, 'mine');
  await expect(writeTemplate('my-trial', join(folder, 'made'))).rejects.toMatchObject({
    name: 'StartError',
    problems: ['my-trial.v1.json: it is there already. Choose another slug, or raise the version in a copy of it.'],
  });
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test.each(['Trial', '../trial', 'a--b', '', 'x'.repeat(65)])(
  'a slug that is none is refused, and nothing is written: "%s"',
  async (slug) => {
    const folder = temporary();
    await expect(writeTemplate(slug, join(folder, 'made'))).rejects.toMatchObject({ name: 'StartError' });
    expect(await readdir(folder)).toEqual([]);
  },
);

test('a folder that can not be written is named', async () => {
  const folder = temporary();
  await writeFile(join(folder, 'file'), '');
  await expect(writeTemplate('trial', join(folder, 'file'))).rejects.toMatchObject({
    problems: [expect.stringMatching(/trial\.v1\.json: it can not be written/)],
  });
});

test('all problems of all files and folders are told at once', async () => {
  const folder = temporary();
  await mkdir(join(folder, 'more'));
  await writeFile(join(folder, 'one.v1.json'), '{"slug": "one",}');
  await writeFile(join(folder, 'more', 'two.v1.json'), '{\n"minutes": 0\n}');
  await writeFile(join(folder, 'three.v1.json'), Buffer.from('{"title": "Müde"}', 'latin1'));
  const paths = [
    join(folder, 'one.v1.json'),
    join(folder, 'more'),
    join(folder, 'three.v1.json'),
    join(folder, 'gone.v1.json'),
  ];
  await expect(check(paths)).rejects.toMatchObject({
    problems: expect.arrayContaining([
      expect.stringMatching(/^one\.v1\.json:1: column 16: it is no JSON/),
      expect.stringMatching(/^two\.v1\.json:2: minutes: /),
      'three.v1.json: it is not UTF-8. Save it as UTF-8.',
      expect.stringMatching(/^gone\.v1\.json: it can not be read \(ENOENT\)/),
    ]),
  });
});

test('a file of texts in another language is checked with its questionnaire, however it is named', async () => {
  const folder = temporary();
  const path = await writeTemplate('trial', folder);
  const german = join(folder, 'trial.v1.de.json');
  await writeFile(german, '{ "slug": "trial", "version": 1, "language": "de" }');
  for (const paths of [[path], [german], [path, german], [folder]])
    await expect(check(paths)).rejects.toMatchObject({
      problems: expect.arrayContaining([
        expect.stringMatching(/^trial\.v1\.de\.json:1: title: is missing\. Translate /),
      ]),
    });
});

test('problems of questionnaires, of their texts in further languages and of both beside the texts of the operator are told together, each with its line', async () => {
  const folder = temporary();
  const file = JSON.parse(await readFile(await writeTemplate('sound', folder), 'utf8'));
  const write = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value, undefined, 2));
  const flags = [{ id: 'calm', title: 'Never calm', if: { question: 'calm', equals: 0 } }];
  await write('flagged.v1.json', { ...file, slug: 'flagged', language: 'fi', scoring: { ...file.scoring, flags } });
  await write('sound.v1.de.json', { slug: 'sound', version: 1, language: 'de', title: 'Titel' });
  await write('broken.v1.json', { ...file, slug: 'broken', minutes: 0 });
  await write('broken.v1.de.json', { slug: 'broken', version: 1, language: 'de', title: 7 });
  await write('gone.v1.de.json', { slug: 'gone', version: 1, language: 'de' });
  const error: unknown = await check([folder]).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    problems: [
      expect.stringMatching(/^broken\.v1\.json:6: minutes: /),
      'broken.v1.de.json:5: title: has to be a text. Correct it.',
      'gone.v1.de.json: there is no questionnaire gone.v1.json. Add it, or correct the name of this file.',
      expect.stringMatching(/^sound\.v1\.de\.json:1: description: is missing\. Translate /),
      ...Array.from({ length: 4 }, () => expect.stringMatching(/^sound\.v1\.de\.json:1: /)),
      expect.stringMatching(/^flagged\.v1\.json:\d+: scoring\.flags: there are no help texts in the language "fi"/),
    ],
  });
  // The file alone, which is told with its texts as well.
  await expect(check([join(folder, 'broken.v1.json')])).rejects.toMatchObject({
    problems: [expect.stringContaining('minutes'), 'broken.v1.de.json:5: title: has to be a text. Correct it.'],
  });
});

test('a language that only an earlier version has is a warning', async () => {
  const folder = temporary();
  const questionnaires = new URL('../../questionnaires/', import.meta.url);
  for (const name of ['v1.json', 'v1.de.json', 'v2.json'].map((end) => `wellbeing-check.${end}`))
    await writeFile(join(folder, name), await readFile(new URL(name, questionnaires), 'utf8'));
  const warning =
    'warning: wellbeing-check@2: no texts in de, which an earlier version has. The command "translate" makes its file.';
  expect(await check([folder])).toContain(warning);
  const german = 'wellbeing-check.v2.de.json';
  await writeFile(join(folder, german), await readFile(new URL(german, questionnaires), 'utf8'));
  expect(await check([folder])).not.toContain(warning);
  expect((await check([folder])).filter((line) => line === '  further languages: de')).toHaveLength(2);
});

test('what the start refuses beside the texts of the operator, the check refuses too', async () => {
  const folder = temporary();
  const path = await writeTemplate('trial', folder);
  const file = JSON.parse(await readFile(path, 'utf8'));
  const flags = [{ id: 'calm', title: 'Never calm', if: { question: 'calm', equals: 0 } }];
  await writeFile(path, JSON.stringify({ ...file, language: 'fi', scoring: { ...file.scoring, flags } }));
  await mkdir(join(folder, 'texts'));
  for (const paths of [[path], [folder]])
    await expect(check(paths)).rejects.toMatchObject({
      problems: [
        expect.stringMatching(/^trial\.v1\.json:1: scoring\.flags: there are no help texts in the language "fi"/),
      ],
    });
  await expect(check([path], join(folder, 'texts'))).rejects.toMatchObject({ name: 'StartError' });
  const texts = await readFile(new URL('../../texts/en.json', import.meta.url), 'utf8');
  await writeFile(join(folder, 'texts', 'fi.json'), texts);
  expect((await check([path], join(folder, 'texts')))[0]).toBe('trial@1: fi, 1 minute');
});

test('files that belong to a questionnaire are no questionnaires, and told where it is missing', async () => {
  const folder = temporary();
  const path = await writeTemplate('trial', folder);
  const vectors = join(folder, 'trial.v1.vectors.json');
  await writeFile(vectors, '[]');
  await writeFile(join(folder, 'trial.v2.vectors.json'), '[]');
  expect((await check([path, vectors])).filter((line) => line.includes('trial@1'))).toHaveLength(1);
  expect(await check([folder])).toContain(
    'warning: trial.v2.vectors.json: there is no trial.v2.json beside it. Correct its name, or remove it.',
  );
  await writeFile(join(folder, 'trial.v2.de.json'), '{}');
  await expect(check([folder])).rejects.toMatchObject({
    problems: expect.arrayContaining([
      'trial.v2.de.json: there is no questionnaire trial.v2.json. Add it, or correct the name of this file.',
    ]),
  });
});

/** The template with test vectors. */
async function withVectors(vectors: unknown): Promise<string> {
  const folder = temporary();
  const path = await writeTemplate('trial', folder);
  await writeFile(
    join(folder, 'trial.v1.vectors.json'),
    typeof vectors === 'string' ? vectors : JSON.stringify(vectors, undefined, 2),
  );
  return path;
}

test('vectors hold where each member that they name is that of the score, and other members do not matter', async () => {
  const path = await withVectors([
    { title: 'the lowest', answers: { calm: 0, rested: 0 }, scores: { balance: { value: 0, level: 'LOW' } } },
    {
      answers: { calm: 2, rested: 2 },
      scores: { balance: { level: 'MEDIUM', raw: 50, band: 'mid', answered: 2, of: 2 } },
    },
    { answers: { rested: 4 }, scores: { balance: { value: 100 } } },
    { answers: {}, scores: { balance: null } },
    { answers: { calm: 1, rested: 1 }, scores: {} },
  ]);
  expect(await tryVectors(path)).toEqual({ name: 'trial.v1.vectors.json', count: 5, differences: [] });
});

test('an answer to a hidden question counts for no vector, as it would not be stored', async () => {
  const path = await withVectors([
    { answers: { calm: 0, rested: 4 }, scores: { balance: { value: 0, answered: 1, of: 2 } } },
    { answers: { calm: 2, rested: 4 }, scores: { balance: { value: 75, answered: 2, of: 2 } } },
  ]);
  const file = JSON.parse(await readFile(path, 'utf8'));
  file.schema.properties.rested['x-shown-if'] = { question: 'calm', above: 0 };
  file.scoring.areas[0].hidden = 'missing';
  await writeFile(path, JSON.stringify(file));
  expect((await tryVectors(path)).differences).toEqual([]);
});

test('the flags of a vector are all that hold for its answers, as they would be stored', async () => {
  const path = await withVectors([
    { answers: { calm: 0, rested: 0 }, scores: {}, flags: ['tense'] },
    { answers: { calm: 4, rested: 0 }, scores: {}, flags: [] },
    { answers: { calm: 0, rested: 0 }, scores: {} },
    { answers: { calm: 0, rested: 0 }, scores: {}, flags: [] },
    { answers: { calm: 4, rested: 0 }, scores: {}, flags: ['tense'] },
    { answers: { calm: 4, rested: 0 }, scores: {}, flags: ['tens'] },
  ]);
  const file = JSON.parse(await readFile(path, 'utf8'));
  file.scoring.flags = [{ id: 'tense', title: 'Never calm', if: { question: 'calm', equals: 0 } }];
  await writeFile(path, JSON.stringify(file));
  expect((await tryVectors(path)).differences).toEqual([
    expect.stringMatching(/vector 4: the flags that hold are \["tense"\], expected \[\]$/),
    expect.stringMatching(/vector 5: the flags that hold are \[\], expected \["tense"\]$/),
    expect.stringMatching(/vector 6: there is no flag "tens"\. Known: tense$/),
  ]);
});

test('each difference is told with its vector, its line, and both values', async () => {
  const path = await withVectors([
    { title: 'the lowest', answers: { calm: 0, rested: 1 }, scores: { balance: { value: 0, level: 'LOW' } } },
    { answers: { calm: 0, rested: 0 }, scores: { balance: { colour: 'low' }, other: { value: 1 } } },
    { answers: { calm: 0, rested: 0 }, scores: { balance: null } },
    { answers: {}, scores: { balance: { value: 0 } } },
    { answers: { calm: 5, clam: 1 }, scores: {} },
  ]);
  const { differences } = await tryVectors(path);
  const lines = (await readFile(path.replace('.json', '.vectors.json'), 'utf8')).split('\n');
  const starts = lines.flatMap((line, index) => (line === '  {' ? [index + 1] : []));
  const at = (vector: number) => `trial.v1.vectors.json:${starts[vector - 1]}: vector ${vector}`;
  expect(differences).toEqual([
    `${at(1)} "the lowest": balance.value is 12.5, expected 0`,
    `${at(2)}: a score has no "colour". Known: area, parent, title, value, level, raw, unit, minimum, maximum, band, norm, answered, of`,
    `${at(2)}: there is no area "other". Known: balance`,
    `${at(3)}: balance has a score, expected none`,
    `${at(4)}: balance.value is null, expected 0`,
    expect.stringContaining(`${at(5)}: answers/c`),
    expect.stringContaining(`${at(5)}: answers/c`),
  ]);
  expect(differences.join('\n')).toMatch(/answers\/calm: [^]*answers\/clam: |answers\/clam: [^]*answers\/calm: /);
});

test.each([
  ['no list', {}, /^trial\.v1\.vectors\.json:1: it must be a list/],
  ['an empty list', [], /^trial\.v1\.vectors\.json:1: it must have at least one entry/],
  ['too many', Array.from({ length: 1_001 }, () => ({ answers: {}, scores: {} })), /must have at most 1000 entries/],
  ['no answers', '[\n{"scores": {}}]', /^trial\.v1\.vectors\.json:2: 0\.answers must be an object/],
  ['a misspelt key', '[{"answers": {}, "scores": {},\n"score": {}}]', /0 unknown "score"\. Remove it\./],
  ['a score that is a number', [{ answers: {}, scores: { balance: 1 } }], /0\.scores\.balance must be an object/],
  ['no JSON', '[', /^trial\.v1\.vectors\.json:1: column 2: it is no JSON/],
])('a file of vectors is refused with its line: %s', async (_, vectors, problem) => {
  await expect(tryVectors(await withVectors(vectors))).rejects.toMatchObject({
    problems: [expect.stringMatching(problem)],
  });
});

test('a questionnaire without vectors is told which file is missing, where it belongs and what to write into it', async () => {
  const path = await writeTemplate('trial', temporary());
  await expect(tryVectors(path)).rejects.toMatchObject({
    problems: [
      'trial.v1.vectors.json: it is not there. Write it beside the questionnaire: a list of answers with their published ' +
        'scores (docs/QUESTIONNAIRES.md, "Test vectors").',
    ],
  });
});
