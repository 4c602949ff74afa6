import { conditionProblems } from './condition-rules.ts';
import { itemOf, questionKeys, type QuestionItem } from './item.ts';
import type { Matrix, QuestionnaireContent } from './questionnaire-shape.ts';
import { repeated } from './repeated.ts';
import { scoringProblems } from './scoring-rules.ts';

/** Problems between the well-formed parts of a questionnaire. Empty if there are none. */
export function problemsBetweenParts(content: QuestionnaireContent): string[] {
  const ofForm = [...schemaProblems(content), ...pageProblems(content)];
  // Conditions and scores need the order and the answers of the questions.
  if (ofForm.length > 0) return [...ofForm, ...scoringProblems(content), ...adviceProblems(content)];
  return [...conditionProblems(content), ...scoringProblems(content), ...adviceProblems(content)];
}

// Answers with more keys are refused before the schema is asked (assessments/storage-issues.ts).
const questionsMax = 500;

function* schemaProblems({ schema }: QuestionnaireContent) {
  const count = Object.keys(schema.properties).length;
  if (count > questionsMax)
    yield `schema.properties: ${count} questions, at most ${questionsMax} are possible. Split it.`;
  for (const [name, question] of Object.entries(schema.properties)) {
    const item = itemOf(name, question, schema.required.includes(name));
    if ('problem' in item) yield `schema.properties.${name}: ${item.problem}`;
  }
  for (const name of schema.required) {
    if (!Object.hasOwn(schema.properties, name)) {
      yield `schema.required: there is no question ${name}. Remove it or correct its name.`;
    }
  }
  for (const name of repeated(schema.required)) yield `schema.required: ${name} is named twice. Remove one.`;
}

function* pageProblems(content: QuestionnaireContent) {
  const { schema, pages } = content;
  const shown = questionKeys(content);
  for (const name of repeated(shown)) yield `pages: ${name} is shown twice. Remove it from one place.`;
  const names = new Set(shown);
  for (const name of names) {
    if (!Object.hasOwn(schema.properties, name))
      yield `pages: there is no question ${name}. Remove it or correct its name.`;
  }
  for (const name of Object.keys(schema.properties)) {
    if (!names.has(name)) yield `pages: the question ${name} is on no page. Add it to one.`;
  }
  for (const [page, { items }] of pages.entries()) {
    for (const [place, item] of items.entries()) {
      if (typeof item !== 'string' && item.items.every((name) => Object.hasOwn(schema.properties, name)))
        yield* matrixProblems(`pages.${page}.items.${place}`, item, schema);
    }
  }
}

/** The columns of a table stand above all its rows. */
function* matrixProblems(where: string, { items }: Matrix, { properties, required }: QuestionnaireContent['schema']) {
  const rows = items.flatMap((name) => {
    const question = properties[name];
    return question ? [itemOf(name, question, required.includes(name))] : [];
  });
  const [first] = rows;
  if (!first || rows.some((row) => 'problem' in row)) return;
  for (const row of rows as QuestionItem[]) {
    if (row.kind !== 'scale' && row.kind !== 'choice')
      yield `${where}: ${row.key} is no row of a matrix. Make it a choice or a short scale, or take it out of the matrix.`;
    else if (JSON.stringify(answersOf(row)) !== JSON.stringify(answersOf(first as QuestionItem)))
      yield `${where}: ${row.key} has other answers than ${items[0]}. Give all rows the same, by one "$ref" for example.`;
  }
}

function answersOf(item: QuestionItem): unknown {
  if (item.kind === 'choice') return [item.options, item.other, item.canDecline];
  return item.kind === 'scale' ? [item.minimum, item.maximum, item.low, item.high, item.canDecline] : item.kind;
}

function* adviceProblems({ scoring, advice }: QuestionnaireContent) {
  if (advice === undefined) return;
  const ids = new Set(scoring.areas.map((area) => area.id));
  for (const id of Object.keys(advice)) {
    if (!ids.has(id)) yield `advice: there is no area ${id}. Remove it or correct its name.`;
  }
  for (const area of scoring.areas) {
    if (area.parent === undefined && !Object.hasOwn(advice, area.id)) {
      yield `advice: ${area.id} has none. Add it, with low, mid and high.`;
    }
  }
}
