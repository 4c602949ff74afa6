import { join } from 'node:path';
import { TO_REPLACE } from '../entities/marked-texts.ts';
import { checkContent } from '../entities/questionnaire-content.ts';
import { writeNewFile } from './new-file.ts';

/**
 * Writes a small sound questionnaire as the first version of the slug; resolves to the path.
 * @throws StartError for a slug that is none, a file that is there, a folder that can not be written
 */
export async function writeTemplate(slug: string, folder: string): Promise<string> {
  const name = `${slug}.v1.json`;
  const content = templateOf(slug);
  // Also keeps a slug with a path from leading out of the folder.
  checkContent(content, name);
  const path = join(folder, name);
  await writeNewFile(path, content, 'Choose another slug, or raise the version in a copy of it.');
  return path;
}

const text = (what: string): string => `${TO_REPLACE} ${what}`;

const scale = (title: string) => ({
  title: text(title),
  type: 'integer',
  minimum: 0,
  maximum: 4,
  'x-low': 'Never',
  'x-high': 'Always',
});

const advice = (level: string) => ({
  title: text(`a title for the level ${level}`),
  rationale: text(`why it helps at the level ${level}`),
  action: text(`one thing to do at the level ${level}`),
});

const templateOf = (slug: string) => ({
  slug,
  version: 1,
  title: text('the title that people see'),
  language: 'en',
  minutes: 1,
  description: text('what it asks and what it is for'),
  schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    additionalProperties: false,
    required: ['calm', 'rested'],
    properties: {
      calm: scale('the first question'),
      rested: scale('the second question'),
      note: { title: text('a question for free text'), type: 'string', maxLength: 1_000, 'x-multiline': true },
    },
  },
  pages: [{ title: text('the title of the page'), items: ['calm', 'rested', 'note'] }],
  scoring: {
    levels: { low: 40, high: 70 },
    areas: [{ id: 'balance', title: text('the title of the area'), items: ['calm', 'rested'] }],
  },
  prompt: {
    version: '1',
    system: 'You are a careful adviser. You give no diagnoses.',
    task: 'Give three recommendations that fit the answers, each with one small step for this week.',
  },
  advice: { balance: { low: advice('low'), mid: advice('middle'), high: advice('high') } },
});
