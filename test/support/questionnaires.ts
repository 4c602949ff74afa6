import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readTextFiles } from '../../src/adapters/text-files.ts';
import { checkContent } from '../../src/entities/questionnaire-content.ts';
import type { QuestionnaireStore } from '../../src/adapters/database.ts';
import { questionnaireId, type QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import type { QuestionnaireVersion } from '../../src/entities/questionnaire-version.ts';

const folder = new URL('../../questionnaires/', import.meta.url);

/** The unchecked content of a questionnaire file, for tests that change it. */
export async function fileOf(name: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(name, folder), 'utf8'));
}

const load = async (name: string): Promise<QuestionnaireContent> => checkContent(await fileOf(name), name);

/** The id of the newest wellbeing check, which a submission without a version is for. */
export const newestWellbeing = 'wellbeing-check@2';

/** The first versions of two questionnaires that come with the program. */
export const wellbeing = await load('wellbeing-check.v1.json');
export const ipip = await load('ipip-neo-120.v1.json');

/** The texts that come with the program. */
export const texts = await readTextFiles(fileURLToPath(new URL('../../texts', import.meta.url)));

/** The wellbeing check with this image at its first question, as it is published. */
export function withImage(sha256: string): QuestionnaireContent {
  const [[id, question] = ['', undefined], ...others] = Object.entries(wellbeing.schema.properties);
  if (question === undefined) throw new Error('there is no question');
  const image = { file: 'image.png', alt: 'An image', sha256 };
  const properties = Object.fromEntries([[id, { ...question, 'x-image': image }], ...others]);
  return { ...wellbeing, schema: { ...wellbeing.schema, properties } };
}

/** Valid answers to the wellbeing check. */
export const wellbeingAnswers = {
  sleep_quality: 2,
  rested: 3,
  energy: 5,
  movement: 7,
  stress: 8,
  switch_off: 4,
  mood: 7,
  connection: 9,
  concentration: 6,
  day_pattern: 'caring',
  wishes: ['sleep', 'stress'],
  note: 'I have a small child.',
};

/** Answers to all 120 statements, by the number of the statement (0–119). */
export const ipipAnswers = (position: (index: number) => number): Record<string, number> =>
  Object.fromEntries(Object.keys(ipip.schema.properties).map((id, index) => [id, position(index)]));

/** Versions that are not withdrawn. */
export const versionsOf = (...contents: QuestionnaireContent[]): QuestionnaireVersion[] =>
  contents.map((content) => ({ content, withdrawn: false }));

/** A database with these versions. */
export const storeOf = (versions: () => QuestionnaireVersion[]): QuestionnaireStore => ({
  versions: async () => versions().map(({ content, withdrawn }) => ({ id: questionnaireId(content), withdrawn })),
  contents: async (ids) =>
    versions()
      .map(({ content }) => content)
      .filter((content) => ids.includes(questionnaireId(content))),
});
