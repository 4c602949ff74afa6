import * as fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { JSON_TYPE, postGraphQL, responseOf, type HttpResponse } from '../server/requests.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { outcomeIn, type Client, type Loose } from '../support/client.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { anyText, changedJson, FEWER_RUNS, RUNS, SECRET } from './draws.ts';
import { codesOf, faultsOf, harmTo } from './harmless.ts';

let app: TestApp;
let client: Client;
beforeAll(async () => {
  app = await startApp({ role: 'api' });
  client = await app.client();
});
afterAll(() => app.close());

const SUBMIT = `mutation ($input: SubmitAssessmentInput!) { submitAssessment(input: $input) {
  assessment { __typename id answers }
  errors { __typename ... on InvalidAnswersError { issues { path rule message } } } } }`;
const answers = { ...wellbeingAnswers, note: SECRET };

const stored = async (): Promise<number> => {
  const [row] = await app.world.sql<{ count: number }>('SELECT count(*)::int AS count FROM test_assessment');
  return row?.count ?? 0;
};

/** The outcome over both transports: the stored answers, or the code of the refusal with the paths of its issues. */
type Outcome = { faults: string[]; answers?: unknown; refused?: string };

async function overGraphQL(input: unknown): Promise<Outcome> {
  const body = JSON.stringify({ query: SUBMIT, variables: { input } });
  const response = await postGraphQL(app.url, body, { ...JSON_TYPE, cookie: client.cookie });
  const faults = faultsOf(response);
  const { data, errors } = JSON.parse(response.text) as { data?: Loose; errors?: Loose[] };
  if (errors !== undefined) return { faults, refused: codesOf(response)[0] ?? '' };
  const result = outcomeIn(data?.submitAssessment);
  if (result.__typename === 'Assessment') return { faults, answers: result.answers };
  return { faults, refused: `${result.__typename} ${pathsOf(result.issues)}` };
}

async function overRest(input: unknown): Promise<Outcome> {
  const response: HttpResponse = await responseOf(
    await client.rest('POST', '/api/assessment/submit', JSON.stringify(input)),
  );
  const faults = faultsOf(response);
  const { error } = JSON.parse(response.text) as { error?: Loose };
  if (response.status === 202) return { faults };
  return { faults, refused: error.issues === undefined ? error.code : `InvalidAnswersError ${pathsOf(error.issues)}` };
}

/** Both store, or both refuse, with the same places if answers are at fault. GraphQL itself refuses a null. */
const agree = (one: Outcome, other: Outcome): boolean =>
  one.refused?.startsWith('InvalidAnswersError') === true
    ? one.refused === other.refused
    : (one.refused === undefined) === (other.refused === undefined);

const pathsOf = (issues: Loose[] | undefined): string => JSON.stringify(issues?.map(({ path, rule }) => [path, rule]));

test('all answers are stored as they are or refused with their places, the same over GraphQL and REST', async () => {
  await fc.assert(
    fc.asyncProperty(changedJson(answers), async (changed) => {
      const before = await stored();
      const input = { questionnaire: 'wellbeing-check', answers: changed };
      const [one, other] = [await overGraphQL(input), await overRest(input)];
      expect([...one.faults, ...other.faults]).toEqual([]);
      expect(agree(one, other)).toBe(true);
      const isStored = one.refused === undefined;
      expect(await stored()).toBe(before + (isStored ? 2 : 0));
      expect(one.answers).toEqual(isStored ? JSON.parse(JSON.stringify(changed)) : undefined);
    }),
    { numRuns: 120 },
  );
});

test('all inputs of a submission are served or refused, and what is refused stores nothing', async () => {
  const valid = {
    questionnaire: 'wellbeing-check',
    questionnaireVersion: 1,
    answers,
    watch: true,
    idempotencyKey: 'a-key',
  };
  await fc.assert(
    fc.asyncProperty(changedJson(valid), async (input) => {
      const before = await stored();
      const { faults, refused } = await overGraphQL(input);
      expect(faults).toEqual([]);
      // A served one may repeat an idempotency key.
      expect((await stored()) - before).toBeLessThanOrEqual(refused === undefined ? 1 : 0);
      const rest = await overRest(input);
      expect(rest.faults).toEqual([]);
    }),
    { numRuns: 120 },
  );
});

test('all free text within its length is stored verbatim, and is in no log', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), anyText(), async (one, other) => {
      for (const note of [`${SECRET} ${one}`, other]) {
        const {
          faults,
          refused,
          answers: read,
        } = await overGraphQL({
          questionnaire: 'wellbeing-check',
          answers: { ...answers, note },
        });
        expect(faults).toEqual([]);
        const outcome = (read as typeof answers | undefined)?.note ?? refused;
        expect(outcome === note || outcome?.startsWith('InvalidAnswersError [["/note",')).toBe(true);
      }
    }),
    FEWER_RUNS,
  );
});

test('all idempotency keys are one key, whichever characters they have, or are refused', async () => {
  await fc.assert(
    fc.asyncProperty(anyText(), async (text) => {
      const idempotencyKey = text === '' ? text : `${randomUUID().slice(0, 8)}${text}`;
      const before = await stored();
      const input = { questionnaire: 'wellbeing-check', answers, idempotencyKey };
      const [one, again] = [await overGraphQL(input), await overGraphQL(input)];
      expect([...one.faults, ...again.faults]).toEqual([]);
      expect(one.refused).toBe(again.refused);
      expect(await stored()).toBe(
        before + (one.refused === undefined && idempotencyKey !== '' ? 1 : one.refused === undefined ? 2 : 0),
      );
    }),
    FEWER_RUNS,
  );
});

test('all ids are refused or not found, over GraphQL and REST', async () => {
  await fc.assert(
    fc.asyncProperty(anyText(), async (text) => {
      const { data, errors } = await client.graphql('query ($id: ID!) { assessment(id: $id) { id } }', { id: text });
      expect(data?.assessment ?? null).toBeNull();
      expect(errors?.map(({ extensions }) => extensions.code) ?? ['BAD_USER_INPUT']).toEqual(['BAD_USER_INPUT']);
      if (text.length > 4_000 || !text.isWellFormed()) return;
      const rest = await responseOf(await client.rest('GET', `/api/assessment/${encodeURIComponent(text)}`));
      expect(rest.status).toBeLessThan(500);
    }),
    RUNS,
  );
});

test('nobody else was harmed', async () => {
  expect(await harmTo(app)).toEqual([]);
});
