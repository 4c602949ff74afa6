import { readFileSync } from 'node:fs';

export type Alarm = { name: string; expression: string };

/** The rules of deploy/prometheus/alarms.yml, whose form is always the same: an alarm and its expression, a line each. */
export function alarms(): Alarm[] {
  const text = readFileSync(new URL('../../deploy/prometheus/alarms.yml', import.meta.url), 'utf8');
  const rules = [...text.matchAll(/^ {6}- alert: (\w+)\n {8}expr: (.+)$/gm)];
  return rules.map(([, name = '', expression = '']) => ({ name, expression }));
}

export type Matcher = { label: string; operator: string; value: string };
export type Selector = { metric: string; matchers: Matcher[] };

/** The selectors of an expression, such as `assay_up{part="broker"}`. */
export function selectorsOf(expression: string): Selector[] {
  const found = [...expression.matchAll(/\b((?:assay_\w+|up))(?:\{([^}]*)\})?/g)];
  return found.map(([, metric = '', inner = '']) => ({
    metric,
    matchers: [...inner.matchAll(/(\w+)(=~|!=|=)"([^"]*)"/g)].map(([, label = '', operator = '', value = '']) => ({
      label,
      operator,
      value,
    })),
  }));
}

type Series = { metric: string; labels: Record<string, string>; value: number };

function seriesIn(scrape: string): Series[] {
  const lines = [...scrape.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)];
  return lines.map(([, metric = '', inner = '', value]) => ({
    metric,
    labels: Object.fromEntries([...inner.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, text]) => [label, text])),
    value: Number(value),
  }));
}

export const matches = (value: string, { operator, value: wanted }: Matcher): boolean => {
  if (operator === '=') return value === wanted;
  if (operator === '!=') return value !== wanted;
  return new RegExp(`^(?:${wanted})$`).test(value);
};

/**
 * The names of the alarms whose expression holds between two scrapes of one process, without their time (`for`). It
 * understands the forms that the file has: an aggregation of a metric or of its increase, compared with a number or with
 * a multiple of another aggregation.
 */
export function ringing(before: string, now: string): string[] {
  const scrapes = { before: seriesIn(before), now: seriesIn(now) };
  return alarms()
    .filter(({ expression }) => holds(expression, scrapes))
    .map(({ name }) => name);
}

type Scrapes = { before: Series[]; now: Series[] };

function holds(expression: string, scrapes: Scrapes): boolean {
  const [, left = '', operator, right = ''] = /^(.*) (==|>) (.*)$/.exec(expression) ?? [];
  const [, factor = right, other] = /^([\d.]+)(?: \* (.*))?$/.exec(right) ?? [];
  const limit = Number(factor) * (other === undefined ? 1 : (groupsOf(other, scrapes)[0] ?? NaN));
  return groupsOf(left, scrapes).some((value) => (operator === '==' ? value === limit : value > limit));
}

/** One value for each group of series. */
function groupsOf(term: string, scrapes: Scrapes): number[] {
  const aggregation = /^(sum|min|max)(?: by \(([^)]*)\))? ?\(/.exec(term);
  const by = aggregation?.[2]?.split(', ') ?? [];
  const groups = new Map<string, number[]>();
  for (const selector of selectorsOf(term))
    for (const series of scrapes.now.filter((one) => isOf(one, selector))) {
      const key = aggregation === null ? JSON.stringify(series.labels) : by.map((label) => series.labels[label]).join();
      groups.set(key, [...(groups.get(key) ?? []), valueOf(series, term.includes('increase('), scrapes.before)]);
    }
  const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
  const reduce = {
    sum,
    min: (values: number[]) => Math.min(...values),
    max: (values: number[]) => Math.max(...values),
  };
  return [...groups.values()].map(reduce[(aggregation?.[1] ?? 'sum') as keyof typeof reduce]);
}

const isOf = ({ metric, labels }: Series, selector: Selector): boolean =>
  metric === selector.metric && selector.matchers.every((matcher) => matches(labels[matcher.label] ?? '', matcher));

/** As Prometheus does: a series that was not there before has no increase. */
function valueOf(series: Series, isIncrease: boolean, before: Series[]): number {
  if (!isIncrease) return series.value;
  const same = before.find(
    ({ metric, labels }) => metric === series.metric && JSON.stringify(labels) === JSON.stringify(series.labels),
  );
  return same === undefined ? 0 : series.value - same.value;
}
