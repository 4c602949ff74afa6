import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { NewResult } from '../../../src/entities/claim.ts';
import type { Outcome } from '../../../src/entities/claim.ts';
import { Permanent } from '../../../src/errors.ts';
import {
  asRead,
  backdateLease,
  claimed,
  completed,
  failed,
  openStore,
  rowOf,
  submitMany,
  type Store,
} from './store.ts';

const lettersOf = ({ sql }: Store) => sql('SELECT * FROM dead_letter');
const resultsOf = ({ sql }: Store) => sql('SELECT * FROM result_test');

test('result, status and end come in one statement', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const { token, sessionId } = await claimed(store, id);
  store.statements.length = 0;
  expect(await store.working.finish({ network: null, id, token, outcome: completed })).toEqual({
    id,
    sessionId,
    status: 'completed',
    version: 3,
    round: 1,
    attempts: 1,
    failureCode: null,
    lastError: null,
    othersDeferred: false,
  });
  expect(store.statements).toEqual(['finish-completed']);
  expect(await rowOf(store, id)).toMatchObject({
    status: 'completed',
    version: 3,
    claim_token: null,
    lease_until: null,
    ended_at: expect.any(Date),
    ended_xid: expect.stringMatching(/^\d+$/),
  });
  const view = await store.reading.byId(id);
  expect(view).toMatchObject({ status: 'completed', result: asRead(completed.result) });
  expect(await resultsOf(store)).toMatchObject([
    { assessment_id: id, round: 1, prompt_tokens: 12, completion_tokens: 34 },
  ]);
  expect(await lettersOf(store)).toEqual([]);
});

test('a final failure leaves a dead letter in the same statement, and no result', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const { token } = await claimed(store, id);
  store.statements.length = 0;
  expect(await store.working.finish({ network: null, id, token, outcome: failed })).toMatchObject({
    status: 'failed',
    version: 3,
    failureCode: 'AI_REFUSED',
    lastError: 'the model refused to answer',
  });
  expect(store.statements).toEqual(['finish-failed']);
  expect(await lettersOf(store)).toMatchObject([
    { assessment_id: id, round: 1, code: 'AI_REFUSED', attempts: 1, last_error: 'the model refused to answer' },
  ]);
  expect(await resultsOf(store)).toEqual([]);
});

test.each<[string, Outcome]>([
  ['completed', completed],
  ['failed', failed],
])('with a wrong token no part of an end is written (%s)', async (_, outcome) => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const { token } = await claimed(store, id);
  const before = await rowOf(store, id);
  expect(await store.working.finish({ network: null, id, token: randomUUID(), outcome })).toBeUndefined();
  expect(await rowOf(store, id)).toEqual(before);
  expect([await resultsOf(store), await lettersOf(store)]).toEqual([[], []]);
  expect(await store.working.finish({ network: null, id, token, outcome })).toMatchObject({ version: 3 });
});

test('ends that come together share a statement of each kind, and each caller gets its own', async () => {
  await using store = await openStore();
  const ids = await submitMany(store, 40);
  const claims = await Promise.all(ids.map((id) => claimed(store, id)));
  store.statements.length = 0;
  const ends = await Promise.all(
    claims.map(({ id, token }, index) =>
      store.working.finish({
        network: null,
        id,
        token: index % 10 === 9 ? randomUUID() : token,
        outcome: index % 2 === 0 ? completed : failed,
      }),
    ),
  );
  expect(store.statements.toSorted()).toEqual(['finish-completed', 'finish-failed']);
  expect(ends.map((end) => end?.status)).toEqual(
    ids.map((_, index) => (index % 10 === 9 ? undefined : index % 2 === 0 ? 'completed' : 'failed')),
  );
  expect([(await resultsOf(store)).length, (await lettersOf(store)).length]).toEqual([20, 16]);
});

test('a reply is stored unchanged, with any characters', async () => {
  await using store = await openStore();
  const text = 'It’s „fine“ \\ "so", {a,b} NULL 👩‍👩‍👧 \u202E\n\t';
  const result: NewResult = {
    summary: text,
    recommendations: [{ title: text, rationale: text, action: text, area: null, priority: 'LOW' }],
    scores: [
      {
        area: 'sleep',
        parent: null,
        title: text,
        value: 12.5,
        level: 'LOW',
        raw: 12.5,
        unit: null,
        minimum: 0,
        maximum: 100,
        band: { key: 'low', title: 'low' },
        norm: null,
        answered: 2,
        of: 2,
      },
    ],
    model: text,
    promptVersion: text,
    textHash: null,
  };
  const ids = await submitMany(store, 2);
  const claims = await Promise.all(ids.map((id) => claimed(store, id)));
  const [, end] = await Promise.all(
    claims.map(({ id, token }, index) =>
      store.working.finish({
        network: null,
        id,
        token,
        outcome:
          index === 0
            ? { ...completed, result, promptTokens: null, completionTokens: null }
            : { ...failed, lastError: text },
      }),
    ),
  );
  expect(end?.lastError).toBe(text);
  expect((await store.reading.byId(ids[0] ?? ''))?.result).toEqual(asRead(result));
  expect((await resultsOf(store)).map(({ scores }) => scores)).toContainEqual(result.scores);
});

