import { expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { clientWith, outcomeIn, startClient, type Client } from '../support/client.ts';
import { refusal, status } from '../support/model-behaviours.ts';
import { wellbeingAnswers } from '../support/questionnaires.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { allDone, messagesLeft } from './work-stream.ts';

const OPERATOR = `op_${'x'.repeat(30)}`;
const asOperator = { authorization: `Bearer ${OPERATOR}` };

const RETRY = `mutation Retry($id: ID!) { retryAssessment(id: $id) {
  assessment { __typename id status version round result { summary } failure { code } }
  errors { __typename message } } }`;
const CANCEL = `mutation Cancel($id: ID!) { cancelAssessment(id: $id) { __typename } }`;
const LETTERS = `query Letters($first: Int, $after: String, $code: FailureCode, $since: DateTime) {
  deadLetters(first: $first, after: $after, code: $code, since: $since) { pageInfo { hasNextPage endCursor }
    nodes { assessmentId sessionId round code attempts lastError createdAt replayable } } }`;
const REPLAY = `mutation Replay($filter: DeadLetterFilter!) { replayDeadLetters(filter: $filter) { replayed } }`;

const cancel = (client: Client, id: string) => client.graphql(CANCEL, { id });
const retry = async (client: Client, id: string) =>
  outcomeIn((await client.graphql(RETRY, { id })).data.retryAssessment);

/** Submits assessments that the model refuses. */
async function failed(app: TestApp, client: Client, count: number): Promise<string[]> {
  app.world.model.script(() => refusal());
  const ids = await Promise.all(Array.from({ length: count }, () => client.submit()));
  await Promise.all(ids.map((id) => client.completion(id)));
  app.world.model.script([]);
  return ids;
}

test('the owner retries a failed assessment: a new round with a result, and the dead letter stays', async () => {
  await using app = await startApp();
  const client = await app.client();
  const [id = ''] = await failed(app, client, 1);
  expect(await retry(client, id)).toMatchObject({ status: 'SUBMITTED', round: 2, result: null, failure: null });
  const [event] = await client.completion(id);
  expect(event.data.recommendationCompleted.assessment).toMatchObject({ status: 'COMPLETED', version: 6, round: 2 });
  expect(app.world.model.callsFor(id).map(({ key }) => key?.round)).toEqual([1, 2]);
  expect(await app.world.sql('SELECT round, code FROM dead_letter')).toEqual([{ round: 1, code: 'AI_REFUSED' }]);
  expect(await app.world.sql('SELECT round FROM result_test')).toEqual([{ round: 2 }]);
});

test('only an ended assessment without a result can be retried, only once, and only by its owner', async () => {
  await using app = await startApp();
  const client = await app.client();
  const [id = ''] = await failed(app, client, 1);
  expect(await retry(await app.client(), id)).toMatchObject({ __typename: 'NotFoundError' });
  app.world.model.hold();
  const both = await Promise.all([retry(client, id), retry(client, id)]);
  expect(both.map(({ __typename }: { __typename: string }) => __typename).toSorted()).toEqual([
    'Assessment',
    'NotRetryableError',
  ]);
  app.world.model.release();
  await client.completion(id);
  expect(await retry(client, id)).toMatchObject({ __typename: 'NotRetryableError' });
});

test('a retry begins with a fresh set of attempts', async () => {
  await using app = await startApp({ env: { MAX_ATTEMPTS: '1' } });
  const client = await app.client();
  app.world.model.script([status(500)]);
  const id = await client.submit();
  const [event] = await client.completion(id);
  expect(event.data.recommendationCompleted.assessment.failure.code).toBe('ATTEMPTS_EXHAUSTED');
  await retry(client, id);
  await client.completion(id);
  expect(await client.read(id)).toMatchObject({ status: 'COMPLETED', round: 2 });
});

test('a retry counts as a submission', async () => {
  await using app = await startApp({ env: { SUBMITS_PER_MINUTE: '1' } });
  const client = await app.client();
  const [id = ''] = await failed(app, client, 1);
  expect(await retry(client, id)).toMatchObject({ __typename: 'TooManyAssessmentsError' });
});

test('a cancelled and retried assessment completes in its second round, although the message of the first is still there', async () => {
  await using world = await createWorld();
  await using api = await startApp({ role: 'api', world });
  const client = await api.client();
  const id = await client.submit();
  await until(async () => (await messagesLeft(api)) === 1);
  await cancel(client, id);
  expect(await retry(client, id)).toMatchObject({ status: 'SUBMITTED', round: 2 });
  // The message of the first round is still in the stream.
  await until(async () => (await messagesLeft(api)) === 2);
  await using _worker = await startApp({ role: 'worker', world, env: { LEASE_MS: '3000' } });
  await client.completion(id);
  expect(await client.read(id)).toMatchObject({ status: 'COMPLETED', round: 2 });
  await allDone(api);
  expect(world.model.calls.map(({ key }) => key?.round)).toEqual([2]);
  expect(await world.sql('SELECT round FROM result_test')).toEqual([{ round: 2 }]);
});

test('a retry right after the cancellation is worked on at once by the same worker', async () => {
  await using app = await startApp({ env: { WORKER_CONCURRENCY: '1' } });
  const client = await app.client();
  app.world.model.hold();
  const id = await client.submit();
  await app.world.model.waitForCalls(1);
  await cancel(client, id);
  await retry(client, id);
  // Far less than a lease.
  await app.world.model.waitForCalls(2, { timeoutMs: 3_000 });
  app.world.model.release();
  await client.completion(id);
  expect(app.world.model.callsFor(id).map(({ key, outcome }) => [key?.round, outcome])).toEqual([
    [1, 'aborted'],
    [2, 'answered'],
  ]);
});

test('operators list dead letters by code and time, page by page, without personal data', async () => {
  await using app = await startApp({ env: { OPERATOR_TOKEN: OPERATOR } });
  const client = await app.client();
  const ids = await failed(app, client, 5);
  const seen: string[] = [];
  const texts: string[] = [];
  for (let after: string | null = null; ;) {
    const { data } = await client.graphql(LETTERS, { first: 2, after }, asOperator);
    texts.push(JSON.stringify(data));
    seen.push(...data.deadLetters.nodes.map(({ assessmentId }: { assessmentId: string }) => assessmentId));
    if (!data.deadLetters.pageInfo.hasNextPage) break;
    after = data.deadLetters.pageInfo.endCursor;
  }
  expect(seen.toSorted()).toEqual(ids.toSorted());
  for (const personal of [wellbeingAnswers.note, client.cookie.split('=')[1] ?? ''])
    expect(texts.join()).not.toContain(personal);
  const of = async (filter: object) =>
    (await client.graphql(LETTERS, { first: 10, ...filter }, asOperator)).data.deadLetters.nodes.length;
  expect(await of({ code: 'AI_REFUSED' })).toBe(5);
  expect(await of({ code: 'AI_REJECTED' })).toBe(0);
  expect(await of({ since: new Date(Date.now() + 60_000).toISOString() })).toBe(0);
});

test('operators replay by filter: a new round for each assessment that is still failed, and for no other', async () => {
  await using app = await startApp({ env: { OPERATOR_TOKEN: OPERATOR } });
  const client = await app.client();
  const ids = await failed(app, client, 4);
  await retry(client, ids[0] ?? '');
  await client.completion(ids[0] ?? '');
  const replay = async (filter: object) =>
    (await client.graphql(REPLAY, { filter }, asOperator)).data.replayDeadLetters.replayed;
  expect(await replay({ assessmentIds: [ids[1]] })).toBe(1);
  expect(await replay({ code: 'AI_REFUSED' })).toBe(2);
  expect(await replay({ code: 'AI_REFUSED' })).toBe(0);
  for (const id of ids) await client.completion(id);
  for (const id of ids) expect(await client.read(id)).toMatchObject({ status: 'COMPLETED', round: 2 });
});

test('only operators can read and replay dead letters, and a filter must not be empty', async () => {
  await using app = await startApp({ env: { OPERATOR_TOKEN: OPERATOR } });
  await using without = await startApp();
  const client = await app.client();
  const codes = async (at: Client, headers: Record<string, string> = {}) => {
    const responses = [
      await at.graphql(LETTERS, {}, headers),
      await at.graphql(REPLAY, { filter: { code: 'AI_REFUSED' } }, headers),
    ];
    return responses.map(({ errors }) => errors?.[0].extensions.code);
  };
  expect(await codes(client)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect(await codes(client, { authorization: `Bearer ${OPERATOR}y` })).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect(await codes(await startClient(without.url), asOperator)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  // A cookie is no proof: a browser sends it with requests of other pages, too.
  for (const name of ['sid', '__Host-sid'])
    expect(await codes(clientWith(app.url, `${name}=${OPERATOR}`))).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect(await codes(client, { authorization: `Basic ${OPERATOR}` })).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  const empty = await client.graphql(REPLAY, { filter: {} }, asOperator);
  expect(empty.errors?.[0].extensions.code).toBe('BAD_USER_INPUT');
});

test('each operator has a token of a name, which the log has with the filter and the count of an action', async () => {
  const [alice, bob] = [`op_${'a'.repeat(30)}`, `op_${'b'.repeat(30)}`];
  await using app = await startApp({
    env: { OPERATOR_TOKEN: OPERATOR, OPERATOR_TOKENS: `alice=${alice}, bob=${bob}` },
  });
  const client = await app.client();
  await failed(app, client, 2);
  const by = (token: string) => ({ authorization: `Bearer ${token}` });
  await client.graphql(LETTERS, { first: 10, code: 'AI_REFUSED' }, by(alice));
  await client.graphql(REPLAY, { filter: { code: 'AI_REFUSED' } }, by(bob));
  await client.graphql(LETTERS, { first: 10 }, asOperator);
  const actions = app.logs.filter(({ operator }) => operator !== undefined);
  expect(actions).toMatchObject([
    { operator: 'alice', filter: { code: 'AI_REFUSED', ids: null }, count: 2 },
    { operator: 'bob', filter: { code: 'AI_REFUSED' }, count: 2 },
    { operator: 'operator', count: 2 },
  ]);
  for (const token of [alice, bob, OPERATOR]) expect(JSON.stringify(app.logs)).not.toContain(token);
});

test('wrong tokens are logged and limited by address, and lock no operator out', async () => {
  await using app = await startApp({ env: { OPERATOR_TOKEN: OPERATOR } });
  const client = await app.client();
  const guess = { authorization: `Bearer op_${'z'.repeat(30)}` };
  const codes: string[] = [];
  for (let count = 0; count < 12; count++)
    codes.push((await client.graphql(LETTERS, {}, guess)).errors?.[0].extensions.code);
  expect(codes).toEqual([...Array.from({ length: 10 }, () => 'FORBIDDEN'), 'RATE_LIMITED', 'RATE_LIMITED']);
  expect(app.logs.filter(({ msg }) => String(msg).includes('none of OPERATOR_TOKENS'))).toHaveLength(10);
  expect(JSON.stringify(app.logs)).not.toContain('zzz');
  expect((await client.graphql(LETTERS, { first: 1 }, asOperator)).errors).toBeUndefined();
});
