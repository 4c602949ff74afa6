import { expect, test } from 'vitest';
import { readChange } from '../../web/src/api/change.ts';
import type { CancelAssessmentMutation, RetryAssessmentMutation } from '../../web/src/gql/graphql.ts';

type Answer = CancelAssessmentMutation['answer'] | RetryAssessmentMutation['answer'];
const answered = (answer: Answer) => readChange({ data: { answer } as RetryAssessmentMutation });
const failed = (code: string) => ({
  graphQLErrors: [Object.assign(new Error('developer text'), { extensions: { code } })],
});

test('what was changed is shown as it is now', () => {
  const assessment = { kind: 'Assessment', id: 'a', status: 'CANCELLED', version: 3 } as Answer;
  expect(answered(assessment)).toEqual({ kind: 'changed', assessment });
});

test('what is not as the page shows it is said in plain words, and read again', () => {
  const kinds = ['NotFoundError', 'NotCancellableError', 'NotRetryableError'] as const;
  const outcomes = kinds.map((kind) => answered({ kind, message: 'For developers.' }));
  expect(outcomes).toEqual([
    { kind: 'refused', isStale: true, message: 'This assessment is not among yours any more.' },
    { kind: 'refused', isStale: true, message: 'It came to its end a moment before.' },
    { kind: 'refused', isStale: true, message: 'It was begun again already, or it has its result by now.' },
  ]);
});

test('too many: the person is told when to come again', () => {
  const many = { kind: 'TooManyAssessmentsError', message: 'Too many.', retryAfterSeconds: 40 } as const;
  expect(answered(many)).toEqual({
    kind: 'refused',
    isStale: false,
    message: 'Too many. Please try again in 40 seconds.',
  });
});

test('an error that this page does not know yet is told in its own words', () => {
  const later = { kind: 'NewError', message: 'Something new.' } as unknown as Answer;
  expect(answered(later)).toMatchObject({ message: 'Something new.' });
  expect(readChange({})).toMatchObject({ kind: 'refused', message: 'Something went wrong. Please try again.' });
});

test('after a lost connection the page looks how it stands, and the person may repeat it', () => {
  const lost = readChange({ error: { graphQLErrors: [], networkError: new Error('reset') } });
  expect(lost).toMatchObject({ isStale: true, message: expect.stringContaining('twice does no harm') });
  expect(readChange({ error: failed('SERVICE_UNAVAILABLE') })).toEqual(lost);
  expect(readChange({ error: failed('RATE_LIMITED') })).toMatchObject({ isStale: false });
});
