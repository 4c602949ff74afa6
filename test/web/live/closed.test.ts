import { expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { assessment, Visit } from './visit.ts';

const connected = async (visit: Visit) => {
  const log = visit.follow();
  await visit.feed(1);
  await visit.state('connected');
  return log;
};

test('a subscription that stops while the client waits for the next try ends the tries', async () => {
  await using visit = await Visit.start();
  const { stop } = await connected(visit);
  await visit.server.stop();
  await visit.state('waiting');
  stop();
  expect(visit.live.status.get()).toEqual({ state: 'idle' });
  expect(visit.environment.pending()).toEqual([]);
});

test.each([1000, 1001, 1006, 1011, 1012, 1013, 4408, 4409, 4500])(
  'closed with %i, the client waits, reconnects and subscribes again',
  async (code) => {
    await using visit = await Visit.start();
    const log = await connected(visit);
    if (code === 1006) visit.server.cut();
    else visit.server.closeWith(code);
    await visit.state('waiting');
    expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 500 });
    visit.environment.advance(499);
    expect(visit.live.status.get().state).toBe('waiting');
    visit.environment.advance(1);
    (await visit.feed(2)).push(assessment(1, 'SUBMITTED'));
    await until(() => log.updates.length === 1);
    expect(log.errors).toEqual([]);
  },
);

test('while the server is away the waits double, up to half a minute', async () => {
  await using visit = await Visit.start();
  await connected(visit);
  await visit.server.stop();
  const waits: unknown[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    await visit.state('waiting');
    const status = visit.live.status.get();
    const waitMs = status.state === 'waiting' ? status.retryInMs : 0;
    waits.push(waitMs);
    visit.environment.advance(waitMs);
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);

  await visit.server.listen();
  await visit.state('waiting');
  visit.environment.advance(30_000);
  await visit.state('connected');
});

const waitAfterLasting = async (visit: Visit, lastingMs: number, feeds: number): Promise<unknown> => {
  await visit.feed(feeds);
  await visit.state('connected');
  visit.environment.advance(lastingMs);
  visit.server.cut();
  await visit.state('waiting');
  const status = visit.live.status.get();
  if (status.state !== 'waiting') throw new Error(status.state);
  visit.environment.advance(status.retryInMs);
  return status.retryInMs;
};

test('the waits grow while the server accepts and hangs up at once, and start small after a socket that lasted', async () => {
  await using visit = await Visit.start();
  visit.follow();
  const waits: unknown[] = [];
  for (const [index, lastingMs] of [0, 0, 0, 9_999, 10_000].entries())
    waits.push(await waitAfterLasting(visit, lastingMs, index + 1));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 500]);
});

test('4401 ends each subscription with SESSION_ENDED, and nothing is tried', async () => {
  await using visit = await Visit.start();
  const logs = [visit.follow('a'), visit.follow('b')];
  await visit.feed(2);
  visit.server.closeWith(4401);
  await visit.state('ended');
  expect(visit.live.status.get()).toEqual({ state: 'ended', reason: 'session ended', closeCode: 4401 });
  for (const { errors } of logs) expect(errors).toMatchObject([{ code: 'SESSION_ENDED', closeCode: 4401 }]);
  visit.environment.advance(3_600_000);
  visit.environment.show();
  visit.environment.goOnline();
  visit.live.tryNow();
  expect(visit.live.status.get().state).toBe('ended');
  expect(visit.environment.pending()).toEqual([]);
  expect(visit.server.inits).toHaveLength(1);
});

test.each([1009, 4400, 4403, 4406, 4429])('closed with %i, the client stops and reports a refusal', async (code) => {
  await using visit = await Visit.start();
  const log = await connected(visit);
  visit.server.closeWith(code);
  await visit.state('ended');
  expect(visit.live.status.get()).toEqual({ state: 'ended', reason: 'refused', closeCode: code });
  expect(log.errors).toMatchObject([{ code: 'REFUSED', closeCode: code }]);
  expect(visit.environment.pending()).toEqual([]);
});

test('a subscription after a refusal connects again, but not more than once a second', async () => {
  await using visit = await Visit.start();
  visit.server.refuseWith = 4429;
  const refused = visit.follow();
  await until(() => refused.errors.length === 1);
  visit.server.refuseWith = undefined;
  visit.follow();
  expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 1_000 });
  visit.environment.advance(1_000);
  await visit.feed(1);
  expect(visit.server.inits).toHaveLength(2);
});
