import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LatestValue } from '../../src/delivery/latest-value.ts';

const done = { value: undefined, done: true };
const value = <T>(given: T) => ({ value: given, done: false });

test('what was pushed before anybody asked is there when somebody does', async () => {
  const newest = new LatestValue<number>(() => {});
  newest.push(1);
  expect(await newest.next()).toEqual(value(1));
});

test('a reader that is late gets the newest only', async () => {
  const newest = new LatestValue<number>(() => {});
  for (const state of [1, 2, 3]) newest.push(state);
  newest.end();
  expect([await newest.next(), await newest.next(), await newest.next()]).toEqual([value(3), done, done]);
});

test('a reader that waits gets each at once', async () => {
  const newest = new LatestValue<number>(() => {});
  const first = newest.next();
  newest.push(1);
  expect(await first).toEqual(value(1));
  const second = newest.next();
  newest.push(2);
  expect(await second).toEqual(value(2));
});

test('the end comes after what was pushed last, and nothing comes after the end', async () => {
  const newest = new LatestValue<number>(() => {});
  newest.push(1);
  newest.end();
  newest.push(2);
  expect([await newest.next(), await newest.next()]).toEqual([value(1), done]);
});

test('the end ends a reader that waits', async () => {
  const newest = new LatestValue<number>(() => {});
  const waiting = newest.next();
  newest.end();
  expect(await waiting).toEqual(done);
});

test('a reader that leaves without having read holds nothing more', async () => {
  const newest = new LatestValue<number>(() => {});
  newest.push(1);
  expect([await newest.return(), await newest.next()]).toEqual([done, done]);
});

describe('a reader that leaves while it waits is let go at once:', () => {
  test.each<[string, (newest: LatestValue<number>) => unknown]>([
    ['return', (newest) => newest.return()],
    ['throw', (newest) => newest.throw(new Error('away')).catch(() => {})],
    ['dispose', (newest) => newest[Symbol.asyncDispose]()],
  ])('%s', async (_, leave) => {
    let closed = 0;
    const newest = new LatestValue<number>(() => void closed++);
    const waiting = newest.next();
    await leave(newest);
    newest.push(1);
    expect([await waiting, await newest.next()]).toEqual([done, done]);
    expect(closed).toBe(1);
  });
});

describe('a failure is the last thing that comes, once, and it closes:', () => {
  const failure = new Error('not yours');

  test('to a reader that waits', async () => {
    let closed = 0;
    const newest = new LatestValue<number>(() => void closed++);
    const waiting = newest.next();
    newest.fail(failure);
    await expect(waiting).rejects.toBe(failure);
    expect([await newest.next(), closed]).toEqual([done, 1]);
  });

  test('to a reader that comes later, in place of what it did not take', async () => {
    const newest = new LatestValue<number>(() => {});
    newest.push(1);
    newest.fail(failure);
    newest.push(2);
    await expect(newest.next()).rejects.toBe(failure);
    expect(await newest.next()).toEqual(done);
  });

  test('but not after the end', async () => {
    const newest = new LatestValue<number>(() => {});
    newest.push(1);
    newest.end();
    newest.fail(failure);
    expect([await newest.next(), await newest.next()]).toEqual([value(1), done]);
  });
});

test('leaving the loop closes it', async () => {
  let closed = 0;
  const newest = new LatestValue<number>(() => void closed++);
  newest.push(1);
  for await (const state of newest) {
    expect(state).toBe(1);
    break;
  }
  expect(closed).toBe(1);
});

test('throw passes the error on', async () => {
  await expect(new LatestValue(() => {}).throw(new Error('away'))).rejects.toThrow('away');
});

type Step = 'push' | 'next' | 'end' | 'return';

test('whatever the order: states rise, none is doubled, the last one before the end is not lost, and it closes once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom<Step>('push', 'push', 'next', 'next', 'end', 'return'), { maxLength: 30 }),
      async (steps) => {
        let closed = 0;
        const newest = new LatestValue<number>(() => void closed++);
        const reads: Promise<IteratorResult<number, undefined>>[] = [];
        let pushed = 0;
        let accepted = 0;
        let left = false;
        for (const step of steps) {
          if (step === 'push') {
            pushed++;
            newest.push(pushed);
            if (closed === 0) accepted = pushed;
          } else if (step === 'next') {
            // One at a time, as `for await` reads.
            if (await isSettled(reads.at(-1))) reads.push(newest.next());
          } else if (step === 'end') newest.end();
          else {
            left = true;
            await newest.return();
          }
        }
        newest.end();
        for (;;) {
          const read = newest.next();
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
