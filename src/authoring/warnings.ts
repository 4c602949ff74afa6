import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import { questionKeys } from '../entities/item.ts';
import { markedTexts, TO_REPLACE } from '../entities/marked-texts.ts';
import { rangeOf } from '../entities/question.ts';
import { few } from '../few-names.ts';

/** A person needs longer for a question, and less time. */
const SECONDS_MIN = 2;
const SECONDS_MAX = 120;
/** A longer page is left before its end. */
const PAGE_QUESTIONS_MAX = 40;

/** What is allowed and likely a mistake, each with its place and what to do. */
export function* warningsOf(content: QuestionnaireContent): Generator<string> {
  yield* timeWarnings(content);
  if (content.schema.required.length === 0)
    yield 'schema.required: it is empty, so that an empty form is accepted. Name the questions that are needed.';
  for (const [index, page] of content.pages.entries()) {
    const count = questionKeys({ pages: [page] }).length;
    if (count > PAGE_QUESTIONS_MAX) yield `pages.${index}: it has ${count} questions. Split it.`;
  }
  yield* titleWarnings(content);
  yield* areaWarnings(content);
  const unwritten = [...markedTexts(content, TO_REPLACE)];
  if (unwritten.length > 0)
    yield `texts that begin with "${TO_REPLACE}": ${unwritten.length}. Write them: ${few(unwritten)}.`;
}

function* timeWarnings({ minutes, schema }: QuestionnaireContent): Generator<string> {
  const count = Object.keys(schema.properties).length;
  const seconds = (60 * minutes) / count;
  if (seconds < SECONDS_MIN || seconds > SECONDS_MAX)
    yield `minutes: ${minutes} for ${count} questions is ${seconds.toPrecision(2)} s for each. Correct it.`;
}

function* titleWarnings({ schema }: QuestionnaireContent): Generator<string> {
  const byTitle = Map.groupBy(Object.entries(schema.properties), ([, { title }]) => title);
  for (const [first, ...others] of byTitle.values())
    for (const [id] of others)
      yield `schema.properties.${id}: it has the same title as ${first?.[0]}. Correct one of them.`;
}

function* areaWarnings({ schema, scoring }: QuestionnaireContent): Generator<string> {
  const areasOf = new Map<string, string[]>();
  for (const { id, items = [] } of scoring.areas) {
    if (items.length === 1) yield `scoring.areas.${id}: one answer decides it. Add items, unless that is meant.`;
    for (const item of items) areasOf.set(item, [...(areasOf.get(item) ?? []), id]);
  }
  for (const [id, question] of Object.entries(schema.properties)) {
    const areas = areasOf.get(id) ?? [];
    if (areas.length > 1)
      yield `schema.properties.${id}: it counts in ${areas.join(' and ')}. Remove it from one, unless that is meant.`;
    if (areas.length === 0 && rangeOf(question) !== undefined)
      yield `schema.properties.${id}: a number that counts in no area. Add it to one, unless that is meant.`;
  }
}
