import { scoredItem } from './points.ts';
import { choicesOf, rangeOf } from './question.ts';
import type { Area, Norms, QuestionnaireContent } from './questionnaire-shape.ts';
import { repeated } from './repeated.ts';
import { rounded, scalesOf, type AreaScale } from './scoring.ts';

/** Problems of areas, bands and norms. Empty if there are none. */
export function* scoringProblems(content: QuestionnaireContent) {
  const { areas, flags = [] } = content.scoring;
  yield* levelProblems(content.scoring);
  for (const id of repeated(areas.map((area) => area.id)))
    yield `scoring.areas: two areas are called ${id}. Rename one.`;
  for (const id of repeated(flags.map((flag) => flag.id)))
    yield `scoring.flags: two flags are called ${id}. Rename one.`;
  const parents = new Map(areas.map((area) => [area.id, area.parent]));
  const withChildren = new Set(parents.values());
  const problems = areas.flatMap((area) =>
    [
      ...parentProblems(area, parents),
      ...itemProblems(area, withChildren.has(area.id), content),
      ...wordProblems(area),
    ].map((problem) => `scoring.areas.${area.id}: ${problem}`),
  );
  yield* problems;
  // A circle of parents has no scale.
  if (problems.length > 0) return;
  for (const scale of scalesOf(content))
    for (const problem of scaleProblems(scale)) yield `scoring.areas.${scale.area.id}: ${problem}`;
}

