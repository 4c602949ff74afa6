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

/** Why a stream of the broker can't be used. The log has the remedy. */
export const STREAM_TROUBLES = [
  'no leader',
  'no room',
  'denied',
  'foreign',
  'missing',
  'no answer',
  'refused',
] as const;
export type StreamTrouble = (typeof STREAM_TROUBLES)[number];

/** The parts that this process needs for its work, each with its present state, and the streams that can't be used. */
export type Readiness = () => { parts: Record<string, PartState>; streams: Record<string, StreamTrouble> };

export const healthOf = () => ({ status: 'ok' as const });

/** 200 if the process can do its work: all parts are ok or degraded. Else 503. The body has only names and fixed words. */
export function readinessOf(readiness: Readiness) {
  const { parts, streams } = readiness();
  const body = Object.keys(streams).length === 0 ? { parts } : { parts, streams };
  return Object.values(parts).every((state) => state === 'ok' || state === 'degraded')
    ? ({ status: 200, body: { status: 'ready', ...body } } as const)
    : ({ status: 503, body: { status: 'not ready', ...body } } as const);
}
