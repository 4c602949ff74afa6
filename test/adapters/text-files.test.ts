import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test as base } from 'vitest';
import { readTextFiles } from '../../src/adapters/text-files.ts';
import { StartError } from '../../src/own-error.ts';
import { texts } from '../support/questionnaires.ts';

const test = base.extend<{ folder: string }>({
  // oxlint-disable-next-line no-empty-pattern -- the library reads the names of what is needed
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'assay-texts-'));
    await use(folder);
    await rm(folder, { recursive: true });
  },
});

async function problemsOf(folder: string): Promise<readonly string[]> {
  const error: unknown = await readTextFiles(folder).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StartError);
  return error instanceof StartError ? error.problems : [];
}

test('each file is the texts of the language that its name says', async ({ folder }) => {
  await writeFile(join(folder, 'pt-BR.json'), JSON.stringify(texts.get('en')));
  await writeFile(join(folder, 'README.md'), 'no texts');
  expect([...(await readTextFiles(folder))]).toEqual([['pt-BR', texts.get('en')]]);
});

test('all problems of all files are told, each with its path', async ({ folder }) => {
  await writeFile(join(folder, 'de.json'), '{');
  await writeFile(join(folder, 'en.json'), '{"help": 1}');
  await writeFile(join(folder, 'english.json'), JSON.stringify(texts.get('en')));
  await writeFile(join(folder, 'fr.json'), ' ');
  const problems = await problemsOf(folder);
  for (const part of [
    'de.json: it cannot be read as JSON',
    'en.json: help: has to be an object',
    'english.json: the name is no',
    'fr.json: it is empty',
  ])
    expect(problems.filter((problem) => problem.startsWith(join(folder, part)))).toHaveLength(1);
});

test('an empty folder, and none, are told by their name', async ({ folder }) => {
  expect(await problemsOf(folder)).toEqual([expect.stringContaining(`${folder}: there have to be`)]);
  expect(await problemsOf(join(folder, 'gone'))).toEqual([expect.stringContaining('gone: the folder cannot be read')]);
});
