/** The metrics of a process, in the text format of Prometheus. */
export const metricsOf = async ({ probesUrl }: { probesUrl: string }): Promise<string> =>
  await (await fetch(`${probesUrl}/metrics`)).text();
