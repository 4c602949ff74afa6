import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readQuestionnaireFiles, readQuestionnaireFolder } from '../../src/adapters/questionnaire-files.ts';
import { TO_TRANSLATE } from '../../src/entities/marked-texts.ts';
import { questionnaireId } from '../../src/entities/questionnaire-content.ts';
import { scalesOf, score } from '../../src/entities/scoring.ts';
import { fileOf, newestWellbeing, wellbeing, wellbeingAnswers } from '../support/questionnaires.ts';

const folderOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const contentsOf = async (path: string) => (await readQuestionnaireFiles(folderOf(path))).map(({ content }) => content);
const contents = await contentsOf('questionnaires');
const newest = [...Map.groupBy(contents, ({ slug }) => slug).values()].flatMap((versions) => versions.at(-1) ?? []);

test('the newest version of each questionnaire says where it comes from, and what each area is', () => {
  for (const content of newest) {
    expect(content.summary).toBeTruthy();
    expect(content.source).toBeTruthy();
    for (const { area, bands } of scalesOf(content)) {
      expect([content.slug, area.id, Object.keys(area)]).toEqual([
        content.slug,
        area.id,
        expect.arrayContaining(['description', 'lowPole', 'highPole', 'reading']),
      ]);
      expect(bands.length).toBeGreaterThan(0);
    }
  }
});

test('the constant for the newest wellbeing check is true', () => {
  expect(newest.map(questionnaireId)).toContain(newestWellbeing);
});

test('a new version asks the same questions, and scores them alike', async () => {
  for (const { slug, version, ...content } of newest.filter((each) => each.version > 1)) {
    const before = contents.find((each) => each.slug === slug && each.version === version - 1);
    expect([content.schema, content.pages, content.prompt, content.advice]).toEqual([
      before?.schema,
      before?.pages,
      before?.prompt,
      before?.advice,
    ]);
    expect(content.scoring.areas.map(({ items, reverse, parent }) => [items, reverse, parent])).toEqual(
      before?.scoring.areas.map(({ items, reverse, parent }) => [items, reverse, parent]),
    );
  }
  const after = contents.find((content) => questionnaireId(content) === newestWellbeing);
  const levels = (scored: ReturnType<typeof score>) => scored.map(({ area, level }) => [area, level]);
  expect(after && levels(score(after, wellbeingAnswers))).toEqual(levels(score(wellbeing, wellbeingAnswers)));
});

test('the examples are sound, name their terms, and are not offered', async () => {
  const examples = await contentsOf('examples/questionnaires');
  expect(examples.map(questionnaireId)).toEqual(['gad-7@1', 'phq-9@1']);
  for (const { source } of examples)
    expect(source).toContain('No permission required to reproduce, translate, display or distribute.');
  const offered = new Set(contents.map(({ slug }) => slug));
  expect(examples.filter(({ slug }) => offered.has(slug))).toEqual([]);
});

test('the texts of the examples in further languages are sound, and translated', async () => {
  const { overlays, problems } = await readQuestionnaireFolder(folderOf('examples/questionnaires'));
  expect([problems, overlays.map((one) => `${questionnaireId(one)} ${one.language}`)]).toEqual([[], ['phq-9@1 de']]);
  for (const overlay of overlays) {
    expect(overlay.source).toBeTruthy();
    expect(JSON.stringify(overlay)).not.toContain(TO_TRANSLATE);
  }
});

test('the placeholders of the fixtures name no item', async () => {
  const names = await readdir(folderOf('test/support/instruments'));
  expect(names).toHaveLength(5);
  for (const name of names) {
    const text = JSON.stringify(await fileOf(`../test/support/instruments/${name}`));
    const titles = [...text.matchAll(/"q\d+":\{"title":"([^"]*)"/g)].map(([, title]) => title);
    expect(titles.length).toBeGreaterThanOrEqual(5);
    for (const title of titles) expect(title).toMatch(/^Item \d+$/);
  }
});
