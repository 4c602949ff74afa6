import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import type { Client } from '../support/client.ts';
import { JSON_TYPE, postGraphQL } from './requests.ts';

let app: TestApp;
let client: Client;

beforeAll(async () => {
  app = await startApp({ role: 'api' });
  client = await app.client();
});
afterAll(() => app.close());

const query = `mutation ($input: SubmitAssessmentInput!) {
  submitAssessment(input: $input) { assessment { id } }
}`;
const submit = (header: string | undefined, idempotencyKey?: string) => {
  const input = { questionnaire: 'wellbeing-check', answers: wellbeingAnswers, idempotencyKey };
  const headers = {
    ...JSON_TYPE,
    cookie: client.cookie,
    ...(header === undefined ? {} : { 'idempotency-key': header }),
  };
  return postGraphQL(app.url, JSON.stringify({ query, variables: { input } }), headers);
};
const idOf = ({ text }: { text: string }): string => JSON.parse(text).data.submitAssessment.assessment.id;

test('submissions with the same header Idempotency-Key are one assessment, over GraphQL and REST', async () => {
  const first = idOf(await submit('form-1'));
  expect(idOf(await submit('form-1'))).toBe(first);
  expect(idOf(await submit(undefined, 'form-1'))).toBe(first);
  expect(idOf(await submit('form-1', 'form-1'))).toBe(first);
  const rest = await fetch(`${app.url}/api/assessment/submit`, {
    method: 'POST',
    headers: { ...JSON_TYPE, cookie: client.cookie, 'idempotency-key': 'form-1' },
    body: JSON.stringify({ questionnaire: 'wellbeing-check', answers: wellbeingAnswers }),
  });
  expect(await rest.json()).toMatchObject({ data: { assessment_id: first } });
  expect(idOf(await submit('form-2'))).not.toBe(first);
});

test('different keys in the header and in the input are refused', async () => {
  expect(await submit('form-3', 'form-4')).toBeRefused({
    status: 200,
    code: 'BAD_USER_INPUT',
    message: /Idempotency-Key/,
  });
});

test('a malformed key is refused in the header and in the input alike', async () => {
  for (const key of ['a b', 'x'.repeat(300), 'a, b']) {
    expect(await submit(key)).toBeRefused({ status: 200, code: 'BAD_USER_INPUT' });
    expect(await submit(undefined, key)).toBeRefused({ status: 200, code: 'BAD_USER_INPUT' });
  }
});