test.each<[string, Outcome, Outcome]>([
  ['a reply', completed, { ...completed, result: { ...completed.result, summary: 'a\0b' } }],
  ['the reason of a failure', failed, { ...failed, lastError: 'a\0b' }],
])('%s that the database can not hold fails alone, with Permanent', async (_, good, unstorable) => {
  await using store = await openStore();
  const ids = await submitMany(store, 8);
  const claims = await Promise.all(ids.map((id) => claimed(store, id)));
  const outcomes = await Promise.allSettled(
    claims.map(({ id, token }, index) =>
      store.working.finish({ network: null, id, token, outcome: index === 5 ? unstorable : good }),
    ),
  );
  expect(outcomes.map(({ status }) => status)).toEqual(
    ids.map((_id, index) => (index === 5 ? 'rejected' : 'fulfilled')),
  );
  const [refused] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(refused).toBeInstanceOf(Permanent);
  expect(refused).toMatchObject({ code: 'AI_INVALID_OUTPUT' });
  expect(await rowOf(store, ids[5] ?? '')).toMatchObject({ status: 'processing' });
});

test('only leases that are still held are renewed', async () => {
  await using store = await openStore();
  const [mine = '', lost = '', ended = ''] = await submitMany(store, 3);
  const claims = await Promise.all([mine, lost, ended].map((id) => claimed(store, id)));
  await backdateLease(store, mine);
  await store.sql('UPDATE test_assessment SET claim_token = $2 WHERE id = $1', [lost, randomUUID()]);
  await store.working.finish({ network: null, id: ended, token: claims[2]?.token ?? '', outcome: completed });
  expect(await store.working.renew(claims)).toEqual(new Set([mine]));
  const row = await rowOf(store, mine);
  expect(row).toMatchObject({ version: 2, attempts: 1 });
  expect(row.lease_until?.getTime()).toBeGreaterThan(Date.now());
});

test.each([
  ['given back', true, 0],
  ['counted', false, 1],
])('a released claim is due after its delay, with its attempt %s', async (_, returnAttempt, attempts) => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const { token } = await claimed(store, id);
  expect(await store.working.release({ id, token, delayMs: 30_000, returnAttempt })).toEqual({
    id,
    othersDeferred: false,
  });
  const row = await rowOf(store, id);
  expect(row).toMatchObject({ status: 'submitted', version: 3, attempts, claim_token: null, lease_until: null });
  const dueInMs = (row.not_before?.getTime() ?? 0) - Date.now();
  expect(dueInMs).toBeGreaterThan(20_000);
  expect(dueInMs).toBeLessThanOrEqual(31_000);
});

test('an invalid reply is kept for its repair through claims and releases, until the round ends', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const rejectedAnswer = { text: '{"a', problems: ['x'], cutOff: true, promptTokens: 3, completionTokens: null };
  const first = await claimed(store, id);
  expect(first.rejectedAnswer).toBeNull();
  await store.working.release({ id, token: first.token, delayMs: -1_000, returnAttempt: false, rejectedAnswer });
  const second = await claimed(store, id);
  expect(second.rejectedAnswer).toEqual(rejectedAnswer);
  await store.working.release({ id, token: second.token, delayMs: -1_000, returnAttempt: false });
  const third = await claimed(store, id);
  expect(third.rejectedAnswer).toEqual(rejectedAnswer);
  await store.working.finish({ network: null, id, token: third.token, outcome: failed });
  expect(await rowOf(store, id)).toMatchObject({ status: 'failed', rejected_answer: null });
});

test('a lost claim can not be released', async () => {
  await using store = await openStore();
  const [id = ''] = await submitMany(store, 1);
  const { token } = await claimed(store, id);
  const released = await Promise.all(
    [randomUUID(), token, token].map((each) =>
      store.working.release({ id, token: each, delayMs: 0, returnAttempt: false }),
    ),
  );
  // The same id three times in one statement: the first token decides, and that one is wrong.
  expect(released).toEqual([undefined, undefined, undefined]);
  expect(await store.working.release({ id, token, delayMs: 0, returnAttempt: false })).toBeDefined();
  expect(await store.working.release({ id, token, delayMs: 0, returnAttempt: false })).toBeUndefined();
});
