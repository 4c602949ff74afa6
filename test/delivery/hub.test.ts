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

/** Everything that needs no time is done. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** A hub over one row, which tells how often it was read. */
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
    const of = (what: string) => values.find(({ metricName }) => metricName?.endsWith(what) === true)?.value ?? 0;
    return { count: of('_count'), seconds: of('_sum') };
  };
  return { hub, reads: () => reads, missed, pushes };
}

const all = async (events: AsyncIterable<AssessmentView>): Promise<Row[]> => {
  const seen: Row[] = [];
  for await (const { status, version } of events) seen.push({ status, version });
  return seen;
};

test('a hint and a sweep for nobody cost no read', () => {
  const { hub, reads } = hubOver(async () => view(ENDED));
  hub.hint(ID);
  hub.swept([late(ID)]);
  expect(reads()).toBe(0);
});

describe('what this process is about to store', () => {
  test('is not read for its owner until something is heard of it', async () => {
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
  ])('is read for whoever comes after %s has told of it', async (_, tell) => {
    const { hub } = hubOver(async () => view(ENDED));
    hub.expect(ID, SESSION);
    tell(hub);
    expect(await all(await hub.followToEnd(ID, SESSION))).toEqual([ENDED]);
  });

  test('is read where it was not stored after all, or follows somebody else', async () => {
    const { hub } = hubOver(async () => view(OPEN));
    hub.expect(ID, SESSION);
    await expect(hub.followToEnd(ID, 'another')).rejects.toThrow('no such assessment');
    const { hub: without } = hubOver(async () => undefined);
    without.expect(ID, SESSION)();
    await expect(without.followToEnd(ID, SESSION)).rejects.toThrow('no such assessment');
  });

  test('is read for those who want every change', async () => {
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

describe('nobody listens any more', () => {
  test.each<[string, Row | undefined, string]>([
    ['after the end was read', ENDED, SESSION],
    ['after a foreign one was refused', OPEN, 'another'],
    ['after none was found', undefined, SESSION],
  ])('%s', async (_, row, session) => {
    const { hub } = hubOver(async () => row && view(row));
    await hub.followToEnd(ID, session).catch(() => {});
    expect(hub.followed).toBe(0);
  });

  test('after the row could not be read for a reason that will not pass, and the reader is told', async () => {
    const { hub } = hubOver(() => Promise.reject(new TypeError('a mistake of ours')));
    await expect(hub.followToEnd(ID, SESSION)).rejects.toThrow(TypeError);
    expect(hub.followed).toBe(0);
  });

  test('after the last of several left', async () => {
    const { hub } = hubOver(async () => view(OPEN));
    const [first, second] = await Promise.all([hub.followToEnd(ID, SESSION), hub.followToEnd(ID, SESSION)]);
    await first.return?.();
    expect(hub.followed).toBe(1);
    await second.return?.();
    expect(hub.followed).toBe(0);
  });
});

test('foreign and unknown are refused in the same words', async () => {
  const refused = await hubOver(async () => view(OPEN))
    .hub.followToEnd(ID, 'another')
    .catch(String);
  const unknown = await hubOver(async () => undefined)
    .hub.followToEnd(ID, SESSION)
    .catch(String);
  expect(refused).toBe(unknown);
});

test('hints that come while the row is being read make it be read once more, and no more than that', async () => {
  let row = OPEN;
  let answer: (() => void)[] = [];
  const { hub, reads } = hubOver(() => new Promise((resolve) => answer.push(resolve.bind(undefined, view(row)))));
  const following = hub.followToEnd(ID, SESSION);
  answer.splice(0)[0]?.();
  const events = all(await following);
  hub.hint(ID);
  row = ENDED;
  for (let index = 0; index < 1_000; index++) hub.hint(ID);
  expect(reads()).toBe(2);
  for (const give of answer.splice(0)) give();
  await until(() => reads() === 3);
  for (const give of answer.splice(0)) give();
  expect(await events).toEqual([ENDED]);
  expect(reads()).toBe(3);
});

describe('a read that took so long that there was a retry meanwhile', () => {
  const FAILED: Row = { status: 'failed', version: 3 };
  const RETRIED: Row = { status: 'submitted', version: 4 };
  const DONE: Row = { status: 'completed', version: 6 };

  test.each([
    ['is no end for who came after it began', [RETRIED, FAILED]],
    ['is none either if it is there before the newer one', [FAILED, RETRIED]],
  ])('%s', async (_, order) => {
    const reads: ((row: Row) => void)[] = [];
    const { hub } = hubOver(() => new Promise((resolve) => void reads.push((row) => resolve(view(row)))));
    // Another tab, from before.
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

test('a hint costs one read, and so does what could not be read before', async () => {
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

test('what the sweep finds is counted once if somebody waits for it, and not if a hint was there first', async () => {
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
  // The hint may still be under way.
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

test('an end that the sweep told, and told only once, arrives also if reading it failed then', async () => {
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

test('a push is measured from the end on, once for each that is told, and what is only there is none', async () => {
  let row = view(OPEN);
  const { hub, reads, pushes } = hubOver(async () => row);
  const told = await Promise.all([hub.followToEnd(ID, SESSION), hub.followToEnd(ID, SESSION)]);
  hub.hint(ID);
  await until(() => reads() === 3);
  const endedAt = new Date(Date.now() - 10_000);
  row = { ...view(ENDED), endedAt };
  hub.hint(ID);
  await Promise.all(told.map((events) => all(events)));
  // Who comes later was not kept waiting.
  await all(await hub.followToEnd(ID, SESSION));
  const { count, seconds } = await pushes();
  expect(count).toBe(2);
  expect(seconds).toBeGreaterThanOrEqual(20);
  expect(seconds).toBeLessThan(10_000);
});

test('an end that our own clock has not reached yet took no time', async () => {
  let row = view(OPEN);
  const { hub, pushes } = hubOver(async () => row);
  const events = all(await hub.followToEnd(ID, SESSION));
  row = { ...view(ENDED), endedAt: new Date(Date.now() + 3_600_000) };
  hub.hint(ID);
  await events;
  expect(await pushes()).toEqual({ count: 1, seconds: 0 });
});

/** What may happen around one end, in any order that the scheduler likes. */
const story = fc.record({
  watchers: fc.integer({ min: 1, max: 3 }),
  hintIsLost: fc.boolean(),
  forgedHints: fc.integer({ min: 0, max: 3 }),
  /** Whether each of the first reads fails. */
  failures: fc.array(fc.boolean(), { maxLength: 6 }),
});

test('whatever comes when: each that waits gets the end exactly once, and nobody is left', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), story, async (s, { watchers, hintIsLost, forgedHints, failures }) => {
      let row = OPEN;
      const failing = failures.values();
      const step = (label: string) => s.schedule(Promise.resolve(), label);
      const { hub } = hubOver(async () => {
        await step('the database looks');
        const found = view(row);
        await step('its answer arrives');
        if (failing.next().value === true) throw new UnavailableError('database', 'unknown');
        return found;
      });

      const seen: Row[][] = Array.from({ length: watchers }, () => []);
      let waiting = watchers;
      const watch = async (events: Row[]): Promise<void> => {
        await step('somebody comes');
        // A client that could not subscribe comes again.
        const following = await hub.followToEnd(ID, SESSION).catch(() => undefined);
        if (following === undefined) return watch(events);
        events.push(...(await all(following)));
        waiting--;
      };
      const end = async (): Promise<void> => {
        await step('it ends');
        row = ENDED;
        if (hintIsLost) return;
        await step('the hint arrives');
        hub.hint(ID);
      };
      const forge = async (): Promise<void> => {
        await step('a hint for nothing arrives');
        hub.hint(ID);
      };
      let told = false;
      const sweep = async (): Promise<void> => {
        // Enough for every failure; the promise is broken if it takes more.
        for (let count = 0; count < 200 && waiting > 0; count++) {
          await step('the sweep looks');
          const ends = row === ENDED && !told ? [ID] : [];
          await step('the sweep tells');
          told ||= ends.length > 0;
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

test('who subscribes while the database is away gets the end when it is back, and nobody else does', async () => {
  let away = true;
  const { hub } = hubOver(async () => {
    if (away) throw new UnavailableError('database', 'not-done');
    return view(ENDED);
  });
  const owner = all(await hub.followToEnd(ID, SESSION));
  const stranger = all(await hub.followToEnd(ID, 'another-session'));
  away = false;
  // Not a word about it from the database: it had ended before.
  hub.swept([]);
  expect(await owner).toEqual([ENDED]);
  await expect(stranger).rejects.toMatchObject({ code: 'NOT_FOUND' });
  expect(hub.followed).toBe(0);
});
