import { rangeOf } from './question.ts';
import type { Area, QuestionnaireContent } from './questionnaire-shape.ts';

/** Problems between the parts of a questionnaire; each part is well-formed by itself. */
export function problemsBetweenParts(content: QuestionnaireContent): string[] {
  return [
    ...schemaProblems(content),
    ...pageProblems(content),
    ...scoringProblems(content),
    ...adviceProblems(content),
  ];
}

// Answers with more than 1,000 keys are refused before the schema is checked (assessments/storage-issues.ts).
const questionsMax = 500;

function* schemaProblems({ schema }: QuestionnaireContent) {
  const count = Object.keys(schema.properties).length;
  if (count > questionsMax)
    yield `schema.properties: ${count} questions, at most ${questionsMax} are possible. Split it.`;
  for (const name of schema.required) {
    if (!Object.hasOwn(schema.properties, name)) {
      yield `schema.required: there is no question ${name}. Remove it or correct its name.`;
    }
  }
  for (const name of repeated(schema.required)) yield `schema.required: ${name} is named twice. Remove one.`;
}

function* pageProblems({ schema, pages }: QuestionnaireContent) {
  const shown = pages.flatMap((page) => page.items);
  for (const name of repeated(shown)) yield `pages: ${name} is shown twice. Remove it from one place.`;
  const names = new Set(shown);
  for (const name of names) {
    if (!Object.hasOwn(schema.properties, name))
      yield `pages: there is no question ${name}. Remove it or correct its name.`;
  }
  for (const name of Object.keys(schema.properties)) {
    if (!names.has(name)) yield `pages: the question ${name} is on no page. Add it to one.`;
  }
}

function* scoringProblems(content: QuestionnaireContent) {
  const { levels, areas } = content.scoring;
  if (levels.low > levels.high) yield 'scoring.levels: "low" is above "high". Swap them.';
  for (const id of repeated(areas.map((area) => area.id)))
    yield `scoring.areas: two areas are called ${id}. Rename one.`;
  const parents = new Map(areas.map((area) => [area.id, area.parent]));
  const withChildren = new Set(parents.values());
  for (const area of areas) {
    const problems = [...parentProblems(area, parents), ...itemProblems(area, withChildren.has(area.id), content)];
    for (const problem of problems) yield `scoring.areas.${area.id}: ${problem}`;
  }
}

function* parentProblems(area: Area, parents: Map<string, string | undefined>) {
  if (area.parent === undefined) return;
  if (!parents.has(area.parent)) yield `there is no area ${area.parent} to be its parent. Add it or correct the name.`;
  const seen = new Set<string>();
  for (let above: string | undefined = area.parent; above !== undefined; above = parents.get(above)) {
    if (above === area.id) yield 'is its own ancestor. Remove one "parent" of the circle.';
    if (seen.has(above)) return;
    seen.add(above);
  }
}

function* itemProblems(area: Area, hasChildren: boolean, { schema }: QuestionnaireContent) {
  const items = area.items ?? [];
  if (hasChildren === items.length > 0) {
    yield hasChildren
      ? 'has items and child areas. Move its items into a child area: its value is made of its children.'
      : 'has neither items nor child areas. Add items or remove it.';
  }
  for (const name of repeated(items)) yield `counts ${name} twice. Remove one.`;
  for (const name of new Set(items)) {
    const question = Object.hasOwn(schema.properties, name) ? schema.properties[name] : undefined;
    if (!question) yield `there is no question ${name}. Remove it or correct its name.`;
    else if (!rangeOf(question))
      yield `${name} can't be scored. Make it a number with minimum and maximum, or remove it.`;
  }
  for (const name of area.reverse ?? []) {
    if (!items.includes(name)) yield `reverses ${name}, which is none of its items. Add it there or remove it here.`;
  }
  for (const name of repeated(area.reverse ?? [])) yield `reverses ${name} twice. Remove one.`;
}

function* adviceProblems({ scoring, advice }: QuestionnaireContent) {
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

const repeated = (names: string[]) => new Set(names.filter((name, index) => names.indexOf(name) !== index));
