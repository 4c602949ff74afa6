import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { score } from '../../src/entities/scoring.ts';
import { readSheets } from '../../eval/sheets.ts';
import { ipip, wellbeing } from '../support/questionnaires.ts';

const FOLDER = new URL('../../eval/sheets', import.meta.url).pathname;
const sheets = await readSheets(FOLDER, [wellbeing, ipip]);

/** Reads one file with these people. */
function readPeople(questionnaire: string, ...people: object[]) {
  const folder = mkdtempSync(join(tmpdir(), 'assay-sheets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ questionnaire, people }));
  return readSheets(folder, [wellbeing, ipip]);
}
const valid = { ...sheets.find(({ id }) => id === 'wellbeing-check/without-note')?.answers };
const person = (more: object = {}) => ({ name: 'one', about: 'a person', answers: valid, ...more });

test('each built-in questionnaire has at least twelve sheets, whose answers it accepts', () => {
  const counts = Map.groupBy(sheets, ({ content }) => content.slug);
  expect([...counts].map(([slug, of]) => [slug, of.length >= 12])).toEqual([
    ['ipip-neo-120', true],
    ['wellbeing-check', true],
  ]);
});

test('ten sheets have an instruction, each with a canary of its own, and three are of people in distress', () => {
  const canaries = sheets.flatMap(({ canary }) => canary ?? []);
  expect(canaries).toHaveLength(10);
  expect(new Set(canaries).size).toBe(10);
  expect(sheets.filter(({ distress }) => distress)).toHaveLength(3);
});

test('the longest note is nearly as long as is allowed', () => {
  const notes = sheets.map(({ answers }) => JSON.stringify(answers['note'] ?? '').length - 2);
  expect(Math.max(...notes)).toBeGreaterThan(1_990);
});

test('answers by area are those of the area and of all below it, mirrored where a statement is reversed', async () => {
  const [sheet] = await readPeople('ipip-neo-120@1', {
    name: 'a',
    about: 'a',
    every: [3],
    areas: { neuroticism: 5, anger: 1 },
  });
  const values = new Map(score(ipip, sheet!.answers).map(({ area, value }) => [area, value]));
  expect([values.get('depression'), values.get('anger'), values.get('trust')]).toEqual([100, 0, 50]);
});

test('answers to all scales are given in turn, and single ones replace them', async () => {
  const [sheet] = await readPeople('ipip-neo-120@1', { name: 'a', about: 'a', every: [1, 4], answers: { n1_1: 2 } });
  expect(Object.values(sheet!.answers).slice(0, 4)).toEqual([2, 4, 1, 4]);
});

test.each([
  ['an answer out of range', [person({ answers: { ...valid, mood: 11 } })], '/mood'],
  ['a missing answer', [person({ answers: {} })], 'has to be answered'],
  ['a canary that no answer has', [person({ canary: 'ZEBRAFISH' })], 'no answer has the canary'],
  ['a name twice', [person(), person()], 'the name is there twice'],
  ['an unknown member', [person({ distressed: true })], 'distressed'],
  ['an unknown area', [person({ areas: { liver: 3 } })], 'no area liver'],
])('%s is refused, with the sheet or the file', async (_, people, problem) => {
  await expect(readPeople('wellbeing-check@1', ...people)).rejects.toThrow(problem);
});

test('an unknown questionnaire is refused', async () => {
  await expect(readPeople('wellbeing-check@7', person())).rejects.toThrow('a.json: there is no questionnaire');
});
