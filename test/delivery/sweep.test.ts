import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Sweep } from '../../src/adapters/database.ts';
import { startSweep, type SweepDeps } from '../../src/delivery/sweep.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/wait.ts';

type Found = Pick<Sweep, 'ends' | 'cursor'> & Partial<Sweep>;
const HISTORY = { history: 'one', isContinued: true, hasForeign: false };

/** A sweep over a scripted database, with a record of its queries and its calls. */
async function start(sweep: (cursor: string | undefined) => Promise<Found>, more: Partial<SweepDeps> = {}) {
  const asked: (string | undefined)[] = [];
  const swept: string[][] = [];
  const over: string[][] = [];
  const sweeper = await startSweep({
    store: {
      sweep: async (cursor) => {
        asked.push(cursor);
        return { ...HISTORY, ...(await sweep(cursor)) };
      },
      open: async () => [],
      forgetForeign: async () => 0,
    },
    onNewHistory: () => {},
    toCheck: () => [],
    onNotOpen: () => {},
    sessions: { over: async (ids) => ids.filter((id) => id.startsWith('ended')) },
    // The first call only gives the cursor.
    onSwept: ({ ends }) => void (asked.length > 1 && swept.push(ends.map(({ id }) => id))),
    openSessions: () => [],
    onSessionsOver: (ids) => void over.push(ids),
    log: createLog('silent', 'api'),
    everyMs: 5,
    ...more,
  });
  return { sweeper, asked, swept, over, [Symbol.asyncDispose]: () => sweeper.stop() };
}

const end = (id: string) => ({ id, sessionId: 's', version: 3, endedMsAgo: 1 });
const nothing = async (cursor: string | undefined): Promise<Found> => ({ ends: [], cursor: cursor ?? '1' });

test('each sweep begins where the one before it ended, the first where the process began', async () => {
  let at = 7;
  await using sweep = await start(async () => ({ ends: [end(`a${at}`)], cursor: String(at++) }));
  await until(() => sweep.swept.length >= 3);
  expect(sweep.asked.slice(0, 4)).toEqual([undefined, '7', '8', '9']);
  expect(sweep.swept.slice(0, 3)).toEqual([['a8'], ['a9'], ['a10']]);
});

test('after a sweep that failed the next one begins at the same cursor', async () => {
  let calls = 0;
  await using sweep = await start(async (cursor) => {
    calls++;
    if (calls === 2 || calls === 3) throw new UnavailableError('database', 'not-done');
    return { ends: cursor === '1' ? [end('a')] : [], cursor: cursor === undefined ? '1' : '2' };
  });
  await until(() => sweep.swept.length > 0);
  expect(sweep.asked.slice(0, 4)).toEqual([undefined, '1', '1', '1']);
  expect(sweep.swept[0]).toEqual(['a']);
});

test('without a database the start fails, since there is no cursor to begin at', async () => {
  await expect(start(() => Promise.reject(new UnavailableError('database', 'not-done')))).rejects.toThrow(
    UnavailableError,
  );
});

describe('the sessions with a channel in this process', () => {
  test('are checked by each sweep, and the ended ones are closed', async () => {
    await using sweep = await start(nothing, { openSessions: () => ['ended-1', 'other', 'ended-2'] });
    await until(() => sweep.over.length > 0);
    expect(sweep.over[0]).toEqual(['ended-1', 'ended-2']);
  });

  test('are not closed if none has ended', async () => {
    await using sweep = await start(nothing, { openSessions: () => ['other'] });
    await until(() => sweep.swept.length >= 2);
    expect(sweep.over).toEqual([]);
  });

  test('do not keep ends from being delivered if the check fails', async () => {
    await using sweep = await start(async (cursor) => ({ ends: [end('a')], cursor: cursor ?? '1' }), {
      sessions: { over: () => Promise.reject(new UnavailableError('database', 'not-done')) },
    });
    await until(() => sweep.swept.length >= 2);
    expect(sweep.swept.slice(0, 2)).toEqual([['a'], ['a']]);
  });
});

