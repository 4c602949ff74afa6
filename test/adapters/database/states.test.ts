import { randomUUID } from 'node:crypto';
import { asyncProperty, assert as check, array, constantFrom, record, nat } from 'fast-check';
import { expect, test } from 'vitest';
import {
  assessmentStatuses,
  hasEnded,
  statesThatTake,
  transitions,
  type AssessmentEvent,
  type AssessmentStatus,
} from '../../../src/entities/assessment-state.ts';
import { backdateLease, completed, failed, openStore, rowOf, submitMany, type Store } from './store.ts';

/** The event of each statement, run on a row with the token of its claim. */
const statements: Record<
  string,
  { event: AssessmentEvent; run: (store: Store, id: string, token: string) => Promise<unknown> }
> = {
  claim: { event: 'claimed', run: ({ working }, id) => working.claim({ id, token: randomUUID() }) },
  'finish with a result': {
    event: 'saved',
    run: ({ working }, id, token) => working.finish({ network: null, id, token, outcome: completed }),
  },
  'finish with a failure': {
    event: 'failedForGood',
    run: ({ working }, id, token) => working.finish({ network: null, id, token, outcome: failed }),
  },
  cancel: {
    event: 'cancelled',
    run: async ({ cancelling, reading }, id) => await cancelling.cancel(id, (await reading.byId(id))?.sessionId ?? ''),
  },
  retry: {
    event: 'retried',
    run: async ({ retrying, reading }, id) =>
      await retrying.retry(id, (await reading.byId(id))?.sessionId ?? '', 'network'),
  },
  release: {
    event: 'retryLater',
    run: ({ working }, id, token) => working.release({ id, token, delayMs: 0, returnAttempt: false }),
  },
};

/** A row in that state, due and with an expired lease, so that only the state decides which events are legal. */
async function rowIn(store: Store, status: AssessmentStatus, token: string): Promise<string> {
  const [id = ''] = await submitMany(store, 1);
  await store.sql(
    `UPDATE test_assessment SET status = $2, claim_token = $3, lease_until = now() - interval '1 h',
       ended_at = CASE WHEN $4 THEN now() END, ended_xid = CASE WHEN $4 THEN pg_current_xact_id() END WHERE id = $1`,
    [id, status, token, hasEnded(status)],
  );
  return id;
}

test.each(
  assessmentStatuses.flatMap((status) =>
    Object.entries(statements).map(([name, { event, run }]) => ({ status, name, event, run })),
  ),
)('$status, $name: the row changes as the table of states says', async ({ status, event, run }) => {
  await using store = await openStore({ leaseMs: 1 });
  const token = randomUUID();
  const id = await rowIn(store, status, token);
  const before = await rowOf(store, id);
  await run(store, id, token);
  const after = await rowOf(store, id);
  const expected = transitions[status][event];
  expect(after.status).toBe(expected ?? status);
  expect(expected === null ? after : undefined).toEqual(expected === null ? before : undefined);
  // The version rises only with the status; a claim that is taken over stays `processing`.
  expect(after.version - before.version).toBe(expected === null || expected === status ? 0 : 1);
  expect([after.ended_at !== null, after.ended_xid !== null]).toEqual([hasEnded(after.status), hasEnded(after.status)]);
});

test('a result and a failure are legal in the same states', () => {
  expect(statesThatTake('saved')).toEqual(statesThatTake('failedForGood'));
});

test.each(['submitted', 'processing'] as const)('a claim on %s is refused before it is due', async (status) => {
  await using store = await openStore();
  const token = randomUUID();
  const id = await rowIn(store, status, token);
  const soon = status === 'submitted' ? 'not_before' : 'lease_until';
  await store.sql(`UPDATE test_assessment SET ${soon} = now() + interval '1 min' WHERE id = $1`, [id]);
  const before = await rowOf(store, id);
  expect(await store.working.claim({ id, token: randomUUID() })).toMatchObject({ kind: 'later' });
  expect(await rowOf(store, id)).toEqual(before);
});

/** Steps of one assessment, each by one of three workers with the token of its last claim. */
const steps = array(
  record({
    what: constantFrom(
      'claim',
      'leaseOver',
      'renew',
      'complete',
      'fail',
      'release',
      'giveBack',
      'due',
      'cancel',
      'retry',
    ),
    worker: nat({ max: 2 }),
  }),
  { minLength: 1, maxLength: 16 },
);
type Step = { what: string; worker: number };

/** The expected state of the assessment, written without the program's table of states. */
type Expected = {
  status: AssessmentStatus;
  version: number;
  round: number;
  attempts: number;
  /** Number of failed rounds. */
  failures: number;
  holder: number | undefined;
  leaseIsOver: boolean;
  due: boolean;
};

