import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkContent, type QuestionnaireContent } from '../../src/entities/questionnaire-content.ts';
import { rounded, scalesOf, score, type AreaScale, type Score } from '../../src/entities/scoring.ts';
import { StartError } from '../../src/own-error.ts';
import { instrument, instruments } from '../support/instruments.ts';
import { fileOf } from '../support/questionnaires.ts';

type Sheet = Record<string, unknown>;

const newest = await Promise.all(
  ['wellbeing-check.v2.json', 'ipip-neo-120.v2.json'].map(async (name) => checkContent(await fileOf(name), name)),
);
const contents = [...instruments.values(), ...newest].map((content) => ({ slug: content.slug, content }));

/** The answers that an item takes, in the order of their points. */
function answersOf(item: AreaScale['items'][number], { schema }: QuestionnaireContent): unknown[] {
  const offered = schema.properties[item.id]?.oneOf?.map((choice) => choice.const);
  if (offered) return offered;
  if (item.points) return [...item.points].toSorted(([, a], [, b]) => a - b).map(([answer]) => Number(answer));
  return Array.from({ length: item.maximum - item.minimum + 1 }, (_, step) => item.minimum + step);
}

const itemsOf = (content: QuestionnaireContent) => [
  ...new Map(scalesOf(content).flatMap(({ items }) => items.map((item) => [item.id, item]))).values(),
];

/** Whole answers, or with gaps. */
const sheetOf = (content: QuestionnaireContent, gaps: boolean): fc.Arbitrary<Sheet> =>
  fc.record(
    Object.fromEntries(
      itemsOf(content).map((item) => {
        const answer = fc.constantFrom(...answersOf(item, content));
        return [item.id, gaps ? fc.oneof({ weight: 9, arbitrary: answer }, fc.constant(undefined)) : answer];
      }),
    ),
  );

const withAreas = (
  content: QuestionnaireContent,
  change: (area: AreaScale['area']) => AreaScale['area'],
): QuestionnaireContent => ({ ...content, scoring: { ...content.scoring, areas: content.scoring.areas.map(change) } });

test.each(contents)('the order of items and answers changes no score of $slug', ({ content }) => {
  const shuffled = withAreas(content, (area) => ({
    ...area,
    ...(area.items ? { items: area.items.toReversed() } : {}),
    ...(area.reverse ? { reverse: area.reverse.toReversed() } : {}),
  }));
  fc.assert(
    fc.property(sheetOf(content, true), (answers) => {
      const turned = Object.fromEntries(Object.entries(answers).toReversed());
      expect(score(shuffled, turned)).toEqual(score(content, answers));
    }),
    { numRuns: 40 },
  );
});

test.each(contents)('each value that $slug can have is in one band, and bands are in order', ({ content }) => {
  for (const { bands, minimum, maximum, decimals } of scalesOf(content)) {
    if (bands.length === 0) continue;
    const steps = Math.round((maximum - minimum) * 10 ** decimals);
    const values = Array.from({ length: steps + 1 }, (_, step) => rounded(minimum + step / 10 ** decimals, decimals));
    const bandsAt = (value: number) => bands.filter(({ from, to }) => from <= value && value <= to).length;
    expect(values.filter((value) => bandsAt(value) !== 1)).toEqual([]);
    expect(bands.map(({ from }) => from)).toEqual(bands.map(({ from }) => from).toSorted((a, b) => a - b));
  }
});

/** The faults in the scores of a sheet. */
function faultsOf(content: QuestionnaireContent, answers: Sheet): string[] {
  const scales = new Map(scalesOf(content).map((scale) => [scale.area.id, scale]));
  return score(content, answers).flatMap((each) => {
    const scale = scales.get(each.area);
    const faults = scale ? faultsIn(each, scale) : ['has no scale'];
    return faults.map((fault) => `${each.area} ${JSON.stringify(each)}: ${fault}`);
  });
}

function* wrong(checks: Record<string, boolean>) {
  for (const [fault, is] of Object.entries(checks)) if (is) yield fault;
}

function faultsIn({ raw, value, band, level, answered, of }: Score, scale: AreaScale): string[] {
  const { minimum, maximum, bands, decimals } = scale;
  if (raw === null)
    return [...wrong({ 'says something of nothing': value !== null || band !== null || level !== null })];
  const named = bands.find(({ key }) => key === band?.key);
  return [
    ...wrong({
      'counts too many answers': answered > of,
      'is out of its range': !(minimum <= raw && raw <= maximum),
      'is not rounded': !Object.is(raw, Number(raw.toFixed(decimals))),
      'has another place': value !== rounded((100 * (raw - minimum)) / (maximum - minimum), 1),
      'is not in its band': bands.length > 0 && !(named && named.from <= raw && raw <= named.to),
      'has other words than its band': named?.title !== band?.title || (named?.level ?? null) !== level,
    }),
  ];
}

