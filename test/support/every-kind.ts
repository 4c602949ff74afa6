import { checkContent } from '../../src/entities/questionnaire-content.ts';

const GRADES = [0, 1, 2, 3].map((value) => ({ const: value, title: `Grade ${value}` }));
/** A questionnaire with a question of every kind, in a language that runs from the right. */
export const everyKind = checkContent(
  {
    slug: 'kinds',
    version: 1,
    title: 'أنواع',
    language: 'ar',
    minutes: 1,
    description: 'All kinds.',
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      required: ['smokes', 'cigarettes', 'r1', 'r2', 'country'],
      properties: {
        smokes: { title: 'Do you smoke?', type: 'boolean' },
        cigarettes: {
          title: 'How many a day?',
          type: 'integer',
          minimum: 1,
          'x-unit': 'a day',
          'x-shown-if': { question: 'smokes', equals: true },
        },
        weight: { title: 'Weight', type: 'number', minimum: 20, maximum: 300, 'x-unit': 'kg' },
        born: { title: 'Born', type: 'string', format: 'date', 'x-not-future': true },
        mail: { title: 'E-mail', type: 'string', format: 'email' },
        code: { title: 'Postal code', type: 'string', maxLength: 9, pattern: '^\\d{5}$', 'x-form': 'five digits' },
        likes: { title: 'What you like', type: 'array', items: { type: 'string', maxLength: 20 }, maxItems: 3 },
        day: {
          title: 'Your day',
          type: 'string',
          oneOf: [
            { const: 'a', title: 'Early' },
            { const: 'b', title: 'Late' },
          ],
          'x-other': 'Another',
        },
        goals: {
          title: 'Goals',
          type: 'array',
          uniqueItems: true,
          maxItems: 2,
          items: { type: 'string', enum: ['one', 'two', 'three'] },
        },
        income: { title: 'Income', type: 'integer', minimum: 0, maximum: 10, 'x-prefer-not-to-say': true },
        country: { title: 'Country', type: 'string', enum: Array.from({ length: 14 }, (_, place) => `Land ${place}`) },
        r1: { title: 'First statement', type: 'integer', oneOf: GRADES },
        r2: { title: 'Second statement', type: 'integer', oneOf: GRADES },
        why: { title: 'Why?', type: 'string', maxLength: 100, 'x-multiline': true },
      },
    },
    pages: [
      { title: 'One', items: ['smokes', 'cigarettes', 'weight', 'born', 'mail', 'code', 'likes'] },
      { title: 'Two', shownIf: { question: 'smokes', equals: true }, items: ['why'] },
      { title: 'Three', items: ['day', 'goals', 'income', 'country', { title: 'Statements', items: ['r1', 'r2'] }] },
    ],
    scoring: { levels: { low: 40, high: 70 }, areas: [{ id: 'all', title: 'All', items: ['r1', 'r2'] }] },
    prompt: { version: '1', system: 'You help.', task: 'Help.' },
  },
  'kinds.v1.json',
);
