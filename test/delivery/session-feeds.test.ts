import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Sweep } from '../../src/adapters/database.ts';
import { SessionFeeds, type Finished, type InvalidCursor } from '../../src/delivery/session-feeds.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { RequestError, UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { until } from '../support/wait.ts';

const SESSION = 'the-session';
const ROOM = { hold: () => true, release: () => {} };
type Events = AsyncIterableIterator<Finished | InvalidCursor>;

/** A database in which assessments end, each at a rising number; a cursor is such a number with its history. */
class Rows {
  now = 0;
  history = 'one';
  isAway = false;
  readonly ends = new Map<string, { at: number; version: number; sessionId: string }>();
  steps: (label: string) => Promise<void> = async () => {};

  end(id: string, version = 3, sessionId = SESSION): void {
    this.ends.set(id, { at: ++this.now, version, sessionId });
  }

  since(cursor: string, sessionId?: string): Sweep {
    const ends = [...this.ends]
      .filter(([, end]) => end.at > numberOf(cursor) && (sessionId ?? end.sessionId) === end.sessionId)
      .map(([id, end]) => ({ id, sessionId: end.sessionId, version: end.version, endedMsAgo: 5_000 }));
    return { ends, cursor: `${this.history}.${this.now}`, history: this.history, isContinued: true, hasForeign: false };
  }

  async read(id: string): Promise<AssessmentView | undefined> {
    await this.steps('the database reads');
    const end = this.ends.get(id);
    await this.steps('the rows arrive');
    if (this.isAway) throw new UnavailableError('database', 'not-done');
    return {
      id,
      sessionId: end?.sessionId ?? SESSION,
      version: end?.version ?? 2,
      status: end ? 'completed' : 'processing',
    } as AssessmentView;
  }
}

const numberOf = (cursor: string): number => Number(cursor.split('.')[1]);

function start() {
  const rows = new Rows();
  const metrics = createMetrics();
  const feeds = new SessionFeeds({
    metrics,
    log: createLog('silent', 'api'),
    reading: { byId: (id) => rows.read(id) },
    sweeping: {
      sweepSession: async ({ sessionId, cursor }) => {
        await rows.steps('the replay reads');
        const found = rows.since(cursor, sessionId);
        await rows.steps('the rows arrive');
        if (rows.isAway) throw new UnavailableError('database', 'not-done');
        const isOfHistory = cursor.startsWith(`${found.history}.`) && numberOf(cursor) <= rows.now;
        const isAccepted = isOfHistory && found.ends.length <= 1_000;
        return { history: found.history, sweep: isAccepted ? found : undefined };
      },
    },
  });
  let swept = 'one.0';
  const sweep = (): void => {
    const found = rows.since(swept);
    swept = found.cursor;
    feeds.swept(found);
  };
  sweep();
  /** A standby is promoted that lacks the last ends; its sweep has not run yet. */
  const promote = (lost: number): void => {
    rows.history = 'two';
    rows.now -= lost;
    for (const [id, { at }] of rows.ends) if (at > rows.now) rows.ends.delete(id);
  };
  const sweepNow = (): void => {
    swept = rows.since('two.0').cursor;
    feeds.newHistory(rows.since(swept));
  };
  const missed = async (): Promise<number> => (await metrics.missedByHint.get()).values[0]?.value ?? 0;
  return { rows, feeds, sweep, missed, promote, sweepNow };
}

function watch(events: Events) {
  const seen: string[] = [];
  const cursors: string[] = [];
  const ended = (async () => {
    for await (const event of events) {
      seen.push(event.kind === 'finished' ? `${event.assessment.id}@${event.assessment.version}` : event.kind);
      if (event.kind === 'finished') cursors.push(event.cursor);
    }
  })();
  return { seen, cursors, ended, has: (wanted: string) => until(() => seen.includes(wanted), { label: wanted }) };
}

