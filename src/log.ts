import { pino, type DestinationStream, type Logger } from 'pino';

export type Log = Logger;

/**
 * Structured logs on standard output, one JSON object a line. Only ids, codes, counts and durations are logged:
 * never answers, tokens, keys or a driver's message (PostgreSQL puts row values into those).
 */
export function createLog(level: string, role: string, destination?: DestinationStream): Log {
  const options = {
    level,
    base: { role, pid: process.pid },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** Name, code, stack frames and the same of every cause; no message of a library, which may quote what a person wrote. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(isOurs(error) ? { message: error.message } : {}),
    stack: error.stack?.split('\n    at ').slice(1, 12),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Our own messages carry no personal data by contract; programming errors (TypeError …) quote code, not data. */
const OUR_NAMES = new Set(['RequestError', 'UnavailableError', 'RetryLater', 'Permanent', 'ConfigError', 'StartError']);
const isOurs = (error: Error): boolean => OUR_NAMES.has(error.name) || error instanceof TypeError;
