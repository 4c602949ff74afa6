import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Hub } from '../../src/delivery/hub.ts';
import type { LiveAssessment } from '../../src/delivery/live-assessment.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { until } from '../support/wait.ts';

const ID = '0190a000-0000-7000-8000-000000000000';
const SESSION = 'the-session';

type Row = Pick<AssessmentView, 'status' | 'version'> & { watch?: boolean };
const WAITS: Row = { status: 'submitted', version: 1 };
const WORKS: Row = { status: 'processing', version: 2 };
const AGAIN: Row = { status: 'submitted', version: 3 };
const ENDED: Row = { status: 'completed', version: 5 };
const viewOf = (row: Row): AssessmentView =>
  ({ id: ID, sessionId: SESSION, endedAt: null, watch: true, ...row }) as AssessmentView;

const recommendation = (title: string) => ({ title, rationale: 'r', action: 'a', area: null, priority: 'HIGH' });
const progress = (version: number, seq: number, ...titles: string[]): string => {
  const draft = { summary: null, recommendations: titles.map(recommendation) };
  return JSON.stringify({ v: 1, version, seq, phase: 'writing', draft });
};

/** An event in short: `processing@2 one,two`. */
const short = ({ status, version, draft, place }: LiveAssessment): string =>
  [
    `${status}@${version}`,
    ...(draft === undefined ? [] : [draft.recommendations.map(({ title }) => title).join()]),
    ...(place === undefined ? [] : [`#${place.position}`]),
  ].join(' ');

function startHub(first: Row, read?: () => Promise<void>) {
  const state = { row: first, reads: 0 };
  const hub = new Hub({
    metrics: createMetrics(),
    log: createLog('silent', 'api'),
    reading: {
      byId: async () => {
        state.reads++;
        const found = viewOf(state.row);
        await read?.();
        return found;
      },
    },
  });
  return { hub, state };
}

/** A reader without delay, and the events that it got. */
function watch(events: AsyncIterable<LiveAssessment>) {
  const seen: string[] = [];
  const ended = (async () => {
    for await (const event of events) seen.push(short(event));
  })();
  return { seen, ended, has: (wanted: string) => until(() => seen.includes(wanted), { label: wanted }) };
}

test('a subscriber gets the present state, every change of the row and the end, and then its iterator ends', async () => {
  const { hub, state } = startHub(WAITS);
  const follower = watch(await hub.follow(ID, SESSION));
  await follower.has('submitted@1');
  for (const row of [WORKS, AGAIN, ENDED]) {
    state.row = row;
    hub.hint(ID);
    await follower.has(`${row.status}@${row.version}`);
  }
  await follower.ended;
  expect(follower.seen).toEqual(['submitted@1', 'processing@2', 'submitted@3', 'completed@5']);
  expect(hub.followed).toBe(0);
});

test('an assessment that has ended is shown at once, and then the iterator ends', async () => {
  const { hub } = startHub(ENDED);
  const follower = watch(await hub.follow(ID, SESSION));
  await follower.ended;
  expect(follower.seen).toEqual(['completed@5']);
});

test('recommendations appear one by one, a later subscriber gets all of them at once, and the end replaces them', async () => {
  const { hub, state } = startHub(WORKS);
  const early = watch(await hub.follow(ID, SESSION));
  await early.has('processing@2');
  hub.progress(ID, progress(2, 1, 'one'));
  await early.has('processing@2 one');
  hub.progress(ID, progress(2, 2, 'one', 'two'));
  await early.has('processing@2 one,two');
  const late = watch(await hub.follow(ID, SESSION));
  await late.has('processing@2 one,two');
  state.row = ENDED;
  hub.hint(ID);
  await Promise.all([early.ended, late.ended]);
  expect(early.seen).toEqual(['processing@2', 'processing@2 one', 'processing@2 one,two', 'completed@5']);
  expect(late.seen).toEqual(['processing@2 one,two', 'completed@5']);
});

test('a draft is shown only for the current version and with a rising sequence number', async () => {
  const { hub } = startHub(WORKS);
  const follower = watch(await hub.follow(ID, SESSION));
  await follower.has('processing@2');
  hub.progress(ID, progress(2, 5, 'five'));
  await follower.has('processing@2 five');
  hub.progress(ID, progress(2, 5, 'again'));
  hub.progress(ID, progress(2, 4, 'late'));
  hub.progress(ID, progress(1, 9, 'old version'));
  hub.progress(ID, progress(2, 6, 'six'));
  await follower.has('processing@2 six');
  expect(follower.seen).toEqual(['processing@2', 'processing@2 five', 'processing@2 six']);
});

