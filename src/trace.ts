/** W3C Trace Context, level 1 (https://www.w3.org/TR/trace-context/): joins a request to the work that it causes. */
export type Trace = { traceId: string; spanId: string };

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/;
/** One that was read from elsewhere may be anything. */
export const isTraceparent = (text: string): boolean => TRACEPARENT.test(text);

const ZERO_TRACE = '0'.repeat(32);
const ZERO_SPAN = '0'.repeat(16);

/**
 * Continues the caller's trace if its `traceparent` is well formed, else starts one. `requestId` is a random UUID; a new
 * trace has the same digits, so that either id leads to the other.
 */
export function continueTrace(traceparent: string | undefined, requestId: string): Trace {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  const traceId = requestId.replaceAll('-', '');
  const spanId = traceId.slice(16);
  if (match?.[1] === undefined || match[1] === ZERO_TRACE || match[2] === ZERO_SPAN) return { traceId, spanId };
  return { traceId: match[1], spanId };
}

export const formatTraceparent = ({ traceId, spanId }: Trace): string => `00-${traceId}-${spanId}-01`;
