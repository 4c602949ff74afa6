import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTurns } from '../../src/adapters/database/turns.ts';
import { createRetrying } from '../../src/adapters/database/retrying.ts';
import { createWorking } from '../../src/adapters/database/working.ts';
import {
  assessmentStatuses,
  hasEnded,
  statesThatTake,
  transitions,
  type AssessmentEvent,
  type AssessmentStatus,
} from '../../src/entities/assessment-state.ts';
import { Clock, runIn } from './simulation/clock.ts';
import { illegal, versions } from './simulation/promises.ts';
import type { Change } from './simulation/rows.ts';
import { Store } from './simulation/store.ts';
import { NETWORK, SESSION, startProcess } from './simulation/world.ts';

const events = Object.keys(transitions.submitted) as AssessmentEvent[];
const anyEvents = fc.array(fc.constantFrom(...events), { maxLength: 40, size: 'max' });
const anyStatus = fc.constantFrom(...assessmentStatuses);
const after = (status: AssessmentStatus, event: AssessmentEvent): AssessmentStatus =>
  transitions[status][event] ?? status;

type Move = { from: AssessmentStatus; event: AssessmentEvent; to: AssessmentStatus };

/** The changes that some events bring about, in their order. */
function movesOf(happened: AssessmentEvent[], from: AssessmentStatus): Move[] {
  const moves: Move[] = [];
  for (const event of happened) {
    const status = moves.at(-1)?.to ?? from;
    moves.push({ from: status, event, to: after(status, event) });
  }
  return moves.filter((move) => move.from !== move.to);
}

test('an end is final after any events but a retry, which leads to the first state', () => {
  fc.assert(
    fc.property(anyStatus, anyEvents, (from, happened) => {
      const fromEnds = movesOf(happened, from).filter((move) => hasEnded(move.from));
      expect(fromEnds.filter(({ event, to }) => event !== 'retried' || to !== 'submitted')).toEqual([]);
    }),
  );
});

test('a result is never taken back, and nothing ends twice without a retry in between', () => {
  fc.assert(
    fc.property(anyEvents, (happened) => {
      const moves = movesOf(happened, 'submitted');
      expect(moves.filter((move) => move.from === 'completed')).toEqual([]);
      const ends = moves.filter(({ to }) => hasEnded(to)).length;
      const retries = moves.filter(({ event }) => event === 'retried').length;
      expect([retries, retries + 1]).toContain(ends);
    }),
  );
});

test('from every state that has not ended each end can be reached', () => {
  for (const end of assessmentStatuses.filter(hasEnded))
    for (const from of assessmentStatuses.filter((status) => !hasEnded(status))) {
      const reached = new Set<AssessmentStatus>([from]);
      for (const status of reached) for (const event of events) reached.add(after(status, event));
      expect([from, end, reached.has(end)]).toEqual([from, end, true]);
    }
});

test('the states that take an event are exactly those with an entry for it in the table', () => {
  fc.assert(
    fc.property(anyStatus, fc.constantFrom(...events), (status, event) => {
      expect(statesThatTake(event).includes(status)).toBe(transitions[status][event] !== null);
    }),
  );
});

test.each<[AssessmentEvent, AssessmentStatus[], AssessmentStatus]>([
  ['claimed', ['submitted', 'processing'], 'processing'],
  ['saved', ['processing'], 'completed'],
  ['retryLater', ['processing'], 'submitted'],
  ['failedForGood', ['processing'], 'failed'],
  ['cancelled', ['submitted', 'processing'], 'cancelled'],
  ['retried', ['failed', 'cancelled'], 'submitted'],
])('%s happens only in %j, and leads to %s', (event, from, to) => {
  expect(statesThatTake(event)).toEqual(from);
  expect(from.map((status) => transitions[status][event])).toEqual(from.map(() => to));
});

test('an ended state is one that only a retry changes', () => {
  for (const status of assessmentStatuses) {
    const changing = events.filter((event) => transitions[status][event] !== null);
    expect(hasEnded(status)).toBe(changing.every((event) => event === 'retried'));
  }
});

