import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import type { Client } from '../support/client.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';

let app: TestApp;
let client: Client;

beforeAll(async () => {
  app = await startApp({ role: 'api' });
  client = await app.client();
});
afterAll(() => app.close());

const input = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers };

test('of two submissions in one document the stored one is told beside the error of the other', async () => {
  const { data, errors } = await client.graphql(
    `mutation ($good: SubmitAssessmentInput!, $bad: SubmitAssessmentInput!) {
      good: submitAssessment(input: $good) { assessment { id } errors { message } }
      bad: submitAssessment(input: $bad) { assessment { id } errors { message } }
    }`,
    { good: input, bad: { ...input, idempotencyKey: 'a b' } },
  );
  expect(data).toEqual({ good: { assessment: { id: expect.any(String) }, errors: [] }, bad: null });
  expect(errors).toMatchObject([{ path: ['bad'], extensions: { code: 'BAD_USER_INPUT' } }]);
  expect(await client.read(data.good.assessment.id)).toMatchObject({ status: 'SUBMITTED' });
});

test('a token is told although the field beside it fails', async () => {
  const { data, errors } = await client.graphql(
    'mutation { startSession(transport: BEARER) { token } cancelAssessment(id: "x") { assessment { id } } }',
  );
  expect(data).toEqual({ startSession: { token: expect.stringMatching(/^as_/) }, cancelAssessment: null });
  expect(errors).toMatchObject([{ path: ['cancelAssessment'] }]);
});

test('a list that can not be read is null in its session, and the fields beside it are there', async () => {
  const { data, errors } = await client.graphql(
    '{ session { id assessments(after: "zzz") { nodes { id } } } questionnaires { slug } deadLetters { nodes { code } } }',
  );
  expect(data).toEqual({
    session: { id: client.sessionId, assessments: null },
    questionnaires: expect.arrayContaining([{ slug: 'wellbeing-check' }]),
    deadLetters: null,
  });
  expect(errors).toMatchObject([
    { path: ['deadLetters'], extensions: { code: 'FORBIDDEN' } },
    { path: ['session', 'assessments'], extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});

test('an error of a payload has its message and code without a fragment, and says where it belongs', async () => {
  const query = `mutation ($input: SubmitAssessmentInput!) {
    submitAssessment(input: $input) { assessment { id } errors { __typename message code path } } }`;
  const { data } = await client.graphql(query, { input: { ...input, questionnaire: 'nope' } });
  expect(data.submitAssessment).toEqual({
    assessment: null,
    errors: [
      {
        __typename: 'UnknownQuestionnaireError',
        message: expect.stringContaining('questionnaires'),
        code: 'UNKNOWN_QUESTIONNAIRE',
        path: ['input', 'questionnaire'],
      },
    ],
  });
});

test('each error names an argument of its field in its path', async () => {
  const { data } = await client.graphql(`mutation {
    cancelAssessment(id: "0190a000-0000-7000-8000-000000000000") { errors { code path } }
    retryAssessment(id: "0190a000-0000-7000-8000-000000000000") { errors { code path } }
    submitAssessment(input: { questionnaire: "wellbeing-check", answers: {} }) { errors { code path } }
  }`);
  expect(data).toEqual({
    cancelAssessment: { errors: [{ code: 'NOT_FOUND', path: ['id'] }] },
    retryAssessment: { errors: [{ code: 'NOT_FOUND', path: ['id'] }] },
    submitAssessment: { errors: [{ code: 'INVALID_ANSWERS', path: ['input', 'answers'] }] },
  });
});
