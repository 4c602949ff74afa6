import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test as base } from 'vitest';
import {
  readQuestionnaireFile,
  readQuestionnaireFiles,
  readQuestionnaireFolder,
} from '../../src/adapters/questionnaire-files.ts';
import { questionnaireId } from '../../src/entities/questionnaire-content.ts';
import { StartError } from '../../src/own-error.ts';

const ours = fileURLToPath(new URL('../../questionnaires', import.meta.url));

/** A copy of our folder, to be spoilt. */
const test = base.extend<{ folder: string }>({
  // oxlint-disable-next-line no-empty-pattern -- the library reads the names of what is needed
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-questionnaires-'));
    await cp(ours, folder, { recursive: true });
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

async function problemsOf(folder: string): Promise<readonly string[]> {
  const error: unknown = await readQuestionnaireFiles(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StartError);
  return error instanceof StartError ? error.problems : [];
}

test('the files that come with the program are sound, and sorted by slug and version', async ({ folder }) => {
  const file = JSON.parse(await readFile(join(folder, 'wellbeing-check.v1.json'), 'utf8'));
  for (const version of [2, 10]) {
    await writeFile(join(folder, `wellbeing-check.v${version}.json`), JSON.stringify({ ...file, version }));
  }
  await writeFile(join(folder, 'README.md'), 'no questionnaire');
  expect((await readQuestionnaireFiles(folder)).map(({ content }) => questionnaireId(content))).toEqual([
    'ipip-neo-120@1',
    'ipip-neo-120@2',
    'mini-ipip@1',
    'wellbeing-check@1',
    'wellbeing-check@2',
    'wellbeing-check@10',
  ]);
});

test('all problems of all files are told at once', async ({ folder }) => {
  const path = join(folder, 'wellbeing-check.v1.json');
  const file = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...file, minutes: 0, language: 'English' }, undefined, 2));
  await writeFile(join(folder, 'broken.v1.json'), '{"slug": ');
  await writeFile(join(folder, 'empty.v1.json'), '{}');
  const problems = await problemsOf(folder);
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^broken\.v1\.json:1: column 10: it is no JSON/),
      expect.stringMatching(/^empty\.v1\.json:1: slug: /),
      expect.stringMatching(/^wellbeing-check\.v1\.json:6: minutes: /),
      expect.stringMatching(/^wellbeing-check\.v1\.json:5: language: use a language tag/),
    ]),
  );
});

test('a file with thousands of problems tells the first 100, each with its line', async ({ folder }) => {
  const file = JSON.parse(await readFile(join(folder, 'wellbeing-check.v1.de.json'), 'utf8'));
  const needless = Object.fromEntries(Array.from({ length: 50_000 }, (_, number) => [`no_${number}`, 0]));
  await writeFile(join(folder, 'wellbeing-check.v1.de.json'), JSON.stringify({ ...file, ...needless }));
  const line = expect.stringMatching(/^wellbeing-check\.v1\.de\.json:1: no_\d+: the questionnaire has no such text/);
  expect((await readQuestionnaireFolder(folder)).problems).toEqual(Array.from({ length: 100 }, () => line));
});

test('one version in two files is refused', async ({ folder }) => {
  await cp(join(folder, 'wellbeing-check.v1.json'), join(folder, 'wellbeing-check.v2.json'));
  expect(await problemsOf(folder)).toContain(
    'wellbeing-check.v1.json, wellbeing-check.v2.json: all have the id wellbeing-check@1. Raise the version of the newer one.',
  );
});

test('a folder that is not there, or empty, is refused with what to do', async ({ folder }) => {
  expect(await problemsOf(join(folder, 'missing'))).toEqual([expect.stringMatching(/Create it or correct its name/)]);
  await rm(folder, { recursive: true });
  await mkdir(folder);
  expect(await problemsOf(folder)).toEqual([expect.stringMatching(/there is no questionnaire/)]);
});