function expectedAfter(state: Expected, { what, worker }: Step): Expected {
  const claimable =
    state.status === 'submitted' ? state.due : state.status === 'processing' ? state.leaseIsOver : false;
  const holds = state.status === 'processing' && state.holder === worker;
  const ended = { holder: undefined, version: state.version + 1 };
  if (what === 'claim' && claimable)
    return {
      ...state,
      status: 'processing',
      version: state.version + (state.status === 'processing' ? 0 : 1),
      attempts: state.attempts + 1,
      holder: worker,
      leaseIsOver: false,
      due: true,
    };
  if (what === 'leaseOver' && state.status === 'processing') return { ...state, leaseIsOver: true };
  if (what === 'renew' && holds) return { ...state, leaseIsOver: false };
  if (what === 'complete' && holds) return { ...state, ...ended, status: 'completed' };
  if (what === 'fail' && holds) return { ...state, ...ended, status: 'failed', failures: state.failures + 1 };
  if (what === 'cancel' && (state.status === 'submitted' || state.status === 'processing'))
    return { ...state, ...ended, status: 'cancelled' };
  if (what === 'retry' && (state.status === 'failed' || state.status === 'cancelled'))
    return { ...state, ...ended, status: 'submitted', round: state.round + 1, attempts: 0, due: true };
  if ((what === 'release' || what === 'giveBack') && holds)
    return {
      ...state,
      ...ended,
      status: 'submitted',
      due: false,
      attempts: state.attempts - (what === 'giveBack' ? 1 : 0),
    };
  if (what === 'due' && state.status === 'submitted') return { ...state, due: true };
  return state;
}

async function carryOut(store: Store, id: string, tokens: string[], { what, worker }: Step): Promise<void> {
  const { working, reading, cancelling, retrying, turns, sql } = store;
  const token = tokens[worker] ?? '';
  if (what === 'claim') {
    const fresh = randomUUID();
    const claimed = await working.claim({ id, token: fresh });
    if (!('kind' in claimed)) tokens[worker] = fresh;
  } else if (what === 'leaseOver') await backdateLease(store, id);
  else if (what === 'renew') await working.renew([{ id, token }]);
  else if (what === 'complete') await working.finish({ network: null, id, token, outcome: completed });
  else if (what === 'fail') await working.finish({ network: null, id, token, outcome: failed });
  else if (what === 'cancel') await cancelling.cancel(id, (await reading.byId(id))?.sessionId ?? '');
  else if (what === 'retry') {
    await retrying.retry(id, (await reading.byId(id))?.sessionId ?? '', id);
    await turns.release([{ network: id, most: 1 }]);
  } else if (what === 'due') await sql('UPDATE test_assessment SET not_before = NULL WHERE id = $1', [id]);
  else await working.release({ id, token, delayMs: 60_000, returnAttempt: what === 'giveBack' });
}

test('after any steps of workers and owner, the row is in the expected state, with one result or dead letter a round', async () => {
  await using store = await openStore({ leaseMs: 500 });
  await check(
    asyncProperty(steps, async (script) => {
      const [id = ''] = await submitMany(store, 1);
      const tokens: string[] = [randomUUID(), randomUUID(), randomUUID()];
      let expected: Expected = {
        status: 'submitted',
        version: 1,
        round: 1,
        attempts: 0,
        failures: 0,
        holder: undefined,
        leaseIsOver: false,
        due: true,
      };
      for (const step of script) {
        if (step.what === 'claim' && expected.status === 'processing' && !expected.leaseIsOver)
          // The machine may stall for longer than the short lease, and the row would then be claimable.
          await store.sql(`UPDATE test_assessment SET lease_until = now() + interval '1 h' WHERE id = $1`, [id]);
        await carryOut(store, id, tokens, step);
        expected = expectedAfter(expected, step);
        const { status, version, round, attempts, claim_token: holder } = await rowOf(store, id);
        expect({ status, version, round, attempts, holder: tokens.indexOf(holder ?? '') }).toEqual({
          status: expected.status,
          version: expected.version,
          round: expected.round,
          attempts: expected.attempts,
          holder: expected.holder ?? -1,
        });
      }
      const [counts] = await store.sql(
        `SELECT (SELECT count(*)::int FROM result_test WHERE assessment_id = $1) AS results,
           (SELECT count(*)::int FROM dead_letter WHERE assessment_id = $1) AS letters`,
        [id],
      );
      expect(counts).toEqual({
        results: expected.status === 'completed' ? 1 : 0,
        letters: expected.failures,
      });
    }),
    { numRuns: 120 },
  );
});