test('a draft of a newer version than the row causes a read of the row, and is shown with it', async () => {
  const { hub, state } = startHub(WAITS);
  const follower = watch(await hub.follow(ID, SESSION));
  await follower.has('submitted@1');
  state.row = WORKS;
  hub.progress(ID, progress(2, 1, 'one'));
  await follower.has('processing@2 one');
  expect(follower.seen).toEqual(['submitted@1', 'processing@2 one']);
});

test('a draft with a forged version causes one read, is never shown, and does not block a real draft', async () => {
  const { hub, state } = startHub(WORKS);
  const follower = watch(await hub.follow(ID, SESSION));
  await follower.has('processing@2');
  hub.progress(ID, progress(999, 999, 'forged'));
  await until(() => state.reads === 2);
  await new Promise(setImmediate);
  hub.progress(ID, progress(2, 1, 'one'));
  await follower.has('processing@2 one');
  expect(follower.seen).toEqual(['processing@2', 'processing@2 one']);
});

test('for an assessment that was submitted without watch no draft is shown, and progress causes no read', async () => {
  const { hub, state } = startHub({ ...WORKS, watch: false });
  const follower = watch(await hub.follow(ID, SESSION));
  await follower.has('processing@2');
  for (const [version, seq] of [
    [2, 0],
    [2, 1],
    [2, 999_999],
    [3, 1],
    [999, 999],
  ] as const)
    hub.progress(ID, progress(version, seq, 'forged'));
  state.row = { ...ENDED, watch: false };
  hub.hint(ID);
  await follower.ended;
  expect(follower.seen).toEqual(['processing@2', 'completed@5']);
  expect(state.reads).toBe(2);
});

test('a draft of another version than the row’s is shown to no subscriber, also while the row is being read', async () => {
  let delay = Promise.resolve();
  const { hub, state } = startHub(WORKS, () => delay);
  const first = watch(await hub.follow(ID, SESSION));
  await first.has('processing@2');
  const { promise, resolve } = Promise.withResolvers<void>();
  delay = promise;
  hub.progress(ID, progress(999, 999, 'forged'));
  // Meanwhile the read of another subscriber gives an older row than the one that was shown.
  delay = Promise.resolve();
  state.row = WAITS;
  const second = watch(await hub.follow(ID, SESSION));
  await second.has('processing@2');
  resolve();
  state.row = ENDED;
  hub.hint(ID);
  await Promise.all([first.ended, second.ended]);
  expect([first.seen, second.seen]).toEqual([
    ['processing@2', 'completed@5'],
    ['processing@2', 'completed@5'],
  ]);
});

test('malformed progress is ignored', async () => {
  const { hub, state } = startHub(WORKS);
  const follower = watch(await hub.follow(ID, SESSION));
  await follower.has('processing@2');
  for (const payload of [
    '',
    'null',
    '{',
    '{"v":1}',
    progress(2, -1, 'x'),
    progress(2, 1, 'x'.repeat(500)),
    'x'.repeat(70_000),
  ])
    hub.progress(ID, payload);
  hub.progress(ID, progress(2, 1, 'one'));
  await follower.has('processing@2 one');
  expect(follower.seen).toEqual(['processing@2', 'processing@2 one']);
  expect(state.reads).toBe(1);
});

test('progress without a subscriber to every change causes no read', async () => {
  const { hub, state } = startHub(WORKS);
  const events = await hub.followToEnd(ID, SESSION);
  hub.progress(ID, progress(3, 1, 'one'));
  hub.progress('0190a000-0000-7000-8000-000000000009', progress(3, 1, 'one'));
  expect(state.reads).toBe(1);
  await events.return?.();
});

test('a subscriber to the end gets no event before it', async () => {
  const { hub, state } = startHub(WAITS);
  const waits = watch(await hub.followToEnd(ID, SESSION));
  const follows = watch(await hub.follow(ID, SESSION));
  state.row = WORKS;
  hub.hint(ID);
  await follows.has('processing@2');
  hub.progress(ID, progress(2, 1, 'one'));
  await follows.has('processing@2 one');
  state.row = ENDED;
  hub.hint(ID);
  await Promise.all([waits.ended, follows.ended]);
  expect(waits.seen).toEqual(['completed@5']);
});

