import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createMetrics } from '../../src/metrics.ts';
import { alarms, matches, selectorsOf } from '../support/alarms.ts';

const read = (name: string): string => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');

/** Labels of gauges that get their values while the program runs, and labels that Prometheus adds. */
const LATER = { assay_up: ['part', 'instance'], up: ['job', 'instance'] } as Record<string, string[]>;

test('each metric, label and value that an alarm names is there from the start', async () => {
  const { registry } = createMetrics();
  const metrics = new Map((await registry.getMetricsAsJSON()).map((metric) => [metric.name, metric]));
  for (const { name, expression } of alarms())
    for (const { metric, matchers } of selectorsOf(expression)) {
      const later = LATER[metric];
      const values = metrics.get(metric)?.values ?? [];
      expect(later !== undefined || metrics.has(metric), `${name}: ${metric}`).toBe(true);
      for (const matcher of matchers) {
        if (later?.includes(matcher.label) === true) continue;
        // Of a list of alternatives, each one.
        for (const one of matcher.value.split('|')) {
          const found = values.some(({ labels }) =>
            matches(String(Object(labels)[matcher.label]), { ...matcher, operator: '=', value: one }),
          );
          expect(found, `${name}: ${metric}{${matcher.label}="${one}"}`).toBe(true);
        }
      }
      const by = [...expression.matchAll(/ by \(([^)]*)\)/g)].flatMap(([, labels = '']) => labels.split(', '));
      for (const label of by)
        expect(
          later?.includes(label) === true || values.some(({ labels }) => label in Object(labels)),
          `${name}: ${label}`,
        ).toBe(true);
    }
});

test('docs/OPERATING.md has every alarm of the rules file with its expression, and no other', () => {
  const [, section = ''] = read('docs/OPERATING.md').split('\n## Alarms\n');
  const documented = [...(section.split('\n## ')[0] ?? '').matchAll(/^- \*\*(\w+)\*\* `([^`]+)`/gm)];
  expect(documented.map(([, name, expression]) => ({ name, expression }))).toEqual(alarms());
});

test('each alarm has its own test for promtool, which scripts/check-deploy.sh runs', () => {
  const tested = [...read('deploy/prometheus/alarms.test.yml').matchAll(/alertname: (\w+)\n {8}exp_alerts:/g)];
  expect(tested.map(([, name = '']) => name).toSorted()).toEqual(
    alarms()
      .map(({ name }) => name)
      .toSorted(),
  );
});
