import { expect, test } from 'vitest';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import type { Context } from '../../src/schema/context.ts';
import { createGraphQL } from '../../src/server/graphql.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { viewOf } from './fake-edge.ts';

const SUBMIT = `mutation Submit($input: SubmitAssessmentInput!) {
  submitAssessment(input: $input) { __typename ... on Assessment { id status } ... on InvalidAnswersError { message } }
}`;
const body = { query: SUBMIT, variables: { input: { questionnaire: 'wellbeing-check', answers: wellbeingAnswers } } };
const context = {
  requestId: 'a-request',
  requireSession: async () => ({ id: 'the-session' }),
  services: { submit: async () => viewOf('submitted') },
} as unknown as Context;

const TIMES = 2_000;
/** Interpreted, or parsed or judged each time, it is nine times that and more. */
const ROUND_TRIPS_MAX = 6;

async function cpuOf(action: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let time = 0; time < TIMES; time++) await action();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

test('a submission that was seen before costs GraphQL no more than to parse and write its body a few times', async () => {
  const graphql = createGraphQL({ introspection: false, log: createLog('silent', 'api'), metrics: createMetrics() });
  const submit = async (): Promise<void> => {
    const operation = graphql.prepare({ ...body, operationName: undefined }, context);
    if ('errors' in operation || 'errors' in (await operation.run())) throw new Error('it was refused');
  };
  const roundTrip = (): unknown => JSON.parse(JSON.stringify(body));
  await cpuOf(submit);
  await cpuOf(roundTrip);
  // Against a loop in the same process and moment; the best of eight, since a busy machine adds to either.
  const costs: number[] = [];
  for (let run = 0; run < 8; run++) costs.push((await cpuOf(submit)) / (await cpuOf(roundTrip)));
  expect(Math.min(...costs)).toBeLessThan(ROUND_TRIPS_MAX);
});
