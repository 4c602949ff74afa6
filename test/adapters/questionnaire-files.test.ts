import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test as base } from 'vitest';
import { readQuestionnaireFiles } from '../../src/adapters/questionnaire-files.ts';
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
  expect((await readQuestionnaireFiles(folder)).map(questionnaireId)).toEqual([
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
  await writeFile(path, JSON.stringify({ ...file, minutes: 0, language: 'English' }));
  await writeFile(join(folder, 'broken.v1.json'), '{"slug": ');
  await writeFile(join(folder, 'empty.v1.json'), '{}');
  const problems = await problemsOf(folder);
  expect(problems).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^broken\.v1\.json: it cannot be read as JSON/),
      expect.stringMatching(/^empty\.v1\.json: slug/),
      expect.stringMatching(/^wellbeing-check\.v1\.json: minutes/),
      expect.stringMatching(/^wellbeing-check\.v1\.json: language: use a language tag/),
    ]),
  );
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