test('every end of the session comes once, hinted or not, and no end of another session', async () => {
  const { rows, feeds, sweep, missed } = start();
  const events = feeds.open(SESSION, undefined, ROOM);
  const reader = watch(events);
  rows.end('a');
  feeds.hint(SESSION, 'a');
  await reader.has('a@3');
  rows.end('b');
  rows.end('foreign', 3, 'another');
  sweep();
  await reader.has('b@3');
  feeds.hint(SESSION, 'b');
  sweep();
  rows.end('a', 6);
  feeds.hint(SESSION, 'a');
  await reader.has('a@6');
  expect(reader.seen).toEqual(['a@3', 'b@3', 'a@6']);
  expect(await missed()).toBe(1);
  await events.return?.();
  await reader.ended;
  rows.end('c');
  sweep();
  expect(await missed()).toBe(1);
});

test('a hint for an open assessment causes no event', async () => {
  const { rows, feeds } = start();
  const reader = watch(feeds.open(SESSION, undefined, ROOM));
  feeds.hint(SESSION, 'open');
  rows.end('a');
  feeds.hint(SESSION, 'a');
  await reader.has('a@3');
  expect(reader.seen).toEqual(['a@3']);
});

describe('with a cursor', () => {
  test('the ends since the cursor come first, then the new ones', async () => {
    const { rows, feeds, sweep } = start();
    rows.end('before');
    sweep();
    const cursor = await feeds.cursor;
    rows.end('a');
    rows.end('b');
    const reader = watch(feeds.open(SESSION, cursor, ROOM));
    await reader.has('b@3');
    rows.end('c');
    feeds.hint(SESSION, 'c');
    await reader.has('c@3');
    expect(reader.seen).toEqual(['a@3', 'b@3', 'c@3']);
  });

  test('no event has a cursor that would skip an end that is not replayed yet', async () => {
    const { rows, feeds, sweep } = start();
    const cursor = await feeds.cursor;
    rows.end('a');
    sweep();
    rows.isAway = true;
    const reader = watch(feeds.open(SESSION, cursor, ROOM));
    rows.end('b');
    feeds.hint(SESSION, 'b');
    await new Promise(setImmediate);
    expect(reader.seen).toEqual([]);
    rows.isAway = false;
    sweep();
    await reader.has('a@3');
    await reader.has('b@3');
    const again = watch(feeds.open(SESSION, reader.cursors[0], ROOM));
    await again.has(reader.seen[1] ?? '');
  });

  test.each([
    ['that is malformed', 'nonsense'],
    ['of a database that was ahead of this one', Buffer.from('one.99').toString('base64url')],
  ])('%s, the feed gives an invalid-cursor event and ends', async (_, after) => {
    const { feeds } = start();
    const reader = watch(feeds.open(SESSION, after, ROOM));
    await reader.ended;
    expect(reader.seen).toEqual(['invalid-cursor']);
  });

  test('after which more has ended than is replayed, the feed gives an invalid-cursor event and ends', async () => {
    const { rows, feeds } = start();
    const cursor = await feeds.cursor;
    for (let count = 0; count < 1_001; count++) rows.end(`a${count}`);
    const reader = watch(feeds.open(SESSION, cursor, ROOM));
    await reader.ended;
    expect(reader.seen).toEqual(['invalid-cursor']);
  });
});

