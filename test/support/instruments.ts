import { readFile } from 'node:fs/promises';
import { checkContent } from '../../src/entities/questionnaire-content.ts';
import type { QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';

const load = async (path: string): Promise<QuestionnaireContent> =>
  checkContent(
    JSON.parse(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8')),
    path.slice(path.lastIndexOf('/') + 1),
  );

/** Public instruments by slug. Those below test/ have their published keys, and placeholders for the texts of the items. */
export const instruments: ReadonlyMap<string, QuestionnaireContent> = new Map(
  (
    await Promise.all(
      [
        'questionnaires/mini-ipip.v1.json',
        'examples/questionnaires/phq-9.v1.json',
        'examples/questionnaires/gad-7.v1.json',
        'test/support/instruments/who-5.v1.json',
        'test/support/instruments/audit.v1.json',
        'test/support/instruments/dass-21.v1.json',
        'test/support/instruments/rosenberg.v1.json',
        'test/support/instruments/promis-10.v1.json',
      ].map(load),
    )
  ).map((content) => [content.slug, content]),
);

/** @throws Error for an unknown slug */
export function instrument(slug: string): QuestionnaireContent {
  const content = instruments.get(slug);
  if (!content) throw new Error(`no instrument is called ${slug}`);
  return content;
}
