import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { answersCheck } from '../src/assessments/answers.ts';
import { keywordWords, type Part } from '../src/entities/keyword-words.ts';
import { checkContent, type QuestionnaireContent } from '../src/entities/questionnaire-content.ts';
import { formatSchema } from '../src/entities/questionnaire-format.ts';
import { checkOverlay } from '../src/entities/overlay-rules.ts';
import { heldFlags } from '../src/entities/help.ts';
import { shownAnswers } from '../src/entities/item.ts';
import { score } from '../src/entities/scoring.ts';
import { schemaCheck } from '../src/json-schema.ts';

const page = readFileSync(new URL('../docs/QUESTIONNAIRES.md', import.meta.url), 'utf8');

// oxlint-disable-next-line typescript/no-explicit-any -- examples are parts of a file
type Example = any;

const examples: { kind: string; value: Example }[] = [...page.matchAll(/^```json ?(.*)\n([\s\S]*?)^```$/gm)].map(
  ([, kind = '', text = '']) => ({
    kind,
    value: JSON.parse(text),
  }),
);
const example = (kind: string): Example => structuredClone(examples.find((each) => each.kind === kind)?.value);

const NAME = 'evening-check.v1.json';
const checked = (file: Example): QuestionnaireContent => checkContent(file, NAME);

/** The file of the page with one more question on a page of its own. */
function withQuestion(id: string, question: Example): Example {
  const file = example('file');
  file.schema.properties[id] = question;
  file.pages.push({ title: 'More', items: [id] });
  return file;
}

/** How each kind of example is checked. Each returns what is wrong; most throw. */
const checks: Record<string, (value: Example) => unknown> = {
  file: checked,
  question: (questions: object) =>
    Object.entries(questions).map(([id, question]) => checked(withQuestion(id, question))),
  condition: (condition) => checked(withQuestion('more', { title: 'More', type: 'boolean', 'x-shown-if': condition })),
  area: (area) => {
    const file = example('file');
    file.scoring.areas.push(area);
    file.advice[area.id] = file.advice.strain;
    return checked(file);
  },
  norms: (norms) => {
    const file = example('file');
    file.scoring.areas[0].norms = norms;
    return checked(file);
  },
  flags: (flags) => {
    const file = example('file');
    file.scoring.flags = flags;
    return checked(file);
  },
  overlay: (overlay) => checkOverlay(overlay, 'evening-check.v1.de.json', checked(example('file'))),
  answers: (answers) => {
    const issues = answersCheck(checked(example('file')))(answers);
    if (issues.length > 0) throw new Error(JSON.stringify(issues));
  },
  vectors: (vectors: { answers: object; scores: Record<string, object | null>; flags?: string[] }[]) => {
    for (const { answers, scores, flags } of vectors) {
      if (flags) expect(heldFlags(checked(example('file')), { ...answers }).map(({ id }) => id)).toEqual(flags);
      for (const { area, band, ...members } of score(checked(example('file')), { ...answers }))
        expect(members.raw === null ? null : { ...members, band: band?.key }).toEqual(
          scores[area] === null ? null : expect.objectContaining(scores[area] ?? {}),
        );
    }
  },
};

test.each(examples)('an example of docs/QUESTIONNAIRES.md passes the check: $kind', ({ kind, value }) => {
  expect(Object.keys(checks)).toContain(kind);
  expect(() => checks[kind]?.(value)).not.toThrow();
});

test('there is an example of each kind, and one whole file', () => {
  expect(examples.map(({ kind }) => kind).toSorted()).toEqual(Object.keys(checks).toSorted());
});

test('the file of the page fits the JSON Schema, and does what the page says', () => {
  expect(schemaCheck(formatSchema())(example('file'))).toEqual([]);
  const content = checked(example('file'));
  const none = { tired: 0, restless: 0, despair: 0 };
  expect(shownAnswers(content, { ...none, effort: 5 })).toEqual(none);
  expect(shownAnswers(content, { ...none, tired: 1, effort: 5 })).toHaveProperty('effort');
  expect(score(content, example('answers'))).toMatchObject([{ raw: 3, answered: 2, of: 3, band: { key: 'some' } }]);
});

/** The heading of each table. */
const HEADINGS: Record<Part, string> = {
  file: 'The file',
  schema: 'Questions',
  question: 'Questions',
  image: '',
  page: 'Pages and matrices',
  matrix: 'Pages and matrices',
  condition: 'Conditions',
  scoring: 'Scoring',
  area: 'Areas',
  band: 'Bands',
  norms: 'Norms',
  table: 'Norms',
  flag: 'Flags',
  prompt: 'Prompt',
  advice: 'Advice',
};

/** The rows of all tables under a heading. */
const rowsUnder = (heading: string): string[][] =>
  (page.split(`\n### ${heading}\n`)[1]?.split(/\n###? /)[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => line.split(/(?<!\\) \| /).map((cell) => cell.replace(/^\|/, '').trim()));

test.each(Object.entries(keywordWords).filter(([part]) => HEADINGS[part as Part] !== ''))(
  'docs/QUESTIONNAIRES.md has a line for each keyword, with the words of the JSON Schema: %s',
  (part, words) => {
    const rows = rowsUnder(HEADINGS[part as Part]);
    for (const [keyword, meaning] of Object.entries(words)) {
      const row = rows.find(([name, , text = '']) => name === `\`${keyword}\`` && text.startsWith(meaning));
      expect([keyword, row?.length]).toEqual([keyword, 3]);
    }
  },
);
