import { questionKeys } from '../entities/item.ts';
import { scalesOf, type AreaScale } from '../entities/scoring.ts';
import { choicesOf } from '../entities/question.ts';
import type { Area, Question, QuestionnaireContent } from '../entities/questionnaire-content.ts';

/** A questionnaire as the model reads it: ids with their texts, and the possible answers, each of them once. */
export function questionnaireText(content: QuestionnaireContent): string {
  const { title, schema } = content;
  const stems = stemsOf(content);
  const questions = questionKeys(content).flatMap((id) => {
    const question = schema.properties[id];
    if (!question) return [];
    const possible = `${possibleAnswers(question)}${stems.get(id) ?? ''}`;
    return [{ line: `${id}: ${inOneLine(question.title)}`, possible }];
  });
  const lines = [...Map.groupBy(questions, ({ possible }) => possible)].flatMap(([possible, group]) => {
    if (possible === '') return group.map(({ line }) => line);
    if (group.length === 1) return group.map(({ line }) => `${line} [${possible}]`);
    return [`Each of the next ${group.length} is answered by ${possible}.`, ...group.map(({ line }) => line)];
  });
  return [`Questionnaire: ${inOneLine(title)}`, 'Areas:', ...areaLines(content), 'Questions:', ...lines].join('\n');
}

/** The words above the rows of a matrix, which belong to each row. */
const stemsOf = ({ pages }: QuestionnaireContent): Map<string, string> =>
  new Map(
    pages
      .flatMap((page) => page.items)
      .flatMap((item) =>
        typeof item === 'string' ? [] : item.items.map((id) => [id, ` to "${inOneLine(item.title)}"`] as const),
      ),
  );

/** The areas without parts in one line, and each area with its parts in a line of its own. */
function areaLines(content: QuestionnaireContent): string[] {
  const { areas } = content.scoring;
  const ranges = new Map(scalesOf(content).map((scale) => [scale.area.id, rangeText(scale)]));
  const partsOf = Map.groupBy(areas, ({ parent }) => parent);
  const named = ({ id, title }: Area): string =>
    `${withLabel(id, title, (label) => `${id} (${label})`)}${ranges.get(id) ?? ''}`;
  const alone = areas.filter(({ id, parent }) => parent === undefined && !partsOf.has(id));
  const parents = areas.filter(({ id }) => partsOf.has(id));
  return [
    ...(alone.length > 0 ? [alone.map(named).join(', ')] : []),
    ...parents.map((area) => `${named(area)}: ${(partsOf.get(area.id) ?? []).map(named).join(', ')}`),
  ];
}

/** The lowest and the highest value of an area that is not in percent. */
const rangeText = ({ area, minimum, maximum }: AreaScale): string =>
  (area.value ?? 'percent') === 'percent'
    ? ''
    : ` ${minimum} to ${maximum}${area.unit ? ` ${inOneLine(area.unit)}` : ''}`;

/** Choices with their labels, or both ends of a scale; empty for an answer that needs no explanation. */
function possibleAnswers(question: Question): string {
  const choices = choicesOf(question).map(({ const: value, title }) =>
    withLabel(String(value), title, (label) => `${value} = ${label}`),
  );
  if (choices.length > 0) return `${question.type === 'array' ? 'any of ' : ''}${choices.join('; ')}`;
  const { minimum, maximum } = question;
  const unit = question['x-unit'] === undefined ? '' : ` ${inOneLine(question['x-unit'])}`;
  if (question.type === 'boolean') return 'true = yes; false = no';
  if (minimum === undefined || maximum === undefined) return unit.trim();
  return `${minimum}${meaningOf(question['x-low'])} to ${maximum}${meaningOf(question['x-high'])}${unit}`;
}

const meaningOf = (label: unknown): string => (typeof label === 'string' ? ` = ${inOneLine(label)}` : '');

/** The id alone where its label says nothing else. */
function withLabel(id: string, title: string, join: (label: string) => string): string {
  const label = inOneLine(title);
  return label.toLowerCase().replaceAll(/[ -]/g, '_') === id.toLowerCase() ? id : join(label);
}

const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