describe('once the database has another history', () => {
  test('the feeds of the one before get an invalid-cursor event and end, and the next cursor is one of the new history', async () => {
    const { rows, feeds, promote, sweepNow } = start();
    rows.end('a');
    const old = await feeds.cursor;
    const readers = [
      feeds.open(SESSION, undefined, ROOM),
      feeds.open(SESSION, old, ROOM),
      feeds.open('another', undefined, ROOM),
    ].map(watch);
    await new Promise(setImmediate);
    promote(0);
    sweepNow();
    await Promise.all(readers.map(({ ended }) => ended));
    expect(readers.map(({ seen }) => seen.at(-1))).toEqual(['invalid-cursor', 'invalid-cursor', 'invalid-cursor']);
    rows.end('b');
    const reader = watch(feeds.open(SESSION, await feeds.cursor, ROOM));
    await reader.has('b@3');
    expect(reader.seen).toEqual(['b@3']);
  });

  test('a refused cursor causes one sweep, and the cursor that is read meanwhile is one of the new history', async () => {
    const { rows, feeds, promote, sweepNow } = start();
    const sweeps: (() => void)[] = [];
    feeds.sweepBy(async () => {
      await new Promise<void>((resolve) => sweeps.push(resolve));
      sweepNow();
    });
    expect(feeds.settled).toBeUndefined();
    const old = await feeds.cursor;
    rows.end('a');
    promote(1);
    const refused = [1, 2, 3].map(() => watch(feeds.open(SESSION, old, ROOM)));
    await Promise.all(refused.map(({ ended }) => ended));
    const { cursor, settled } = feeds;
    expect(sweeps).toHaveLength(1);
    sweeps[0]?.();
    await settled;
    rows.end('b');
    const reader = watch(feeds.open(SESSION, await cursor, ROOM));
    await reader.has('b@3');
    expect(feeds.settled).toBeUndefined();
    expect(sweeps).toHaveLength(1);
  });

  test('a feed that resumed in the new history goes on, with cursors of the new history only', async () => {
    const { rows, feeds, sweep, promote, sweepNow } = start();
    rows.end('lost');
    sweep();
    promote(1);
    // The cursor comes from another process, which has swept since.
    const reader = watch(feeds.open(SESSION, Buffer.from('two.0').toString('base64url'), ROOM));
    await new Promise(setImmediate);
    // A sweep that began on the server of before.
    feeds.swept({ ...rows.since('one.0'), ends: [], cursor: 'one.1', history: 'one' });
    sweepNow();
    rows.end('a');
    feeds.hint(SESSION, 'a');
    await reader.has('a@3');
    expect(reader.seen).toEqual(['a@3']);
    expect(Buffer.from(reader.cursors[0] ?? '', 'base64url').toString()).toMatch(/^two\./);
  });
});

test('a forged hint for an assessment of another session causes no event', async () => {
  const { rows, feeds } = start();
  const reader = watch(feeds.open(SESSION, undefined, ROOM));
  rows.end('foreign', 3, 'another');
  feeds.hint(SESSION, 'foreign');
  rows.end('a');
  feeds.hint(SESSION, 'a');
  await reader.has('a@3');
  expect(reader.seen).toEqual(['a@3']);
});

test('a flood of forged hints does not stop the feed, and few of them cause a read', async () => {
  const { rows, feeds, sweep } = start();
  let reads = 0;
  rows.steps = async () => void reads++;
  const reader = watch(feeds.open(SESSION, undefined, ROOM));
  for (let count = 0; count < 100_000; count++) {
    feeds.hint(SESSION, `forged${count}`);
    feeds.hint(`forged${count}`, 'a');
  }
  rows.end('a');
  feeds.hint(SESSION, 'a');
  sweep();
  await reader.has('a@3');
  expect(reader.seen).toEqual(['a@3']);
  expect(reads).toBeLessThan(2_100);
});

test('a client that leaves more than ten thousand ends unread loses the feed', async () => {
  const { rows, feeds, sweep } = start();
  const events = feeds.open(SESSION, undefined, ROOM);
  for (let count = 0; count <= 10_000; count++) rows.end(`a${count}`);
  sweep();
  const reader = watch(events);
  await expect(reader.ended).rejects.toMatchObject({ code: 'RATE_LIMITED' });
});

/** Ends one assessment for each item of `lost`, `a0` and so on, and hints those whose hint is not lost. */
async function endAll(
  s: fc.Scheduler,
  { rows, feeds }: Pick<ReturnType<typeof start>, 'rows' | 'feeds'>,
  lost: readonly boolean[],
): Promise<void> {
  for (const [index, isLost] of lost.entries()) {
    await s.schedule(Promise.resolve(), 'an assessment ends');
    rows.end(`a${index}`);
    if (isLost) continue;
    await s.schedule(Promise.resolve(), 'the hint arrives');
    feeds.hint(SESSION, `a${index}`);
  }
}