test('a problem names the line of its place in the file', async ({ folder }) => {
  const path = join(folder, 'wellbeing-check.v1.json');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('"version": 1', '"version": 3'));
  expect(await problemsOf(folder)).toEqual([
    expect.stringMatching(/^wellbeing-check\.v1\.json:3: version: slug and version call for the name/),
  ]);
  await writeFile(path, text.replace('"minutes":', '"minute":'));
  expect(await problemsOf(folder)).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^wellbeing-check\.v1\.json:1: minutes: /),
      expect.stringContaining('unknown minute'),
    ]),
  );
  const changed = text.replace(/("id": "sleep",[^[]*\[)/, '$1"nothing",');
  await writeFile(path, changed);
  const line = changed.slice(0, changed.indexOf('"id": "sleep"')).split('\n').length - 1;
  expect(changed.split('\n')[line - 1]?.trim()).toBe('{');
  expect(await problemsOf(folder)).toEqual([
    expect.stringMatching(`^wellbeing-check\\.v1\\.json:${line}: scoring\\.areas\\.sleep: `),
  ]);
});

test('keys of the file are no part of the content, and are checked', async ({ folder }) => {
  const path = join(folder, 'wellbeing-check.v1.json');
  const file = JSON.parse(await readFile(path, 'utf8'));
  const plain = await readQuestionnaireFile(path);
  expect(plain.withdrawn).toBe(false);
  await writeFile(path, JSON.stringify({ $schema: './format.schema.json', withdrawn: true, ...file }));
  expect(await readQuestionnaireFile(path)).toEqual({ content: plain.content, withdrawn: true });
  await writeFile(path, JSON.stringify({ withdrawn: false, ...file }));
  expect(await readQuestionnaireFile(path)).toEqual(plain);
  await writeFile(path, JSON.stringify({ ...file, minutes: 0, $schema: 1, withdrawn: 'yes' }, undefined, 2));
  expect(await problemsOf(folder)).toEqual([
    expect.stringMatching(/^wellbeing-check\.v1\.json:\d+: \$schema: must be a text/),
    expect.stringMatching(/^wellbeing-check\.v1\.json:\d+: withdrawn: must be true or false/),
    expect.stringMatching(/^wellbeing-check\.v1\.json:6: minutes: /),
  ]);
});

test('files of test vectors and of other languages are no questionnaires, and any other name is refused', async ({
  folder,
}) => {
  for (const name of ['vectors', 'de', 'pt-BR'])
    await writeFile(join(folder, `wellbeing-check.v1.${name}.json`), 'read by others');
  expect(await readQuestionnaireFiles(folder)).toHaveLength(5);
  for (const name of ['Trial.v1.json', 'trial.json', 'trial.v01.json', 'trial.v1.vector.json', 'trial.v1.json.json'])
    await writeFile(join(folder, name), '{}');
  const problems = await problemsOf(folder);
  expect(problems).toHaveLength(5);
  expect(problems).toContain(
    'trial.json: its name is not <slug>.v<version>.json. Rename it, or put it into another folder.',
  );
});

test('files that are too large, too many, or no files are refused', async ({ folder }) => {
  await writeFile(join(folder, 'large.v1.json'), ' '.repeat(1024 * 1024 + 1));
  await mkdir(join(folder, 'folder.v1.json'));
  await symlink(join(folder, 'gone'), join(folder, 'link.v1.json'));
  expect(await problemsOf(folder)).toEqual([
    'folder.v1.json: it is no file. Rename or remove it.',
    'large.v1.json: it has 1048577 bytes, at most 1048576 are possible. Shorten it.',
    'link.v1.json: it can not be read (ENOENT). Correct its name or its rights.',
  ]);
  for (let version = 1; version <= 1_000; version++) await writeFile(join(folder, `many.v${version}.json`), '{}');
  expect(await problemsOf(folder)).toEqual([
    expect.stringMatching(/: 1008 questionnaires, at most 1000 are possible\./),
  ]);
});

test('the folder has the name that the caller gives it', async ({ folder }) => {
  await expect(readQuestionnaireFiles(join(folder, 'missing'), 'SOME_DIR')).rejects.toMatchObject({
    problems: ['SOME_DIR: the folder cannot be read. Create it or correct its name.'],
  });
});
