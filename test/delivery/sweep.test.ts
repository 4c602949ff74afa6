import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Sweep } from '../../src/adapters/database.ts';
import { startSweep, type SweepDeps } from '../../src/delivery/sweep.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/wait.ts';

/** A sweep over a scripted database, with a record of what was asked and told. */
async function start(sweep: (cursor: string | undefined) => Promise<Sweep>, more: Partial<SweepDeps> = {}) {
  const asked: (string | undefined)[] = [];
  const told: string[][] = [];
  const over: string[][] = [];
  const sweeper = await startSweep({
    store: {
      sweep: async (cursor) => {
        asked.push(cursor);
        return sweep(cursor);
      },
    },
    sessions: { over: async (ids) => ids.filter((id) => id.startsWith('ended')) },
    // The first time only says where it begins.
    onSwept: ({ ends }) => void (asked.length > 1 && told.push(ends.map(({ id }) => id))),
    openSessions: () => [],
    onSessionsOver: (ids) => void over.push(ids),
    log: createLog('silent', 'api'),
    everyMs: 5,
    ...more,
  });
  return { sweeper, asked, told, over, [Symbol.asyncDispose]: () => sweeper.stop() };
}

const end = (id: string) => ({ id, sessionId: 's', version: 3, endedMsAgo: 1 });
const nothing = async (cursor: string | undefined): Promise<Sweep> => ({ ends: [], cursor: cursor ?? '1' });

test('each sweep begins where the one before it ended, the first where the process began', async () => {
  let at = 7;
  await using sweep = await start(async () => ({ ends: [end(`a${at}`)], cursor: String(at++) }));
  await until(() => sweep.told.length >= 3);
  expect(sweep.asked.slice(0, 4)).toEqual([undefined, '7', '8', '9']);
  expect(sweep.told.slice(0, 3)).toEqual([['a8'], ['a9'], ['a10']]);
});

test('a sweep that failed is made up for by the next one, from the same place', async () => {
  let calls = 0;
  await using sweep = await start(async (cursor) => {
    calls++;
    if (calls === 2 || calls === 3) throw new UnavailableError('database', 'not-done');
    return { ends: cursor === '1' ? [end('a')] : [], cursor: cursor === undefined ? '1' : '2' };
  });
  await until(() => sweep.told.length > 0);
  expect(sweep.asked.slice(0, 4)).toEqual([undefined, '1', '1', '1']);
  expect(sweep.told[0]).toEqual(['a']);
});

test('a start without a database is told, since nobody would know where to begin', async () => {
  await expect(start(() => Promise.reject(new UnavailableError('database', 'not-done')))).rejects.toThrow(
    UnavailableError,
  );
});

describe('the sessions that have something open here', () => {
  test('are asked for, and those that are over are told', async () => {
    await using sweep = await start(nothing, { openSessions: () => ['ended-1', 'other', 'ended-2'] });
    await until(() => sweep.over.length > 0);
    expect(sweep.over[0]).toEqual(['ended-1', 'ended-2']);
  });

  test('are left in peace where none is over', async () => {
    await using sweep = await start(nothing, { openSessions: () => ['other'] });
    await until(() => sweep.told.length >= 2);
    expect(sweep.over).toEqual([]);
  });

  test('that could not be asked for keep no end from being told', async () => {
    await using sweep = await start(async (cursor) => ({ ends: [end('a')], cursor: cursor ?? '1' }), {
      sessions: { over: () => Promise.reject(new UnavailableError('database', 'not-done')) },
    });
    await until(() => sweep.told.length >= 2);
    expect(sweep.told.slice(0, 2)).toEqual([['a'], ['a']]);
  });
});

test('after a reconnect there is one out of turn, and one more if one was already under way', async () => {
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
  // It looked before the broker was away, perhaps.
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

  test('by itself there is one every 4.5 seconds', async () => {
    const sweep = await start(nothing, { everyMs: undefined });
    await pass(4_499);
    expect(sweep.asked).toHaveLength(1);
    await pass(1);
    expect(sweep.asked).toHaveLength(2);
    await pass(4_500);
    expect(sweep.asked).toHaveLength(3);
    await sweep.sweeper.stop();
  });

  test('after a reconnect it comes within a second, not in the same moment everywhere, and once', async () => {
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

  test('stopping waits for the one that runs, and there is no other', async () => {
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

  test('stopping between two leaves nothing behind', async () => {
    const sweep = await start(nothing);
    await sweep.sweeper.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