function* levelProblems({ levels, areas }: QuestionnaireContent['scoring']) {
  if (levels === undefined) {
    const [bare] = areas.filter((area) => area.bands === undefined && (area.value ?? 'percent') === 'percent');
    if (bare)
      yield `scoring.levels: missing, and ${bare.id} has no bands. Add "low" and "high", or bands to each area.`;
    return;
  }
  if (levels.low > levels.high) yield 'scoring.levels: "low" is above "high". Swap them.';
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

function* itemProblems(area: Area, hasChildren: boolean, content: QuestionnaireContent) {
  const { properties } = content.schema;
  const { items = [], reverse = [], points = {}, weights = {} } = area;
  if (hasChildren === items.length > 0) {
    yield hasChildren
      ? 'has items and child areas. Move its items into a child area: its value is made of its children.'
      : 'has neither items nor child areas. Add items or remove it.';
  }
  for (const name of repeated(items)) yield `counts ${name} twice. Remove one.`;
  for (const name of new Set(items)) {
    if (!Object.hasOwn(properties, name)) yield `there is no question ${name}. Remove it or correct its name.`;
    else if (!scoredItem(area, name, content))
      yield `${name} can't be scored. Make it a number with minimum and maximum, give each of its answers "points", or remove it.`;
    else yield* pointProblems(name, points[name], content);
  }
  for (const name of reverse) {
    if (!items.includes(name)) yield `reverses ${name}, which is none of its items. Add it there or remove it here.`;
    else if (Object.hasOwn(points, name))
      yield `reverses ${name}, which has points. Turn the points, and remove it here.`;
  }
  for (const name of repeated(reverse)) yield `reverses ${name} twice. Remove one.`;
  for (const [word, names] of [['points', points] as const, ['weights', weights] as const]) {
    for (const name of Object.keys(names))
      if (!items.includes(name))
        yield `has ${word} for ${name}, which is none of its items. Add it there or remove it here.`;
  }
  if (Object.values(weights).includes(0)) yield 'has a weight of 0. Remove the item or the weight.';
}

/** Points that are left out would make an answer count as missing. */
function* pointProblems(name: string, points: Record<string, number> | undefined, { schema }: QuestionnaireContent) {
  const question = schema.properties[name];
  if (!points || !question) return;
  const range = rangeOf(question);
  const offered =
    question.type === 'boolean'
      ? ['false', 'true']
      : choicesOf(question).length > 0
        ? choicesOf(question).map((choice) => String(choice.const))
        : range && question.type === 'integer'
          ? Array.from({ length: range.maximum - range.minimum + 1 }, (_, step) => String(range.minimum + step))
          : [];
  const missing = offered.filter((value) => !Object.hasOwn(points, value));
  const surplus = Object.keys(points).filter((value) => !offered.includes(value));
  if (question.type === 'array') yield `points of ${name}: a list has none. Remove it from the items.`;
  else if (missing.length > 0) yield `points of ${name}: none for ${missing.join(', ')}. Add them.`;
  if (surplus.length > 0) yield `points of ${name}: it has no answer ${surplus.join(', ')}. Remove it or correct it.`;
}

function* wordProblems({ value = 'percent', factor, unit, missing, answersMin }: Area) {
  if (value === 'percent' && factor !== undefined)
    yield 'has a factor, but percent have none. Add "value": "sum" or "mean".';
  if (value === 'percent' && unit !== undefined)
    yield 'has a unit, but percent have their own. Add "value": "sum" or "mean".';
  if (factor === 0) yield 'has a factor of 0. Remove it.';
  if ((missing ?? (value === 'percent' ? 'prorated' : 'none')) === 'none' && answersMin !== undefined)
    yield 'has "answersMin", but no answer may be missing. Add "missing": "prorated" or "zero".';
}

function* scaleProblems(scale: AreaScale) {
  const { area, items, minimum, maximum, decimals, answersMin } = scale;
  if (!(minimum < maximum)) {
    yield 'has the same value for all answers. Correct its points, weights and factor.';
    return;
  }
  if (answersMin > items.length)
    yield `needs ${answersMin} answers, but has ${items.length} items. Lower "answersMin".`;
  if ((area.value ?? 'percent') === 'sum' && (area.missing ?? 'none') !== 'prorated') {
    const step = items.flatMap(({ weight, points, minimum: low }) =>
      [...(points?.values() ?? [low])].map((value) => (area.factor ?? 1) * weight * value),
    );
    if (step.some((value) => rounded(value, decimals) !== rounded(value, 9)))
      yield `has points finer than its ${decimals} decimals, so a sum would be rounded. Raise "decimals".`;
  }
  if (area.value !== 'sum') yield* balanceProblems(scale);
  yield* bandProblems(scale);
  if (area.norms) yield* normProblems(area.norms, scale);
}

/** Otherwise the value could leave its range with a part of the answers, or by a weight below 0. */
function* balanceProblems({ area, items }: AreaScale) {
  const turned = items.find(({ weight }) => weight < 0);
  if (turned) yield `weighs ${turned.id} below 0. Reverse it instead, or add "value": "sum".`;
  const [first, ...others] = items;
  const odd = others.find(({ minimum, maximum }) => minimum !== first?.minimum || maximum !== first.maximum);
  if (area.value === 'mean' && first && odd)
    yield `is a mean of ${first.id} (${first.minimum} to ${first.maximum}) and ${odd.id} (${odd.minimum} to ${odd.maximum}). Give them the same points, or remove "value": "mean".`;
}

function* bandProblems({ area, bands, minimum, maximum, decimals }: AreaScale) {
  const step = 10 ** -decimals;
  const word = area.bands ? 'bands' : 'levels';
  for (const { key, from, to } of bands) {
    if (from > to) yield `${word}: ${key} begins above its end. Swap "from" and "to".`;
    for (const bound of [from, to])
      if (rounded(bound, decimals) !== bound)
        yield `${word}: ${bound} of ${key} is finer than the value, which has ${decimals} decimals. Round it, or raise "decimals".`;
  }
  for (const key of repeated(bands.map((band) => band.key))) yield `${word}: two are called ${key}. Rename one.`;
  const [first, last] = [bands[0], bands.at(-1)];
  if (!first || !last) return;
  if (first.from > minimum)
    yield `${word}: begin at ${first.from}, but the lowest value is ${minimum}. Correct "from" of ${first.key}.`;
  if (last.to < maximum)
    yield `${word}: end at ${last.to}, but the highest value is ${maximum}. Correct "to" of ${last.key}.`;
  for (const [index, band] of bands.entries()) {
    const next = bands[index + 1];
    if (next && rounded(band.to + step, decimals) !== next.from)
      yield `${word}: ${band.key} ends at ${band.to} and ${next.key} begins at ${next.from}. It has to begin at ${rounded(band.to + step, decimals)}.`;
    if (band.from > maximum || band.to < minimum)
      yield `${word}: no answers reach ${band.key}, since values go from ${minimum} to ${maximum}. Remove or correct it.`;
  }
}

const NORM_ROWS_MAX = 1_000;

function* normProblems({ tables }: Norms, { minimum, maximum, decimals }: AreaScale) {
  if (decimals > 0 || maximum - minimum >= NORM_ROWS_MAX) {
    yield `norms: need whole values, at most ${NORM_ROWS_MAX}. Give the area "value": "sum".`;
    return;
  }
  for (const [index, { rows }] of tables.entries()) {
    const known = new Set(rows.map(([raw]) => raw));
    const missing = Array.from({ length: maximum - minimum + 1 }, (_, step) => minimum + step).filter(
      (raw) => !known.has(raw),
    );
    if (missing.length > 0) yield `norms.tables.${index}: no row for ${missing.slice(0, 10).join(', ')}. Add it.`;
    if (known.size < rows.length) yield `norms.tables.${index}: two rows for one value. Remove one.`;
  }
}
