import { expect, test } from 'vitest';
import { readDeletion } from '../../web/src/api/deletion.ts';
import type { DeleteAssessmentMutation } from '../../web/src/gql/graphql.ts';

type Payload = NonNullable<DeleteAssessmentMutation['payload']>;
const outcomeOf = (payload: Payload) => readDeletion({ data: { payload } });
const failed = (code: string) => ({
  graphQLErrors: [Object.assign(new Error('developer text'), { extensions: { code } })],
});
const UNCERTAIN = 'It is not certain that this has arrived. You can try it again; twice does no harm.';

test('an assessment that is deleted, or was deleted before, is gone', () => {
  expect(outcomeOf({ assessmentId: 'a', errors: [] })).toBeUndefined();
  const before: Payload = { assessmentId: null, errors: [{ kind: 'NotFoundError', message: 'For developers.' }] };
  expect(outcomeOf(before)).toBeUndefined();
});

test('a deletion that perhaps did not arrive says so', () => {
  expect(readDeletion({ error: failed('SERVICE_UNAVAILABLE') })).toBe(UNCERTAIN);
  expect(readDeletion({ error: { graphQLErrors: [], networkError: new Error('offline') } })).toBe(UNCERTAIN);
});

test('a deletion that was refused says why', () => {
  const refused: Payload = { assessmentId: null, errors: [{ kind: 'TooManyAssessmentsError', message: 'Wait.' }] };
  expect(outcomeOf(refused)).toBe('Wait.');
  expect(readDeletion({ error: failed('RATE_LIMITED') })).toContain('wait a minute');
  expect(readDeletion({})).toBe('Something went wrong. Please try again.');
});