test.each(contents)('a value of $slug is inside its range, and its band has that value', ({ content }) => {
  fc.assert(
    fc.property(sheetOf(content, true), (answers) => {
      expect(faultsOf(content, answers)).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

/** Whole sheets, from the lowest points of all items to the highest, one step of one item at a time. */
function* stairs(content: QuestionnaireContent, { items }: AreaScale) {
  const sheet: Sheet = {};
  const orders = items.map((item) => {
    const possible = answersOf(item, content);
    const order = item.isReversed ? possible.toReversed() : possible;
    sheet[item.id] = order[0];
    return { id: item.id, order };
  });
  yield { ...sheet };
  for (const { id, order } of orders)
    for (const answer of order.slice(1)) {
      sheet[id] = answer;
      yield { ...sheet };
    }
}

test.each(['phq-9', 'gad-7', 'who-5', 'dass-21', 'rosenberg', 'mini-ipip', 'promis-10'])(
  'each possible sum of %s is reached, and its band has that sum',
  (slug) => {
    const content = instrument(slug);
    for (const scale of scalesOf(content)) {
      const { area, minimum, maximum } = scale;
      const reached = [...stairs(content, scale)].map((sheet) => {
        expect(faultsOf(content, sheet)).toEqual([]);
        return score(content, sheet).find((each) => each.area === area.id)?.raw ?? NaN;
      });
      const step = area.factor ?? 1;
      const sums = Array.from({ length: (maximum - minimum) / step + 1 }, (_, index) => minimum + index * step);
      expect([...new Set(reached)].toSorted((a, b) => a - b)).toEqual(sums);
    }
  },
);

test.each(contents.filter(({ slug }) => slug !== 'audit'))('a reversed scale of $slug is the mirror', ({ content }) => {
  const mirrored = withAreas(content, (area) => ({
    ...area,
    reverse: (area.items ?? []).filter((id) => !area.reverse?.includes(id) && !area.points?.[id]),
    points: Object.fromEntries(
      Object.entries(area.points ?? {}).map(([id, points]) => {
        const [low, high] = [Math.min(...Object.values(points)), Math.max(...Object.values(points))];
        return [id, Object.fromEntries(Object.entries(points).map(([answer, value]) => [answer, low + high - value]))];
      }),
    ),
  }));
  fc.assert(
    fc.property(sheetOf(content, false), (answers) => {
      const turned = score(mirrored, answers);
      for (const [place, { raw, minimum, maximum }] of score(content, answers).entries()) {
        const { area, decimals } = scalesOf(content)[place] ?? { area: { value: undefined }, decimals: 0 };
        // Halves of percent are rounded up on both sides.
        const most = area.value === 'sum' ? 0 : 10 ** -decimals;
        const difference = minimum + maximum - (raw ?? NaN) - (turned[place]?.raw ?? NaN);
        expect(Math.abs(rounded(difference, 9))).toBeLessThanOrEqual(most);
      }
    }),
    { numRuns: 40 },
  );
});

/** Areas of any kind: weights, factors, points, ranges, conditions and gaps. Those that the check refuses are left out. */
const anyArea = fc.record({
  ranges: fc.array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: 1, max: 5 })), {
    minLength: 2,
    maxLength: 5,
  }),
  alike: fc.boolean(),
  reversed: fc.integer({ min: 0, max: 31 }),
  weights: fc.array(fc.constantFrom(1, 1, 2, 0.5, -1), { minLength: 5, maxLength: 5 }),
  value: fc.constantFrom('percent' as const, 'sum' as const, 'mean' as const),
  factor: fc.constantFrom(undefined, 2, 0.5, -1),
  missing: fc.constantFrom(undefined, 'prorated' as const, 'zero' as const, 'none' as const),
  hidden: fc.constantFrom(undefined, 'skipped' as const, 'missing' as const),
  decimals: fc.constantFrom(undefined, 0, 1, 3),
  conditional: fc.boolean(),
});

type Drawn = typeof anyArea extends fc.Arbitrary<infer Value> ? Value : never;

function contentOf({ ranges, alike, reversed, weights, conditional, ...area }: Drawn) {
  const first: [number, number] = ranges[0] ?? [0, 1];
  const given: [minimum: number, steps: number][] = alike ? ranges.map(() => first) : ranges;
  const ids = given.map((_, index) => `q${index}`);
  const questions = given.map(([minimum, steps], index) => ({
    title: `Item ${index}`,
    type: 'integer',
    minimum,
    maximum: minimum + steps,
    ...(conditional && index > 0 ? { 'x-shown-if': { question: 'q0', above: first[0] } } : {}),
  }));
  const own = JSON.parse(JSON.stringify({ ...area, factor: area.value === 'percent' ? undefined : area.factor }));
  return {
    slug: 'any',
    version: 1,
    title: 'Any',
    language: 'en',
    minutes: 1,
    description: 'Any',
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      required: [],
      properties: Object.fromEntries(ids.map((id, index) => [id, questions[index]])),
    },
    pages: [{ title: 'All', items: ids }],
    scoring: {
      levels: { low: 40, high: 70 },
      areas: [
        {
          id: 'all',
          title: 'All',
          items: ids,
          ...(reversed % 2 ** ids.length ? { reverse: ids.filter((_, index) => (reversed >> index) % 2 === 1) } : {}),
          weights: Object.fromEntries(ids.map((id, index) => [id, weights[index]])),
          ...own,
        },
      ],
    },
    prompt: { version: '1', system: 'x', task: 'x' },
  };
}

/** Undefined where the check refuses it. */
function checked(file: unknown): QuestionnaireContent | undefined {
  try {
    return checkContent(file, 'any.v1.json');
  } catch (error) {
    if (error instanceof StartError) return undefined;
    throw error;
  }
}

test('a value of any area that the check accepts is inside its range', () => {
  let accepted = 0;
  const drawn = anyArea.chain((area) => {
    const content = checked(contentOf(area));
    return content ? fc.tuple(fc.constant(content), sheetOf(content, true)) : fc.constant(undefined);
  });
  fc.assert(
    fc.property(drawn, (draw) => {
      if (!draw) return;
      accepted += 1;
      expect(faultsOf(...draw)).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
  expect(accepted).toBeGreaterThan(300);
});