/** A client that is disconnected at any moment, and subscribes again with its last cursor. */
test('in any order of events: no end is skipped, and none comes twice in one subscription', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      fc.array(fc.boolean(), { maxLength: 6 }),
      fc.array(fc.nat({ max: 3 }), { maxLength: 3 }),
      async (s, lost, failures, cuts) => {
        const { rows, feeds, sweep } = start();
        const failing = failures.values();
        rows.steps = async (label) => {
          await s.schedule(Promise.resolve(), label);
          if (label === 'the rows arrive' && failing.next().value === true)
            throw new UnavailableError('database', 'unknown');
        };
        const ids = lost.map((_, index) => `a${index}`);
        const seen = new Set<string>();
        let cursor = await feeds.cursor;
        const read = async (): Promise<void> => {
          for (const leaveAfter of [...cuts, Number.POSITIVE_INFINITY]) {
            await s.schedule(Promise.resolve(), 'the client subscribes');
            const here: string[] = [];
            const events = feeds.open(SESSION, cursor, ROOM);
            for await (const event of events) {
              if (event.kind === 'invalid-cursor') throw new Error('refused');
              here.push(event.assessment.id);
              seen.add(event.assessment.id);
              cursor = event.cursor;
              if (here.length > leaveAfter || seen.size === ids.length) break;
            }
            expect(here).toEqual([...new Set(here)]);
            if (seen.size === ids.length) return;
          }
        };
        let reading = true;
        const reader = read().finally(() => (reading = false));
        const sweeps = async (): Promise<void> => {
          for (let count = 0; count < 500 && reading; count++) {
            await s.schedule(Promise.resolve(), 'the sweep runs');
            sweep();
          }
        };
        void endAll(s, { rows, feeds }, lost);
        await s.waitFor(sweeps());
        await s.waitIdle();
        expect([...seen].toSorted()).toEqual(ids);
        await reader;
      },
    ),
    { numRuns: 300 },
  );
});

test('a feed counts the ends that its client has not read, and ends with RATE_LIMITED without room for them', async () => {
  const { rows, feeds } = start();
  feeds.swept(rows.since('one.0'));
  let held = 0;
  const room = {
    hold: (bytes: number) => held + bytes <= 1_000 && ((held += bytes), true),
    release: (bytes: number) => void (held -= bytes),
  };
  const feed = feeds.open(SESSION, undefined, room);
  rows.end('first');
  feeds.swept(rows.since('one.0'));
  expect(held).toBeGreaterThan(0);
  for (let count = 0; count < 10; count++) rows.end(`end-${count}`);
  feeds.swept(rows.since('one.1'));
  await expect(feed.next()).rejects.toThrow(RequestError);
  expect(held).toBe(0);
  const other = feeds.open(SESSION, undefined, room);
  rows.end('second');
  feeds.swept(rows.since('one.11'));
  expect(await other.next()).toMatchObject({ value: { assessment: { id: 'second' } } });
  await other.return?.();
  expect(held).toBe(0);
});

test('after a deletion each open feed of the session is refused its cursor, so that its client reads the list again', async () => {
  const { feeds } = start();
  const [one, two] = [feeds.open(SESSION, undefined, ROOM), feeds.open(SESSION, undefined, ROOM)];
  const other = feeds.open('another', undefined, ROOM);
  const waiting = other.next();
  feeds.deleted(SESSION);
  for (const feed of [one, two]) {
    expect(await feed.next()).toEqual({ value: { kind: 'invalid-cursor' }, done: false });
    expect(await feed.next()).toEqual({ value: undefined, done: true });
  }
  await other.return?.();
  expect(await waiting).toEqual({ value: undefined, done: true });
});
