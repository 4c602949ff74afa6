import { until } from './wait.ts';
/** The metrics of a process, in the text format of Prometheus. */
export const metricsOf = async ({ probesUrl }: { probesUrl: string }): Promise<string> =>
  await (await fetch(`${probesUrl}/metrics`)).text();

type Series<Labels> = { value: number; labels: Labels };

/** The series of a counter or gauge that are not 0. */
export async function notZero<Labels>(metric: {
  get: () => Promise<{ values: Series<Labels>[] }>;
}): Promise<Series<Labels>[]> {
  return (await metric.get()).values.filter(({ value }) => value !== 0);
}

/** Resolves when the worker's look at its start is answered. What the model does from then on concerns people. */
export const looked = (app: Parameters<typeof metricsOf>[0]): Promise<unknown> =>
  until(async () => (await metricsOf(app)).includes('assay_model_looks_total{outcome="answered"} 1'));
