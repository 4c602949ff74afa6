import { expect, test } from 'vitest';
import { errorCodes, failureCodes, UnavailableError } from '../src/errors.ts';
import { createMetrics, refusedAs, sqlStateClass } from '../src/metrics.ts';

const metricsText = (): Promise<string> => createMetrics().registry.metrics();

/** The series of a metric, with the values. */
const seriesOf = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

test('only counters have a name that ends in _total, and every metric has a help text', async () => {
  const text = await metricsText();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  expect(types.filter(([, name, type]) => type !== 'counter' && name?.endsWith('_total'))).toEqual([]);
  const described = [...text.matchAll(/^# HELP (\S+) \S/gm)].map(([, name = '']) => name);
  expect(described.toSorted()).toEqual(types.map(([, name = '']) => name).toSorted());
});

test('each counter has every series from the start, at 0', async () => {
  const text = await metricsText();
  const counters = [...text.matchAll(/^# TYPE (assay_\S+) counter$/gm)].map(([, name]) => name ?? '');
  expect(counters.length).toBeGreaterThan(8);
  for (const name of counters) {
    const series = seriesOf(text, name);
    expect(series, name).not.toEqual([]);
    expect(series.filter((line) => !line.endsWith(' 0'))).toEqual([]);
  }
  for (const code of errorCodes)
    for (const part of ['graphql', 'http'])
      expect(text).toContain(`assay_errors_total{part="${part}",code="${code}",fault=`);
  expect(seriesOf(text, 'assay_ended_total')).toEqual([
    'assay_ended_total{status="completed",code="none"} 0',
    'assay_ended_total{status="cancelled",code="none"} 0',
    ...failureCodes.map((code) => `assay_ended_total{status="failed",code="${code}"} 0`),
  ]);
});

test('the cost has a series for each model with a price, and is missing without prices', async () => {
  const { registry } = createMetrics([
    { model: 'one', currency: 'USD' },
    { model: 'other', currency: 'EUR' },
  ]);
  expect(seriesOf(await registry.metrics(), 'assay_model_cost_total')).toEqual([
    'assay_model_cost_total{model="one",currency="USD"} 0',
    'assay_model_cost_total{model="other",currency="EUR"} 0',
  ]);
  expect(await metricsText()).not.toContain('assay_model_cost_total');
});

test("an error counts as the service's fault only if no caller can cause it", async () => {
  const { errors } = createMetrics();
  errors.inc({ part: 'http', code: 'SERVICE_UNAVAILABLE' });
  errors.inc({ part: 'graphql', code: 'INTERNAL_SERVER_ERROR' });
  for (const code of ['RATE_LIMITED', 'UNAUTHENTICATED', 'FORBIDDEN'] as const) errors.inc({ part: 'graphql', code });
  const counted = (await errors.get()).values.filter(({ value }) => value > 0);
  const byFault = (fault: string): string[] =>
    counted.filter(({ labels }) => labels.fault === fault).map(({ labels }) => String(labels.code));
  expect(byFault('service').toSorted()).toEqual(['INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE']);
  expect(byFault('caller').toSorted()).toEqual(['FORBIDDEN', 'RATE_LIMITED', 'UNAUTHENTICATED']);
});

test('labels are bounded: of an unknown class of SQLSTATE, and of an unknown error', () => {
  expect([undefined, '53100', '3D000', 'F0000'].map(sqlStateClass)).toEqual(['none', '53', '3D', 'other']);
  expect(refusedAs(new UnavailableError('database', 'not-done'))).toBe('UnavailableError');
  expect([new TypeError('x'), 'text', undefined].map(refusedAs)).toEqual(['unknown', 'unknown', 'unknown']);
});
