import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Hub } from '../../src/delivery/hub.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';
import { until } from '../support/wait.ts';

const ID = '0190a000-0000-7000-8000-000000000000';
const SESSION = 'the-session';

type Row = Pick<AssessmentView, 'status' | 'version'>;
const view = (row: Row): AssessmentView =>
  ({ id: ID, sessionId: SESSION, endedAt: row.status === 'completed' ? new Date() : null, ...row }) as AssessmentView;
const OPEN: Row = { status: 'processing', version: 2 };
const ENDED: Row = { status: 'completed', version: 3 };

const late = (id: string) => ({ id, endedMsAgo: 5_000 });

/** Resolves after all work that waits for no timer. */
const settled = async (): Promise<void> => {
  for (let count = 0; count < 10; count++) await new Promise((resolve) => setImmediate(resolve));
};

/** A hub over one row, with the number of its reads. */
function hubOver(read: () => Promise<AssessmentView | undefined>) {
  const metrics = createMetrics();
  let reads = 0;
  const byId = async () => {
    reads++;
    return read();
  };
  const hub = new Hub({ reading: { byId }, metrics, log: createLog('silent', 'api') });
  const missed = async (): Promise<number> => (await metrics.missedByHint.get()).values[0]?.value ?? 0;
  const pushes = async (): Promise<Record<string, number>> => {
    const { values } = await metrics.push.get();
    const of = (suffix: string) => values.find(({ metricName }) => metricName?.endsWith(suffix) === true)?.value ?? 0;
    return { count: of('_count'), seconds: of('_sum') };
  };
  return { hub, reads: () => reads, missed, pushes };
}

const all = async (events: AsyncIterable<AssessmentView>): Promise<Row[]> => {
  const seen: Row[] = [];
  for await (const { status, version } of events) seen.push({ status, version });
  return seen;
};

test('a hint and a sweep without a subscriber cause no read', () => {
  const { hub, reads } = hubOver(async () => view(ENDED));
  hub.hint(ID);
  hub.swept([late(ID)]);
  expect(reads()).toBe(0);
});