const steps = fc.array(
  fc.record({
    what: fc.constantFrom('claim', 'save', 'fail', 'release', 'give back', 'renew', 'cancel', 'retry', 'wait'),
    /** The worker whose token is used, of three. */
    worker: fc.nat({ max: 2 }),
    ms: fc.integer({ min: 0, max: 20_000 }),
  }),
  { maxLength: 25, size: 'max' },
);
type Step = { what: string; worker: number; ms: number };
type Stores = {
  working: ReturnType<typeof createWorking>;
  retrying: ReturnType<typeof createRetrying>;
  turns: ReturnType<typeof createTurns>;
};

const LEASE_MS = 15_000;
const ID = '0190a000-0000-7000-8000-000000000000';
const RESULT = { summary: '', recommendations: [], scores: [], model: 'none', promptVersion: 'none', textHash: null };
const SAVED = { status: 'completed', result: RESULT, promptTokens: null, completionTokens: null } as const;
const FAILED = { status: 'failed', code: 'AI_REFUSED', lastError: 'why' } as const;

async function carryOut(
  { working, retrying, turns }: Stores,
  { what, worker, ms }: Step,
  tokens: string[],
): Promise<void> {
  const held = { id: ID, token: tokens[worker] ?? '' };
  if (what === 'claim') {
    const token = randomUUID();
    if (!('kind' in (await working.claim({ id: ID, token })))) tokens[worker] = token;
  } else if (what === 'save') await working.finish({ ...held, network: null, outcome: SAVED });
  else if (what === 'fail') await working.finish({ ...held, network: null, outcome: FAILED });
  else if (what === 'renew') await working.renew([held]);
  else if (what === 'retry') {
    await retrying.retry(ID, SESSION, NETWORK);
    await turns.release([{ network: NETWORK, most: 1 }]);
  } else if (what === 'release' || what === 'give back')
    await working.release({ ...held, delayMs: ms, returnAttempt: what === 'give back' });
}

/** A claim counts one attempt, giving it back as no attempt returns it, and a new round begins with none. */
function attemptsAfter(before: number, { what }: Step, [change]: Change[]): number {
  if (change?.event === 'claimed') return before + 1;
  if (change?.event === 'retried') return 0;
  return change?.event === 'retryLater' && what === 'give back' ? before - 1 : before;
}

test('the statements, as they are simulated, change a row as the table says, and the version with the status alone', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      const clock = new Clock(1);
      using _clock = clock.install();
      const store = new Store({ clock, faults: [], onFault: () => {} });
      const { rows } = store;
      const row = rows.insert(ID, SESSION, NETWORK, clock.now);
      const process = startProcess('worker');
      const sql = store.connect(process);
      const stores = { working: createWorking(sql, LEASE_MS), retrying: createRetrying(sql), turns: createTurns(sql) };
      const tokens: string[] = [];
      for (const step of script) {
        const before = { ...row };
        const changed = rows.changes.length;
        let done = step.what === 'wait';
        if (step.what === 'cancel') done = rows.cancel(ID, clock.now) || true;
        else void runIn(process, () => carryOut(stores, step, tokens)).then(() => (done = true));
        await clock.until(() => done, clock.now + 10_000);
        if (step.what === 'wait') await clock.until(() => false, clock.now + step.ms);
        expect(row.version - before.version).toBe(row.status === before.status ? 0 : 1);
        expect(row.round - before.round).toBe(hasEnded(before.status) && !hasEnded(row.status) ? 1 : 0);
        expect([row.endedAt !== null, row.endedXid !== null]).toEqual([hasEnded(row.status), hasEnded(row.status)]);
        expect(row.claimToken !== null).toBe(row.status === 'processing');
        expect(row.attempts).toBe(attemptsAfter(before.attempts, step, rows.changes.slice(changed)));
      }
      expect([...rows.changes.flatMap(illegal), ...versions(rows)]).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