test('after a reconnect one more sweep runs soon, and another one if a sweep was already running', async () => {
  let proceed: (() => void) | undefined;
  let calls = 0;
  await using sweep = await start(
    async (cursor) => {
      calls++;
      if (calls === 2) await new Promise<void>((resolve) => (proceed = resolve));
      return { ends: [], cursor: cursor ?? '1' };
    },
    { everyMs: 3_600_000 },
  );
  sweep.sweeper.soon();
  await until(() => calls === 2);
  // The one that runs may have queried before the hints were lost.
  sweep.sweeper.soon();
  proceed?.();
  await until(() => calls === 3);
  expect(sweep.asked).toEqual([undefined, '1', '1']);
});

test('two sweeps never run at once', async () => {
  let running = 0;
  let most = 0;
  await using sweep = await start(async (cursor) => {
    running++;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running--;
    return { ends: [], cursor: cursor ?? '1' };
  });
  for (let index = 0; index < 50; index++) sweep.sweeper.soon();
  await until(() => sweep.asked.length > 3);
  expect(most).toBe(1);
});

describe('once the database has another history', () => {
  test('no end is taken from its sweep, and the next ones begin at a new cursor', async () => {
    const histories: Sweep[] = [];
    let begins = 0;
    await using sweep = await start(
      async (cursor) => {
        if (cursor === 'one') return { ends: [end('a')], cursor: 'two', history: 'two', isContinued: false };
        begins += cursor === undefined ? 1 : 0;
        return { ends: cursor === undefined ? [] : [end('b')], cursor: begins > 1 ? 'new' : 'one' };
      },
      { onNewHistory: (begin) => void histories.push(begin) },
    );
    await until(() => sweep.swept.length > 0);
    expect(sweep.asked.slice(0, 4)).toEqual([undefined, 'one', undefined, 'new']);
    expect(histories.map(({ ends, cursor }) => ({ ends, cursor }))).toEqual([{ ends: [], cursor: 'new' }]);
    expect(sweep.swept[0]).toEqual(['b']);
  });

  test('it is told again by the next sweep if the new cursor could not be read', async () => {
    const histories: string[] = [];
    let begins = 0;
    await using sweep = await start(
      async (cursor) => {
        if (cursor === undefined && ++begins === 2) throw new UnavailableError('database', 'not-done');
        return { ends: [], cursor: begins > 2 ? 'new' : 'one', isContinued: cursor !== 'one' };
      },
      { onNewHistory: ({ cursor }) => void histories.push(cursor) },
    );
    await until(() => sweep.swept.length > 0);
    expect(sweep.asked.slice(0, 6)).toEqual([undefined, 'one', undefined, 'one', undefined, 'new']);
    expect(histories).toEqual(['new']);
  });
});

describe('numbers of another server', () => {
  test('are forgotten before the first cursor is read', async () => {
    const steps: string[] = [];
    const store = {
      sweep: async () => {
        steps.push('sweep');
        return { ends: [], cursor: '1', ...HISTORY, hasForeign: !steps.includes('forget') };
      },
      forgetForeign: async () => steps.push('forget'),
      open: async () => [],
    };
    await using _sweep = await start(nothing, { store, everyMs: 60_000 });
    expect(steps).toEqual(['sweep', 'forget', 'sweep']);
  });

  test('that can not be forgotten keep no process from its start, and no sweep from its ends', async () => {
    const swept: number[] = [];
    const store = {
      sweep: async () => ({ ends: [end('a')], cursor: '1', ...HISTORY, hasForeign: true }),
      forgetForeign: () => Promise.reject(new UnavailableError('database', 'not-done')),
      open: async () => [],
    };
    await using _sweep = await start(nothing, { store, onSwept: ({ ends }) => void swept.push(ends.length) });
    await until(() => swept.length > 3);
    expect(swept.slice(0, 3)).toEqual([1, 1, 1]);
  });

  test('are forgotten by every sweep that sees some, and by no other', async () => {
    let left = 2;
    const store = {
      sweep: async () => ({ ends: [], cursor: '1', ...HISTORY, hasForeign: left > 0 }),
      forgetForeign: async () => left--,
      open: async () => [],
    };
    let count = 0;
    await using _sweep = await start(nothing, { store, onSwept: () => void count++ });
    await until(() => count > 4);
    expect(left).toBe(0);
  });
});

