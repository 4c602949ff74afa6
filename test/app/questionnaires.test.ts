import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { problemsWith, readFiles } from '../../src/app/questionnaires.ts';
import type { Advice, QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { ipip, texts, versionsOf, wellbeing } from '../support/questionnaires.ts';
import { german } from '../support/translations.ts';

const filesOf = (...contents: QuestionnaireContent[]) => ({ versions: versionsOf(...contents), overlays: [] });

const flagged = (language: string): QuestionnaireContent => ({
  ...wellbeing,
  language,
  scoring: {
    ...wellbeing.scoring,
    flags: [{ id: 'mood', title: 'Very low mood', if: { question: 'mood', below: 2 } }],
  },
});

test('the questionnaires that come with the program have no problem beside their texts', async () => {
  expect(await problemsWith(texts, 'nowhere', filesOf(wellbeing, ipip))).toEqual([]);
});

test('a questionnaire with flags is refused by name without help texts in its language, and only then', async () => {
  expect(await problemsWith(texts, 'nowhere', filesOf(flagged('en-GB'), { ...wellbeing, language: 'fi' }))).toEqual([]);
  expect(await problemsWith(texts, 'nowhere', filesOf(flagged('fi')))).toEqual([
    'wellbeing-check.v1.json: scoring.flags: there are no help texts in the language "fi" (only de, en). ' +
      'Add fi.json to the folder of TEXTS_DIR.',
  ]);
});

const advised = (area: string, level: 'low' | 'mid' | 'high', change: Partial<Advice>): QuestionnaireContent => {
  const { [area]: own, ...others } = wellbeing.advice ?? {};
  if (own === undefined) throw new Error(`there is no advice for ${area}`);
  return { ...wellbeing, advice: { ...others, [area]: { ...own, [level]: { ...own[level], ...change } } } };
};

test.each([
  ['sleep', 'low', 'action', { action: 'Read [this](https://evil.example).' }],
  ['mood', 'mid', 'rationale', { rationale: 'See www.evil.example' }],
  ['energy', 'high', 'title', { title: '<b>Walk</b>' }],
  ['stress', 'high', 'action', { action: wellbeing.prompt.system }],
] as const)(
  'advice for %s at the level %s is refused for the %s that every result refuses',
  async (area, level, member, change) => {
    const problems = await problemsWith(texts, 'nowhere', filesOf(advised(area, level, change)));
    expect(problems).toEqual([
      expect.stringContaining(`wellbeing-check.v1.json: advice.${area}.${level}.${member}: the text `),
    ]);
  },
);

test('the start tells the problems of questionnaires and of their texts in further languages together', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'assay-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  write('wellbeing-check.v1.json', flagged('fi'));
  write('wellbeing-check.v1.de.json', { ...german, title: 7 });
  write('broken.v1.json', { ...wellbeing, slug: 'broken', minutes: 0 });
  await expect(readFiles({ questionnairesDir: folder, textsDir: undefined })).rejects.toMatchObject({
    problems: [
      expect.stringMatching(/^broken\.v1\.json:1: minutes: /),
      expect.stringMatching(/^wellbeing-check\.v1\.de\.json:1: title: has to be a text/),
      expect.stringMatching(/^wellbeing-check\.v1\.de\.json:1: flags: is missing/),
      expect.stringMatching(/^wellbeing-check\.v1\.json:1: scoring\.flags: there are no help texts/),
    ],
  });
});

test('a questionnaire without advice needs none', async () => {
  const { advice: _, ...without } = wellbeing;
  expect(await problemsWith(texts, 'nowhere', filesOf(without))).toEqual([]);
});

test('a problem of the texts in a further language names their file', async () => {
  const { mood } = german.advice ?? {};
  if (mood === undefined) throw new Error('there is no advice for mood');
  const advice = { ...german.advice, mood: { ...mood, low: { ...mood.low, title: '<b>Gehen</b>' } } };
  expect(
    await problemsWith(texts, 'nowhere', { versions: versionsOf(wellbeing), overlays: [{ ...german, advice }] }),
  ).toEqual([expect.stringContaining('wellbeing-check.v1.de.json: advice.mood.low.title: the text ')]);
  const overlays = [{ ...german, language: 'fi', flags: { mood: 'Mieliala' } }];
  expect(await problemsWith(texts, 'nowhere', { versions: versionsOf(flagged('en')), overlays })).toEqual([
    expect.stringContaining('wellbeing-check.v1.fi.json: flags: there are no help texts'),
  ]);
});
