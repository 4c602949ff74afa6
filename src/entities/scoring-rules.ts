import { scoredItem } from './points.ts';
import { choicesOf, rangeOf, type Question } from './question.ts';
import type { Area, Norms, QuestionnaireContent } from './questionnaire-shape.ts';
import { repeated } from './repeated.ts';
import { decimalsOf, rounded, scalesOf, type AreaScale, type ScaleBand } from './scoring.ts';

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
    for (const problem of scaleProblems(scale, content)) yield `scoring.areas.${scale.area.id}: ${problem}`;
}

function* levelProblems({ levels, areas }: QuestionnaireContent['scoring']) {
  const bare = areas.filter((area) => area.bands === undefined && (area.value ?? 'percent') === 'percent');
  if (levels === undefined) {
    if (bare[0])
      yield `scoring.levels: missing, and ${bare[0].id} has no bands. Add "low" and "high", or bands to each area.`;
    return;
  }
  if (levels.low > levels.high) yield 'scoring.levels: "low" is above "high". Swap them.';
  for (const bound of [levels.low, levels.high]) {
    const coarse = bare.find((area) => rounded(bound, decimalsOf(area)) !== bound);
    if (coarse)
      yield `scoring.levels: ${bound} is finer than the value of ${coarse.id}, which has ${decimals(decimalsOf(coarse))}. Round it, or raise "decimals".`;
  }
}

const decimals = (count: number): string => (count === 1 ? '1 decimal' : `${count} decimals`);

function* parentProblems(area: Area, parents: Map<string, string | undefined>) {
  if (area.parent === undefined) return;
  if (!parents.has(area.parent)) yield `there is no area ${area.parent} to be its parent. Add it or correct the name.`;
  const seen = new Set<string>();
  for (let above: string | undefined = area.parent; above !== undefined; above = parents.get(above)) {
    if (above === area.id) yield 'is its own ancestor. Remove one "parent" of the circle.';
    if (above === area.id || seen.has(above)) return;
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
    else yield* scoredProblems(area, name, content);
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

function* scoredProblems(area: Area, name: string, content: QuestionnaireContent) {
  const points = area.points && Object.hasOwn(area.points, name) ? area.points[name] : undefined;
  const problems = [...pointProblems(name, points, content)];
  if (problems.length > 0) yield* problems;
  else if (!scoredItem(area, name, content))
    yield points
      ? `points of ${name}: all its answers have the same. Correct them, or remove the item.`
      : `${name} can't be scored. Make it a number with minimum and maximum, give each of its answers "points", or remove it.`;
}

/** More answers are chosen from no list. */
const POINTS_MAX = 1_000;

/** Points that are left out would make an answer count as missing. */
function* pointProblems(name: string, points: Record<string, number> | undefined, { schema }: QuestionnaireContent) {
  const question = schema.properties[name];
  if (!points || !question) return;
  const range = rangeOf(question);
  if (question.type === 'integer' && range && range.maximum - range.minimum >= POINTS_MAX) {
    yield `points of ${name}: it has more than ${POINTS_MAX} answers. Remove its points, or narrow its range.`;
    return;
  }
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

function* scaleProblems(scale: AreaScale, { schema }: QuestionnaireContent) {
  const { area, items, minimum, maximum, answersMin } = scale;
  if (!(minimum < maximum)) {
    yield 'has the same value for all answers. Correct its points, weights and factor.';
    return;
  }
  if (answersMin > items.length)
    yield `needs ${answersMin} answers, but has ${items.length} items. Lower "answersMin".`;
  if (area.value === 'sum' && (area.missing ?? 'none') !== 'prorated') {
    const parts = items.flatMap((item) =>
      pointsOf(item, schema.properties[item.id]).map((points) => (area.factor ?? 1) * item.weight * points),
    );
    if (parts.some((part) => rounded(part, scale.decimals) !== rounded(part, 9)))
      yield `has points finer than its ${decimals(scale.decimals)}, so a sum would be rounded. Raise "decimals".`;
  }
  if (area.value !== 'sum') yield* balanceProblems(scale);
  if (area.bands) yield* bandProblems(scale);
  if (area.norms) yield* normProblems(area.norms, scale);
}

/** Points of an item that show how fine its steps are. */
function pointsOf({ points, minimum }: AreaScale['items'][number], question: Question | undefined): number[] {
  if (points) return [...points.values()];
  const offered = (question ? choicesOf(question) : []).flatMap(({ const: value }) =>
    typeof value === 'number' ? [value] : [],
  );
  return offered.length > 0 ? offered : [minimum, minimum + 1];
}

/** Otherwise the value could leave its range with a part of the answers, or by a weight below 0. */
function* balanceProblems({ area, items }: AreaScale) {
  const turned = items.find(({ id, weight }) => weight < 0 && area.items?.includes(id));
  if (turned) yield `weighs ${turned.id} below 0. Reverse it instead, or add "value": "sum".`;
  const [first, ...others] = items;
  const odd = others.find(({ minimum, maximum }) => minimum !== first?.minimum || maximum !== first.maximum);
  if (area.value === 'mean' && first && odd)
    yield `is a mean of ${first.id} (${first.minimum} to ${first.maximum}) and ${odd.id} (${odd.minimum} to ${odd.maximum}). Give them the same points, or remove "value": "mean".`;
}

function* bandProblems(scale: AreaScale) {
  const { bands, minimum, maximum } = scale;
  for (const key of repeated(bands.map((band) => band.key))) yield `bands: two are called ${key}. Rename one.`;
  const problems = bands.flatMap((band) => [...boundProblems(band, scale)]);
  yield* problems;
  const [first, last] = [bands[0], bands.at(-1)];
  // Places between bands mean nothing then.
  if (problems.length > 0 || !first || !last) return;
  if (first.from > minimum)
    yield `bands: begin at ${first.from}, but the lowest value is ${minimum}. Correct "from" of ${first.key}.`;
  if (last.to < maximum)
    yield `bands: end at ${last.to}, but the highest value is ${maximum}. Correct "to" of ${last.key}.`;
  for (const [index, band] of bands.entries()) {
    const [next, begin] = [bands[index + 1], rounded(band.to + 10 ** -scale.decimals, scale.decimals)];
    if (next && next.from !== begin)
      yield `bands: ${band.key} ends at ${band.to} and ${next.key} begins at ${next.from}. It has to begin at ${begin}.`;
  }
}

function* boundProblems({ key, from, to }: ScaleBand, scale: AreaScale) {
  const { minimum, maximum } = scale;
  if (from > to) yield `bands: ${key} begins above its end. Swap "from" and "to".`;
  else if (from > maximum || to < minimum)
    yield `bands: no answers reach ${key}, since values go from ${minimum} to ${maximum}. Remove or correct it.`;
  for (const bound of [from, to])
    if (rounded(bound, scale.decimals) !== bound)
      yield `bands: ${bound} of ${key} is finer than the value, which has ${decimals(scale.decimals)}. Round it, or raise "decimals".`;
}

const NORM_ROWS_MAX = 1_000;

function* normProblems({ tables }: Norms, { minimum, maximum, decimals: digits }: AreaScale) {
  if (digits > 0 || maximum - minimum >= NORM_ROWS_MAX) {
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
