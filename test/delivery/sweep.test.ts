import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Sweep } from '../../src/adapters/database.ts';
import { startSweep, type SweepDeps } from '../../src/delivery/sweep.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/wait.ts';

/** A sweep over a scripted database, with a record of its queries and its calls. */
async function start(sweep: (cursor: string | undefined) => Promise<Sweep>, more: Partial<SweepDeps> = {}) {
  const asked: (string | undefined)[] = [];
  const swept: string[][] = [];
  const over: string[][] = [];
  const sweeper = await startSweep({
    store: {
      sweep: async (cursor) => {
        asked.push(cursor);
        return sweep(cursor);
      },
    },
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
const nothing = async (cursor: string | undefined): Promise<Sweep> => ({ ends: [], cursor: cursor ?? '1' });

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
