import { expect, test } from 'vitest';
import type { SubmitAssessmentMutation } from '../../web/src/gql/graphql.ts';
import { readOutcome } from '../../web/src/form/submission.ts';

const failed = (code: string) => ({ error: { graphQLErrors: [graphQLError(code)] } });
const graphQLError = (code: string) => Object.assign(new Error('developer text'), { extensions: { code } });
type Refusal = NonNullable<SubmitAssessmentMutation['submitAssessment']>['errors'][number];
const outcomeOf = (refusal: Refusal) =>
  readOutcome({ data: { submitAssessment: { assessment: null, errors: [refusal] } } });

test('an accepted submission leads to its assessment', () => {
  const assessment = { id: 'a1', status: 'SUBMITTED', version: 1 } as const;
  expect(readOutcome({ data: { submitAssessment: { assessment, errors: [] } } })).toEqual({
    kind: 'accepted',
    assessmentId: 'a1',
  });
});

test('the issues of refused answers reach the form', () => {
  const issues = [{ path: '/sleep', rule: 'maximum', message: 'Must be at most 10.' }];
  expect(outcomeOf({ kind: 'InvalidAnswersError', message: 'Not valid.', issues })).toMatchObject({
    kind: 'invalid',
    issues,
  });
});

test('an idempotency key that was used with other answers gives a conflict', () => {
  expect(outcomeOf({ kind: 'IdempotencyConflictError', message: '…' }).kind).toBe('conflict');
});

test('a refusal because of too many assessments says when to try again', () => {
  const many = { kind: 'TooManyAssessmentsError', message: 'Too many.' } as const;
  expect([40, 91].map((retryAfterSeconds) => outcomeOf({ ...many, retryAfterSeconds }))).toEqual([
    { kind: 'postponed', message: 'Too many. Please try again in 40 seconds.' },
    { kind: 'postponed', message: 'Too many. Please try again in 2 minutes.' },
  ]);
});

test('after a lost connection the message says that sending again is safe', () => {
  const lost = readOutcome({ error: { graphQLErrors: [], networkError: new Error('reset') } });
  expect(lost).toMatchObject({ kind: 'unreachable', message: expect.stringContaining('will not count twice') });
  expect(readOutcome(failed('SERVICE_UNAVAILABLE'))).toEqual(lost);
});

test('after the end of the session the message asks to send again', () => {
  expect(readOutcome(failed('UNAUTHENTICATED'))).toMatchObject({ message: expect.stringContaining('send them again') });
});

test('no error shows the server’s message for developers', () => {
  for (const code of ['RATE_LIMITED', 'INTERNAL_SERVER_ERROR', 'PAYLOAD_TOO_LARGE', 'NEW_CODE']) {
    const outcome = readOutcome(failed(code));
    expect(outcome).toMatchObject({ message: expect.not.stringContaining('developer') });
  }
});

test('an error type of a later server is shown with its own message', () => {
  const later = { kind: 'NewError', message: 'Something new.' } as unknown as Refusal;
  expect(outcomeOf(later)).toEqual({ kind: 'refused', message: 'Something new.' });
  expect(readOutcome({})).toMatchObject({ kind: 'postponed', message: expect.stringContaining('Please send') });
});

test('only what would be refused again is refused: a form that waits on the device goes out at a later try otherwise', () => {
  for (const kind of ['UnknownQuestionnaireError', 'QuestionnaireWithdrawnError'] as const)
    expect(outcomeOf({ kind, message: '…' }).kind).toBe('refused');
  const kindsOf = (...codes: string[]) => codes.map((code) => readOutcome(failed(code)).kind);
  expect(kindsOf('PAYLOAD_TOO_LARGE', 'BAD_USER_INPUT')).toEqual(['refused', 'refused']);
  const passing = kindsOf('RATE_LIMITED', 'INTERNAL_SERVER_ERROR', 'UNAUTHENTICATED', 'NEW_CODE');
  expect(new Set(passing)).toEqual(new Set(['postponed']));
});