describe('an assessment that this process is about to store', () => {
  test('is not read for its owner before its first hint', async () => {
    let row = OPEN;
    const { hub, reads } = hubOver(async () => view(row));
    hub.expect(ID, SESSION);
    const events = await hub.followToEnd(ID, SESSION);
    expect(reads()).toBe(0);
    row = ENDED;
    hub.hint(ID);
    expect(await all(events)).toEqual([ENDED]);
    expect(reads()).toBe(1);
  });

  test.each<[string, (hub: Hub) => void]>([
    ['a hint', (hub) => hub.hint(ID)],
    ['a sweep', (hub) => hub.swept([late(ID)])],
  ])('is read for a subscriber that comes after %s', async (_, tell) => {
    const { hub } = hubOver(async () => view(ENDED));
    hub.expect(ID, SESSION);
    tell(hub);
    expect(await all(await hub.followToEnd(ID, SESSION))).toEqual([ENDED]);
  });

  test('is read for a subscriber that comes after two sweeps, since its hint may be lost and its row gone', async () => {
    const { hub, reads } = hubOver(async () => undefined);
    hub.expect(ID, SESSION);
    hub.swept([]);
    void hub.followToEnd(ID, SESSION);
    expect(reads()).toBe(0);
    hub.swept([]);
    await expect(hub.followToEnd(ID, SESSION)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is read for another session, and if it was not stored', async () => {
    const { hub } = hubOver(async () => view(OPEN));
    hub.expect(ID, SESSION);
    await expect(hub.followToEnd(ID, 'another')).rejects.toThrow('no such assessment');
    const { hub: without } = hubOver(async () => undefined);
    without.expect(ID, SESSION)();
    await expect(without.followToEnd(ID, SESSION)).rejects.toThrow('no such assessment');
  });

  test('is read for a subscriber to every change', async () => {
    const { hub, reads } = hubOver(async () => view(OPEN));
    hub.expect(ID, SESSION);
    await hub.follow(ID, SESSION);
    expect(reads()).toBe(1);
  });

  test('is remembered up to a limit, and read beyond it', async () => {
    const { hub, reads } = hubOver(async () => view(OPEN));
    hub.expect(ID, SESSION);
    for (let other = 0; other < 20_000; other++) hub.expect(String(other), SESSION);
    await hub.followToEnd(ID, SESSION);
    expect(reads()).toBe(1);
  });
});

test('once the database has another history, everything that is followed is read, and who comes later is read for', async () => {
  const OTHER = '0190a000-0000-7000-8000-000000000001';
  let row: AssessmentView | undefined = view(OPEN);
  const { hub, reads } = hubOver(async () => row);
  hub.expect(ID, SESSION);
  hub.expect(OTHER, SESSION);
  const lost = all(await hub.followToEnd(ID, SESSION));
  row = undefined;
  hub.newHistory();
  await expect(lost).rejects.toMatchObject({ code: 'NOT_FOUND' });
  await expect(hub.followToEnd(OTHER, SESSION)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(reads()).toBe(2);
  expect(hub.followed).toBe(0);
});

test('followed assessments are checked some at a time and in turn, and those that nobody follows any more are not', async () => {
  const { hub } = hubOver(async () => undefined);
  const ids = Array.from({ length: 1_500 }, (_, nth) => `a${nth}`);
  const events = await Promise.all(
    ids.map((id) => {
      hub.expect(id, SESSION);
      return hub.followToEnd(id, SESSION);
    }),
  );
  expect(hub.toCheck()).toEqual(ids.slice(0, 1_000));
  await events[1_200]?.return?.();
  expect(hub.toCheck()).toEqual(ids.slice(1_000).filter((id) => id !== 'a1200'));
  expect(hub.toCheck()).toHaveLength(1_000);
});

describe('no subscriber is left', () => {
  test.each<[string, Row | undefined, string]>([
    ['after the end was read', ENDED, SESSION],
    ['after an assessment of another session was refused', OPEN, 'another'],
    ['after no assessment was found', undefined, SESSION],
  ])('%s', async (_, row, session) => {
    const { hub } = hubOver(async () => row && view(row));
    await hub.followToEnd(ID, session).catch(() => {});
    expect(hub.followed).toBe(0);
  });

  test('after a read failed by a fault of the program, whose error the subscriber gets', async () => {
    const { hub } = hubOver(() => Promise.reject(new TypeError('a fault of the program')));
    await expect(hub.followToEnd(ID, SESSION)).rejects.toThrow(TypeError);
    expect(hub.followed).toBe(0);
  });

  test('after the last of several subscribers has left', async () => {
    const { hub } = hubOver(async () => view(OPEN));
    const [first, second] = await Promise.all([hub.followToEnd(ID, SESSION), hub.followToEnd(ID, SESSION)]);
    await first.return?.();
    expect(hub.followed).toBe(1);
    await second.return?.();
    expect(hub.followed).toBe(0);
  });
});

test('an assessment of another session and an unknown one are refused with the same text', async () => {
  const refused = await hubOver(async () => view(OPEN))
    .hub.followToEnd(ID, 'another')
    .catch(String);
  const unknown = await hubOver(async () => undefined)
    .hub.followToEnd(ID, SESSION)
    .catch(String);
  expect(refused).toBe(unknown);
});

test('any number of hints during a read cause exactly one more read', async () => {
  let row = OPEN;
  const pending: (() => void)[] = [];
  const { hub, reads } = hubOver(() => new Promise((resolve) => pending.push(resolve.bind(undefined, view(row)))));
  const following = hub.followToEnd(ID, SESSION);
  pending.splice(0)[0]?.();
  const events = all(await following);
  hub.hint(ID);
  row = ENDED;
  for (let index = 0; index < 1_000; index++) hub.hint(ID);
  expect(reads()).toBe(2);
  for (const resolve of pending.splice(0)) resolve();
  await until(() => reads() === 3);
  for (const resolve of pending.splice(0)) resolve();
  expect(await events).toEqual([ENDED]);
  expect(reads()).toBe(3);
});

describe('the row of a slow read, from before a retry', () => {
  const FAILED: Row = { status: 'failed', version: 3 };
  const RETRIED: Row = { status: 'submitted', version: 4 };
  const DONE: Row = { status: 'completed', version: 6 };

  test.each([
    ['is no end for a subscriber that came after the read began', [RETRIED, FAILED]],
    ['is no end for it either if it arrives before the newer row', [FAILED, RETRIED]],
  ])('%s', async (_, order) => {
    const reads: ((row: Row) => void)[] = [];
    const { hub } = hubOver(() => new Promise((resolve) => void reads.push((row) => resolve(view(row)))));
    // An earlier subscriber, as from another tab.
    void hub.followToEnd(ID, SESSION);
    reads.shift()?.(OPEN);
    await settled();
    hub.hint(ID);
    const slow = reads.shift();
    const following = hub.followToEnd(ID, SESSION);
    const own = reads.shift();
    for (const row of order) (row === FAILED ? slow : own)?.(row);
    const events = all(await following);
    await settled();
    hub.hint(ID);
    reads.shift()?.(DONE);
    expect(await events).toEqual([DONE]);
  });
});

test('a hint causes one read, and a read that failed is repeated once, by the next sweep', async () => {
  let away = false;
  const { hub, reads } = hubOver(async () => {
    if (away) throw new UnavailableError('database', 'not-done');
    return view(OPEN);
  });
  const events = await hub.followToEnd(ID, SESSION);
  hub.hint(ID);
  await settled();
  expect(reads()).toBe(2);
  away = true;
  hub.hint(ID);
  await settled();
  away = false;
  hub.swept([]);
  await settled();
  expect(reads()).toBe(4);
  hub.swept([]);
  await settled();
  expect(reads()).toBe(4);
  await events.return?.();
});

test('an end that the sweep finds counts as missed once if it has subscribers, and not if a hint came or may still come', async () => {
  let row = OPEN;
  const { hub, missed } = hubOver(async () => view(row));
  const [first, second] = await Promise.all([hub.followToEnd(ID, SESSION), hub.followToEnd(ID, SESSION)]);
  row = ENDED;
  hub.swept([late(ID), late('0190a000-0000-7000-8000-000000000001')]);
  expect(await Promise.all([all(first), all(second)])).toEqual([[ENDED], [ENDED]]);
  expect(await missed()).toBe(1);

  row = OPEN;
  const early = await hub.followToEnd(ID, SESSION);
  row = ENDED;
  // The hint may still come.
  hub.swept([{ id: ID, endedMsAgo: 900 }]);
  expect(await all(early)).toEqual([ENDED]);
  expect(await missed()).toBe(1);

  row = OPEN;
  const third = await hub.followToEnd(ID, SESSION);
  row = ENDED;
  hub.hint(ID);
  hub.swept([late(ID)]);
  expect(await all(third)).toEqual([ENDED]);
  expect(await missed()).toBe(1);
});

test('an end that only one sweep finds arrives also if its read fails at first', async () => {
  let read = async (): Promise<AssessmentView> => view(OPEN);
  const { hub, reads } = hubOver(() => read());
  const events = all(await hub.followToEnd(ID, SESSION));
  read = () => Promise.reject(new UnavailableError('database', 'not-done'));
  hub.swept([late(ID)]);
  await until(() => reads() === 2);
  read = async () => view(ENDED);
  await until(() => {
    hub.swept([]);
    return reads() === 3;
  });
  expect(await events).toEqual([ENDED]);
});

test('the time from the end to the push is measured once for each subscriber that waited, and not for a later one', async () => {
  let row = view(OPEN);
  const { hub, reads, pushes } = hubOver(async () => row);
  const waiting = await Promise.all([hub.followToEnd(ID, SESSION), hub.followToEnd(ID, SESSION)]);
  hub.hint(ID);
  await until(() => reads() === 3);
  const endedAt = new Date(Date.now() - 10_000);
  row = { ...view(ENDED), endedAt };
  hub.hint(ID);
  await Promise.all(waiting.map((events) => all(events)));
  // A subscriber after the end has not waited.
  await all(await hub.followToEnd(ID, SESSION));
  const { count, seconds } = await pushes();
  expect(count).toBe(2);
  expect(seconds).toBeGreaterThanOrEqual(20);
  expect(seconds).toBeLessThan(10_000);
});

test('an end that is in the future of the own clock is measured as 0 seconds', async () => {
  let row = view(OPEN);
  const { hub, pushes } = hubOver(async () => row);
  const events = all(await hub.followToEnd(ID, SESSION));
  row = { ...view(ENDED), endedAt: new Date(Date.now() + 3_600_000) };
  hub.hint(ID);
  await events;
  expect(await pushes()).toEqual({ count: 1, seconds: 0 });
});

/** The events around one end, in the order of the scheduler. */
const story = fc.record({
  subscribers: fc.integer({ min: 1, max: 3 }),
  hintIsLost: fc.boolean(),
  forgedHints: fc.integer({ min: 0, max: 3 }),
  /** Whether each of the first reads fails. */
  failures: fc.array(fc.boolean(), { maxLength: 6 }),
});

test('in any order of events: each subscriber gets the end exactly once, and none is left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), story, async (s, { subscribers, hintIsLost, forgedHints, failures }) => {
      let row = OPEN;
      const failing = failures.values();
      const step = (label: string) => s.schedule(Promise.resolve(), label);
      const { hub } = hubOver(async () => {
        await step('the database reads');
        const found = view(row);
        await step('the row arrives');
        if (failing.next().value === true) throw new UnavailableError('database', 'unknown');
        return found;
      });

      const seen: Row[][] = Array.from({ length: subscribers }, () => []);
      let waiting = subscribers;
      const watch = async (events: Row[]): Promise<void> => {
        await step('a subscriber comes');
        // A client whose subscription failed subscribes again.
        const following = await hub.followToEnd(ID, SESSION).catch(() => undefined);
        if (following === undefined) return watch(events);
        events.push(...(await all(following)));
        waiting--;
      };
      const end = async (): Promise<void> => {
        await step('the assessment ends');
        row = ENDED;
        if (hintIsLost) return;
        await step('the hint arrives');
        hub.hint(ID);
      };
      const forge = async (): Promise<void> => {
        await step('a forged hint arrives');
        hub.hint(ID);
      };
      let isSwept = false;
      const sweep = async (): Promise<void> => {
        // A bound that is enough for all failures.
        for (let count = 0; count < 200 && waiting > 0; count++) {
          await step('the sweep reads');
          const ends = row === ENDED && !isSwept ? [ID] : [];
          await step('the sweep is delivered');
          isSwept ||= ends.length > 0;
          hub.swept(ends.map(late));
        }
      };
      for (const events of seen) void watch(events);
      void end();
      for (let count = 0; count < forgedHints; count++) void forge();
      await s.waitFor(sweep());
      await s.waitIdle();
      expect(seen).toEqual(seen.map(() => [ENDED]));
      expect(hub.followed).toBe(0);
    }),
    { numRuns: 500 },
  );
});

test('a subscriber during an outage of the database gets the end after it, and one of another session gets NOT_FOUND', async () => {
  let away = true;
  const { hub } = hubOver(async () => {
    if (away) throw new UnavailableError('database', 'not-done');
    return view(ENDED);
  });
  const owner = all(await hub.followToEnd(ID, SESSION));
  const stranger = all(await hub.followToEnd(ID, 'another-session'));
  away = false;
  // The sweep does not find the end again: it was before the outage.
  hub.swept([]);
  expect(await owner).toEqual([ENDED]);
  await expect(stranger).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(hub.followed).toBe(0);
});

test('a row that was deleted ends all of its subscriptions, those to every change as well', async () => {
  let row: AssessmentView | undefined = view(OPEN);
  const { hub } = hubOver(async () => row);
  const changes = await hub.follow(ID, SESSION);
  const end = await hub.followToEnd(ID, SESSION);
  expect(await changes.next()).toMatchObject({ done: false });
  row = undefined;
  hub.hint(ID);
  for (const events of [changes, end]) await expect(events.next()).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(hub.followed).toBe(0);
});