test('followed assessments that have ended or are gone are told, and open ones are not', async () => {
  const told: string[][] = [];
  const store = {
    sweep: async () => ({ ends: [], cursor: '1', ...HISTORY }),
    forgetForeign: async () => 0,
    open: async (ids: string[]) => ids.filter((id) => id === 'open'),
  };
  await using _sweep = await start(nothing, {
    store,
    toCheck: () => ['open', 'gone'],
    onNotOpen: (ids) => void told.push(ids),
  });
  await until(() => told.length > 0);
  expect(told[0]).toEqual(['gone']);
});

test('a sweep at once follows the one that runs, and all who ask until it begins share it', async () => {
  const proceed: (() => void)[] = [];
  await using sweep = await start(
    async (cursor) => {
      if (cursor !== undefined) await new Promise<void>((resolve) => proceed.push(resolve));
      return { ends: [], cursor: '1' };
    },
    { everyMs: 3_600_000 },
  );
  const first = sweep.sweeper.now();
  await until(() => proceed.length === 1);
  const others = [sweep.sweeper.now(), sweep.sweeper.now(), sweep.sweeper.now()];
  proceed[0]?.();
  await first;
  await until(() => proceed.length === 2);
  proceed[1]?.();
  await Promise.all(others);
  expect(sweep.asked).toEqual([undefined, '1', '1']);
});

test('a sweep at once that fails does not reject', async () => {
  await using sweep = await start(
    async (cursor) => {
      if (cursor !== undefined) throw new UnavailableError('database', 'not-done');
      return { ends: [], cursor: '1' };
    },
    { everyMs: 3_600_000 },
  );
  await sweep.sweeper.now();
  expect(sweep.asked).toEqual([undefined, '1']);
});

describe('in time:', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

  test('a sweep runs every 4.5 seconds', async () => {
    const sweep = await start(nothing, { everyMs: undefined });
    await pass(4_499);
    expect(sweep.asked).toHaveLength(1);
    await pass(1);
    expect(sweep.asked).toHaveLength(2);
    await pass(4_500);
    expect(sweep.asked).toHaveLength(3);
    await sweep.sweeper.stop();
  });

  test('after a reconnect it runs once, within a second and after a random delay', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    let proceed: (() => void) | undefined;
    const sweep = await start(
      async (cursor) => {
        if (proceed === undefined && cursor !== undefined) await new Promise<void>((resolve) => (proceed = resolve));
        return { ends: [], cursor: '1' };
      },
      { everyMs: 60_000 },
    );
    sweep.sweeper.soon();
    await pass(499);
    expect(sweep.asked).toHaveLength(1);
    await pass(1);
    expect(sweep.asked).toHaveLength(2);
    // While it runs.
    sweep.sweeper.soon();
    await pass(5_000);
    proceed?.();
    await pass(499);
    expect(sweep.asked).toHaveLength(2);
    await pass(1);
    expect(sweep.asked).toHaveLength(3);
    await pass(59_999);
    expect(sweep.asked).toHaveLength(3);
    vi.restoreAllMocks();
    await sweep.sweeper.stop();
  });

  test('stop waits for the sweep that runs, and no other one follows', async () => {
    let proceed: (() => void) | undefined;
    const sweep = await start(
      async (cursor) => {
        if (cursor !== undefined) await new Promise<void>((resolve) => (proceed = resolve));
        return { ends: [], cursor: '1' };
      },
      { everyMs: 1_000 },
    );
    await pass(1_000);
    const stopped = vi.fn<() => void>();
    const stopping = sweep.sweeper.stop().then(stopped);
    await pass(0);
    expect(stopped).not.toHaveBeenCalled();
    proceed?.();
    await stopping;
    sweep.sweeper.soon();
    expect(vi.getTimerCount()).toBe(0);
    expect(sweep.asked).toHaveLength(2);
  });

  test('stop between two sweeps leaves no timer behind', async () => {
    const sweep = await start(nothing);
    await sweep.sweeper.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
