import { expect, test } from 'vitest';
import { readChange } from '../../web/src/api/change.ts';
import type { CancelAssessmentMutation, RetryAssessmentMutation } from '../../web/src/gql/graphql.ts';

type Payload = NonNullable<CancelAssessmentMutation['payload'] | RetryAssessmentMutation['payload']>;
const outcomeOf = (refusal: Payload['errors'][number]) =>
  readChange({ data: { payload: { assessment: null, errors: [refusal] } } });
const cancelled: NonNullable<Payload['assessment']> = {
  id: 'a',
  status: 'CANCELLED',
  version: 3,
  queuePosition: null,
  estimatedResultSeconds: null,
  nextTryAt: null,
  startedAt: null,
  endedAt: null,
  draft: null,
  failure: null,
  result: null,
};
const changed = { data: { payload: { assessment: cancelled, errors: [] } } };
const failed = (code: string) => ({
  graphQLErrors: [Object.assign(new Error('developer text'), { extensions: { code } })],
});

test('a change that was made gives the new state', () => {
  expect(readChange(changed)).toEqual({ kind: 'changed', assessment: cancelled });
});

test('a change that was made is one, though some field of the new state could not be read', () => {
  const error = { graphQLErrors: [{ path: ['payload', 'assessment', 'queuePosition'] }] };
  expect(readChange({ ...changed, error })).toMatchObject({ kind: 'changed' });
});

test('an outdated page gets a plain message, and is to be read again', () => {
  const kinds = ['NotFoundError', 'NotCancellableError', 'NotRetryableError'] as const;
  const outcomes = kinds.map((kind) => outcomeOf({ kind, message: 'For developers.' }));
  expect(outcomes).toEqual([
    { kind: 'refused', isStale: true, message: 'This assessment is not among yours any more.' },
    { kind: 'refused', isStale: true, message: 'It came to its end a moment before.' },
    { kind: 'refused', isStale: true, message: 'It was begun again already, or it has its result by now.' },
  ]);
});

test('too many assessments: the message says when to try again', () => {
  const many = { kind: 'TooManyAssessmentsError', message: 'Too many.', retryAfterSeconds: 40 } as const;
  expect(outcomeOf(many)).toEqual({
    kind: 'refused',
    isStale: false,
    message: 'Too many. Please try again in 40 seconds.',
  });
});

test('an error type of a later server is shown with its own message', () => {
  const later = { kind: 'NewError', message: 'Something new.' } as unknown as Payload['errors'][number];
  expect(outcomeOf(later)).toMatchObject({ message: 'Something new.' });
  expect(readChange({})).toMatchObject({ kind: 'refused', message: 'Something went wrong. Please try again.' });
});

test('after a lost connection the assessment is to be read again, and the person may try again', () => {
  const lost = readChange({ error: { graphQLErrors: [], networkError: new Error('reset') } });
  expect(lost).toMatchObject({ isStale: true, message: expect.stringContaining('twice does no harm') });
  expect(readChange({ error: failed('SERVICE_UNAVAILABLE') })).toEqual(lost);
  expect(readChange({ error: failed('RATE_LIMITED') })).toMatchObject({ isStale: false });
});
