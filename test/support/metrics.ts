/** What a process tells of itself, as Prometheus would read it. */
export const metricsOf = async ({ probesUrl }: { probesUrl: string }): Promise<string> =>
  await (await fetch(`${probesUrl}/metrics`)).text();
