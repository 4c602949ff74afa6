import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatestValue } from '../../src/delivery/latest-value.ts';

const done = { value: undefined, done: true };
const value = <T>(given: T) => ({ value: given, done: false });

test('a value that was pushed before the first read is read first', async () => {
  const latest = new LatestValue<number>(() => {});
  latest.push(1);
  expect(await latest.next()).toEqual(value(1));
});

test('a late reader gets the newest value only', async () => {
  const latest = new LatestValue<number>(() => {});
  for (const state of [1, 2, 3]) latest.push(state);
  latest.end();
  expect([await latest.next(), await latest.next(), await latest.next()]).toEqual([value(3), done, done]);
});

test('a waiting reader gets each value at once', async () => {
  const latest = new LatestValue<number>(() => {});
  const first = latest.next();
  latest.push(1);
  expect(await first).toEqual(value(1));
  const second = latest.next();
  latest.push(2);
  expect(await second).toEqual(value(2));
});

test('the end comes after the value that was pushed last, and nothing comes after the end', async () => {
  const latest = new LatestValue<number>(() => {});
  latest.push(1);
  latest.end();
  latest.push(2);
  expect([await latest.next(), await latest.next()]).toEqual([value(1), done]);
});

test('a waiting reader gets the end', async () => {
  const latest = new LatestValue<number>(() => {});
  const waiting = latest.next();
  latest.end();
  expect(await waiting).toEqual(done);
});

test('after return() an unread value is dropped', async () => {
  const latest = new LatestValue<number>(() => {});
  latest.push(1);
  expect([await latest.return(), await latest.next()]).toEqual([done, done]);
});

describe('a waiting reader that leaves gets the end at once, and it closes once:', () => {
  test.each<[string, (latest: LatestValue<number>) => unknown]>([
    ['return', (latest) => latest.return()],
    ['throw', (latest) => latest.throw(new Error('away')).catch(() => {})],
    ['dispose', (latest) => latest[Symbol.asyncDispose]()],
  ])('%s', async (_, leave) => {
    let closed = 0;
    const latest = new LatestValue<number>(() => void closed++);
    const waiting = latest.next();
    await leave(latest);
    latest.push(1);
    expect([await waiting, await latest.next()]).toEqual([done, done]);
    expect(closed).toBe(1);
  });
});

describe('a failure comes once, as the last result, and closes:', () => {
  const failure = new Error('not yours');

  test('to a waiting reader', async () => {
    let closed = 0;
    const latest = new LatestValue<number>(() => void closed++);
    const waiting = latest.next();
    latest.fail(failure);
    await expect(waiting).rejects.toBe(failure);
    expect([await latest.next(), closed]).toEqual([done, 1]);
  });

  test('to a later reader, in place of an unread value', async () => {
    const latest = new LatestValue<number>(() => {});
    latest.push(1);
    latest.fail(failure);
    latest.push(2);
    await expect(latest.next()).rejects.toBe(failure);
    expect(await latest.next()).toEqual(done);
  });

  test('but it does not come after the end', async () => {
    const latest = new LatestValue<number>(() => {});
    latest.push(1);
    latest.end();
    latest.fail(failure);
    expect([await latest.next(), await latest.next()]).toEqual([value(1), done]);
  });
});

test('a break of the loop closes it', async () => {
  let closed = 0;
  const latest = new LatestValue<number>(() => void closed++);
  latest.push(1);
  for await (const state of latest) {
    expect(state).toBe(1);
    break;
  }
  expect(closed).toBe(1);
});

test('throw() rejects with its error', async () => {
  await expect(new LatestValue(() => {}).throw(new Error('away'))).rejects.toThrow('away');
});

type Step = 'push' | 'next' | 'end' | 'return';

test('in any order of calls: values rise, none comes twice, the last one before the end is not lost, and it closes once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Step>('push', 'push', 'next', 'next', 'end', 'return'), { maxLength: 30 }),
      async (steps) => {
        let closed = 0;
        const latest = new LatestValue<number>(() => void closed++);
        const reads: Promise<IteratorResult<number, undefined>>[] = [];
        let pushed = 0;
        let accepted = 0;
        let left = false;
        for (const step of steps) {
          if (step === 'push') {
            pushed++;
            latest.push(pushed);
            if (closed === 0) accepted = pushed;
          } else if (step === 'next') {
            // One at a time, as `for await` reads.
            if (await isSettled(reads.at(-1))) reads.push(latest.next());
          } else if (step === 'end') latest.end();
          else {
            left = true;
            await latest.return();
          }
        }
        latest.end();
        for (;;) {
          const read = latest.next();
          reads.push(read);
          if ((await read).done === true) break;
        }
        const seen = (await Promise.all(reads)).flatMap((result) => (result.done === true ? [] : [result.value]));
        expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
        expect(left ? accepted : (seen.at(-1) ?? 0)).toBe(accepted);
        expect(closed).toBe(1);
      },
    ),
  );
});

async function isSettled(promise: Promise<unknown> | undefined): Promise<boolean> {
  if (promise === undefined) return true;
  const pending = Symbol('pending');
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}
