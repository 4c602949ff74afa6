import { expect, test } from 'vitest';
import { continueTrace, formatTraceparent } from '../src/trace.ts';

const REQUEST = '01234567-89ab-4cde-8f01-23456789abcd';
const OWN = { traceId: '0123456789ab4cde8f0123456789abcd', spanId: '8f0123456789abcd' };

test("a caller's trace is continued, with a span of the request", () => {
  const trace = continueTrace('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', REQUEST);
  expect(trace).toEqual({ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: OWN.spanId });
  expect(formatTraceparent(trace)).toBe(`00-0af7651916cd43dd8448eb211c80319c-${OWN.spanId}-01`);
});

test.each([
  ['no header', undefined],
  ['an empty header', ''],
  ['another version', '01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'],
  ['capitals', '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01'],
  ['no trace', '00-00000000000000000000000000000000-b7ad6b7169203331-01'],
  ['no span', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'],
  ['a suffix', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x'],
  ['a line break', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n'],
])('%s: a new trace begins, with the digits of the request id', (_, traceparent) => {
  expect(continueTrace(traceparent, REQUEST)).toEqual(OWN);
});
