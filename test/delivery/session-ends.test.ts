import { expect, test } from 'vitest';
import { checkSessionEnds } from '../../src/delivery/session-ends.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/wait.ts';

/** Two sessions have a channel in this process; one of them, `ended`, has ended. */
function start(over?: (ids: string[]) => Promise<string[]>) {
  const asked: string[][] = [];
  const closed: string[][] = [];
  const ends = checkSessionEnds({
    sessions: {
      over: async (ids) => {
        asked.push(ids);
        return await (over ?? (async () => ids.filter((id) => id.startsWith('ended'))))(ids);
      },
    },
    openSessions: () => ['open', 'ended'],
    onSessionsOver: (ids) => void closed.push(ids),
    log: createLog('silent', 'api'),
    pauseMs: 1,
  });
  return { ends, asked, closed, [Symbol.asyncDispose]: () => ends.stop() };
}

test('a message closes a session only if the database says that it has ended', async () => {
  await using check = start();
  check.ends.hint('open');
  check.ends.hint('ended');
  await until(() => check.asked.length === 1);
  expect(check.asked).toEqual([['open', 'ended']]);
  expect(check.closed).toEqual([['ended']]);
});

test('any number of messages about sessions without a channel here asks the database about none of them', async () => {
  await using check = start();
  for (let count = 0; count < 100_000; count++) check.ends.hint(`forged${count}`);
  await until(() => check.asked.length === 1);
  expect(check.asked).toEqual([[]]);
  check.ends.hint('ended');
  await until(() => check.closed.length === 1);
});

test('all messages that come during a query share the next query', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using check = start(async (ids) => {
    await promise;
    return ids;
  });
  check.ends.hint('open');
  await until(() => check.asked.length === 1);
  for (let count = 0; count < 1_000; count++) check.ends.hint('ended');
  resolve();
  await until(() => check.closed.length === 2);
  expect(check.asked).toEqual([['open'], ['ended']]);
});

test('while the database is unavailable no session is closed, and a later message is checked again', async () => {
  let isAway = true;
  await using check = start(async (ids) => {
    if (isAway) throw new UnavailableError('database', 'not-done');
    return ids;
  });
  check.ends.hint('ended');
  await until(() => check.asked.length === 1);
  expect(check.closed).toEqual([]);
  isAway = false;
  check.ends.hint('ended');
  await until(() => check.closed.length === 1);
});

test('after a stop the database is not asked any more', async () => {
  const check = start();
  await check.ends.stop();
  check.ends.hint('ended');
  await new Promise((resume) => setImmediate(() => setImmediate(resume)));
  expect(check.asked).toEqual([]);
});