test('the place in the queue is shown while an assessment waits, when it changes, and only for its version', async () => {
  const { hub, state } = startHub(WAITS);
  const follower = watch(await hub.follow(ID, SESSION));
  await follower.has('submitted@1');
  expect([...hub.watched()]).toMatchObject([{ id: ID, version: 1 }]);
  hub.place(ID, 1, { position: 7, waitSeconds: 3, resultSeconds: 5 });
  await follower.has('submitted@1 #7');
  hub.place(ID, 1, { position: 7, waitSeconds: 3, resultSeconds: 5 });
  hub.place(ID, 2, { position: 6, waitSeconds: 3, resultSeconds: 5 });
  hub.place(ID, 1, { position: 5, waitSeconds: 2, resultSeconds: 4 });
  await follower.has('submitted@1 #5');
  state.row = WORKS;
  hub.hint(ID);
  await follower.has('processing@2');
  hub.place(ID, 2, { position: 1, waitSeconds: 1, resultSeconds: 3 });
  state.row = AGAIN;
  hub.hint(ID);
  await follower.has('submitted@3');
  expect(follower.seen).toEqual(['submitted@1', 'submitted@1 #7', 'submitted@1 #5', 'processing@2', 'submitted@3']);
});

test('a slow reader skips to the newest state', async () => {
  const { hub, state } = startHub(WORKS);
  const events = await hub.follow(ID, SESSION);
  for (let seq = 1; seq <= 1_000; seq++) hub.progress(ID, progress(2, seq, `d${seq}`));
  expect(await events.next()).toMatchObject({ value: { draft: { recommendations: [{ title: 'd1000' }] } } });
  for (let seq = 1_001; seq <= 2_000; seq++) hub.progress(ID, progress(2, seq, `d${seq}`));
  state.row = ENDED;
  hub.hint(ID);
  await until(() => hub.followed === 0);
  expect(await events.next()).toMatchObject({ value: ENDED });
  expect(await events.next()).toMatchObject({ done: true });
});

test('no row is kept without a subscriber to every change', async () => {
  const { hub } = startHub(WORKS);
  const waits = await hub.followToEnd(ID, SESSION);
  const follows = await hub.follow(ID, SESSION);
  expect([...hub.watched()]).toHaveLength(1);
  await follows.return?.();
  expect([...hub.watched()]).toEqual([]);
  expect(hub.followed).toBe(1);
  await waits.return?.();
  expect(hub.followed).toBe(0);
});

/** The life of one assessment: its rows, and the progress messages in between. */
const LIFE: readonly (Row | string)[] = [WORKS, progress(2, 1, 'one'), progress(2, 2, 'one', 'two'), AGAIN, ENDED];

test('in any order of events: states never go back, the end comes exactly once, and no subscriber is left', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { minLength: LIFE.length, maxLength: LIFE.length }),
      fc.array(fc.boolean(), { maxLength: 5 }),
      async (s, lost, failures) => {
        const failing = failures.values();
        const step = (label: string) => s.schedule(Promise.resolve(), label);
        const { hub, state } = startHub(WAITS, async () => {
          await step('the row arrives');
          if (failing.next().value === true) throw new UnavailableError('database', 'unknown');
        });
        const seen: LiveAssessment[][] = [[], []];
        let open = seen.length;
        const follow = async (events: LiveAssessment[]): Promise<void> => {
          await step('a subscriber comes');
          for await (const event of await hub.follow(ID, SESSION)) events.push(event);
          open--;
        };
        const live = async (): Promise<void> => {
          for (const [index, change] of LIFE.entries()) {
            await step('the row changes');
            if (typeof change !== 'string') state.row = change;
            if (lost[index] === true) continue;
            await step('the message arrives');
            if (typeof change === 'string') hub.progress(ID, change);
            else hub.hint(ID);
          }
        };
        const sweep = async (): Promise<void> => {
          let isSwept = false;
          for (let count = 0; count < 300 && open > 0; count++) {
            await step('the sweep runs');
            hub.swept(state.row === ENDED && !isSwept ? [{ id: ID, endedMsAgo: 5_000 }] : []);
            isSwept ||= state.row === ENDED;
          }
        };
        for (const events of seen) void follow(events);
        void live();
        await s.waitFor(sweep());
        await s.waitIdle();
        for (const events of seen) {
          const versions = events.map(({ version }) => version);
          expect(versions).toEqual(versions.toSorted((a, b) => a - b));
          expect(events.filter(({ status }) => status === 'completed')).toHaveLength(1);
          expect(events.at(-1)).toMatchObject(ENDED);
          const drafts = events.map(({ draft }) => draft?.recommendations.length ?? 0).filter((count) => count > 0);
          expect(drafts).toEqual(drafts.toSorted((a, b) => a - b));
        }
        expect(hub.followed).toBe(0);
      },
    ),
    { numRuns: 500 },
  );
});
