import { expect, test } from 'vitest';
import { errorCode, errorText, isAbsent, isSessionGone } from '../../web/src/api/errors.ts';

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

const failedAt = (path: (string | number)[] | undefined, code = 'SERVICE_UNAVAILABLE') => ({
  graphQLErrors: [{ path, extensions: { code } }],
});

test('null is an absence only without an error at the field or below it', () => {
  const data = { session: null, questionnaires: [] };
  expect(isAbsent({ data }, 'session')).toBe(true);
  expect(isAbsent({ data, error: failedAt(['questionnaires', 0]) }, 'session')).toBe(true);
  for (const path of [['session'], ['session', 'assessments'], ['session', 'assessments', 'nodes', 0], undefined])
    expect(isAbsent({ data, error: failedAt(path) }, 'session')).toBe(false);
  for (const other of [{ session: { id: 'a' } }, {}, null, undefined])
    expect(isAbsent({ data: other }, 'session')).toBe(false);
});

test('a session is gone by the code UNAUTHENTICATED alone, wherever it stands', () => {
  expect(isSessionGone(failedAt(['assessment'], 'UNAUTHENTICATED'))).toBe(true);
  const both = [failedAt(['session', 'assessments']), failedAt(['assessment'], 'UNAUTHENTICATED')];
  expect(isSessionGone({ graphQLErrors: both.flatMap(({ graphQLErrors }) => graphQLErrors) })).toBe(true);
  expect(isSessionGone(httpError(401))).toBe(true);
  for (const code of ['SERVICE_UNAVAILABLE', 'NOT_FOUND', 'BAD_USER_INPUT', 'INTERNAL_SERVER_ERROR'])
    expect(isSessionGone(failedAt(['session'], code))).toBe(false);
  expect(isSessionGone(undefined)).toBe(false);
});
