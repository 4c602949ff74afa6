/**
 * `degraded`: the process does its work without the part. The database is `read-only` (also a standby) or `full`, or is
 * `refusing` statements of the program.
 */
export const PART_STATES = [
  'ok',
  'degraded',
  'starting',
  'stopping',
  'unavailable',
  'read-only',
  'full',
  'refusing',
] as const;
export type PartState = (typeof PART_STATES)[number];

/** The parts that this process needs for its work, each with its present state. */
export type Readiness = () => Record<string, PartState>;

export const healthOf = () => ({ status: 'ok' as const });

/** 200 if the process can do its work: all parts are ok or degraded. Else 503. The body has only the parts and their states. */
export function readinessOf(readiness: Readiness) {
  const parts = readiness();
  return Object.values(parts).every((state) => state === 'ok' || state === 'degraded')
    ? ({ status: 200, body: { status: 'ready', parts } } as const)
    : ({ status: 503, body: { status: 'not ready', parts } } as const);
}
