type PartState = 'ok' | 'unavailable' | 'stopping';

/** The parts that this process needs for its work, each with its present state. */
export type Readiness = () => Record<string, PartState>;

export const healthOf = () => ({ status: 'ok' as const });

/** 200 if all parts are ok, else 503. The body has only the parts and their states. */
export function readinessOf(readiness: Readiness) {
  const parts = readiness();
  return Object.values(parts).every((state) => state === 'ok')
    ? ({ status: 200, body: { status: 'ready', parts } } as const)
    : ({ status: 503, body: { status: 'not ready', parts } } as const);
}
