import { expect, test } from 'vitest';
import { checkSessionEnds } from '../../src/delivery/session-ends.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { until } from '../support/wait.ts';

/** Two sessions are open here, of which one has ended, and another has ended elsewhere. */
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

test('a session is over when the database says so, and not because a message does', async () => {
  await using play = start();
  play.ends.hint('open');
  play.ends.hint('ended');
  await until(() => play.asked.length === 1);
  expect(play.asked).toEqual([['open', 'ended']]);
  expect(play.closed).toEqual([['ended']]);
});

test('of sessions that are not open here the database is not asked, however many messages name some', async () => {
  await using play = start();
  for (let count = 0; count < 100_000; count++) play.ends.hint(`forged${count}`);
  await until(() => play.asked.length === 1);
  expect(play.asked).toEqual([[]]);
  play.ends.hint('ended');
  await until(() => play.closed.length === 1);
});

test('messages that come while the database is asked are answered together by the next look', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using play = start(async (ids) => {
    await promise;
    return ids;
  });
  play.ends.hint('open');
  await until(() => play.asked.length === 1);
  for (let count = 0; count < 1_000; count++) play.ends.hint('ended');
  resolve();
  await until(() => play.closed.length === 2);
  expect(play.asked).toEqual([['open'], ['ended']]);
});

test('while the database is away nothing is closed, and a message that comes later is looked at again', async () => {
  let isAway = true;
  await using play = start(async (ids) => {
    if (isAway) throw new UnavailableError('database', 'not-done');
    return ids;
  });
  play.ends.hint('ended');
  await until(() => play.asked.length === 1);
  expect(play.closed).toEqual([]);
  isAway = false;
  play.ends.hint('ended');
  await until(() => play.closed.length === 1);
});

test('after a stop nobody is asked any more', async () => {
  const play = start();
  await play.ends.stop();
  play.ends.hint('ended');
  await new Promise((resume) => setImmediate(() => setImmediate(resume)));
  expect(play.asked).toEqual([]);
});
