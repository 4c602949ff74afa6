import { expect, test } from 'vitest';
import { errorCode, errorText } from '../../web/src/api/errors.ts';

const error = (extensions: Record<string, unknown>) => ({
  graphQLErrors: [Object.assign(new Error('developer text'), { extensions })],
});
const httpError = (status: number) => ({
  graphQLErrors: [],
  networkError: new Error('no GraphQL body'),
  response: { status },
});

test('the code of an error is the code that the server sent', () => {
  expect(errorCode(error({ code: 'RATE_LIMITED' }))).toBe('RATE_LIMITED');
  expect(errorCode(undefined)).toBeUndefined();
});

test('the response of a proxy gets its code by the HTTP status', () => {
  expect([401, 413, 429, 502, 503, 504].map((status) => errorCode(httpError(status)))).toEqual([
    'UNAUTHENTICATED',
    'PAYLOAD_TOO_LARGE',
    'RATE_LIMITED',
    'SERVICE_UNAVAILABLE',
    'SERVICE_UNAVAILABLE',
    'SERVICE_UNAVAILABLE',
  ]);
  expect(errorCode({ graphQLErrors: [], networkError: new Error('offline') })).toBe('NETWORK_ERROR');
});

test('the text of an unexpected error has the request id', () => {
  expect(errorText(error({ code: 'INTERNAL_SERVER_ERROR', requestId: 'r-1' }))).toContain('r-1');
  expect(errorText(error({ code: 'INTERNAL_SERVER_ERROR' }))).toBe('Something went wrong. Please try again.');
});

test('the text of a known error says what to do, and has no request id', () => {
  expect(errorText(error({ code: 'SERVICE_UNAVAILABLE', requestId: 'r-1' }))).toBe(
    'The service is not available right now. Please try again in a moment.',
  );
});
