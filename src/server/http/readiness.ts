type PartState = 'ok' | 'unavailable' | 'stopping';

/** The parts that this process can't do its work without, and whether each can be used now. */
export type Readiness = () => Record<string, PartState>;

export const healthOf = () => ({ status: 'ok' as const });

/** 503 names the part that is not ready, and nothing else. */
export function readinessOf(readiness: Readiness) {
  const parts = readiness();
  return Object.values(parts).every((state) => state === 'ok')
    ? ({ status: 200, body: { status: 'ready', parts } } as const)
    : ({ status: 503, body: { status: 'not ready', parts } } as const);
}
