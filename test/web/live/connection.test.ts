import { describe, expect, test, vi } from 'vitest';
import { until } from '../../support/wait.ts';
import { ScriptedServer } from './scripted-server.ts';
import { assessment, startWebProxy, Visit } from './visit.ts';

const connected = async (visit: Visit) => {
  const log = visit.follow();
  await visit.feed(1);
  await visit.state('connected');
  return log;
};

test('the socket is opened for the first subscription, shared, and closed soon after the last', async () => {
  await using visit = await Visit.start();
  const { live, server, environment } = visit;
  expect(live.status.get()).toEqual({ state: 'idle' });
  const logs = [visit.follow('a'), visit.follow('b')];
  expect(live.status.get()).toEqual({ state: 'connecting' });
  await visit.feed(2);
  expect(server.inits).toHaveLength(1);

  for (const { stop } of logs) stop();
  environment.advance(999);
  expect(live.status.get()).toEqual({ state: 'connected' });
  environment.advance(1);
  await until(() => server.open === 0);
  expect(visit.states).toEqual(['connecting', 'connected', 'idle']);
  expect(environment.pending()).toEqual([]);
});

test('whoever comes within the second uses the socket that is open', async () => {
  await using visit = await Visit.start();
  const first = visit.follow();
  first.stop();
  visit.follow();
  await visit.feed(1);
  visit.environment.advance(5_000);
  expect(visit.server.inits).toHaveLength(1);
  expect(visit.live.status.get()).toEqual({ state: 'connected' });
});

test.each([1000, 1001, 1006, 1011, 1012, 1013, 4408, 4409, 4500])(
  'closed with %i, the client waits, comes back and subscribes anew',
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

test('while the server is away the waits double up to half a minute', async () => {
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

test('a server that accepts and hangs up at once is left alone for longer and longer; one that lasted is not', async () => {
  await using visit = await Visit.start();
  visit.follow();
  const waits: unknown[] = [];
  for (const [index, lastingMs] of [0, 0, 0, 9_999, 10_000].entries())
    waits.push(await waitAfterLasting(visit, lastingMs, index + 1));
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 500]);
});

test('4401 ends everything: each subscription is told that the session has ended, and nothing is tried', async () => {
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

test.each([1009, 4400, 4403, 4406, 4429])(
  'closed with %i, the client stops and says that it is refused',
  async (code) => {
    await using visit = await Visit.start();
    const log = await connected(visit);
    visit.server.closeWith(code);
    await visit.state('ended');
    expect(visit.live.status.get()).toEqual({ state: 'ended', reason: 'refused', closeCode: code });
    expect(log.errors).toMatchObject([{ code: 'REFUSED', closeCode: code }]);
    expect(visit.environment.pending()).toEqual([]);
  },
);

test('whoever subscribes after an end is connected, but not more than once a second', async () => {
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

test('connectionParams are asked for each connection, and one that rejects is asked again later', async () => {
  const tokens = [Promise.resolve('first'), Promise.reject(new Error('no token')), Promise.resolve('third')];
  tokens[1]?.catch(() => {});
  await using visit = await Visit.start({
    connectionParams: async () => ({ Authorization: await tokens.shift() }),
  });
  await connected(visit);
  visit.server.cut();
  await visit.state('waiting');
  visit.environment.advance(500);
  await until(() => visit.environment.pending()[0] === 1_000);
  visit.environment.advance(1_000);
  await visit.feed(2);
  expect(visit.server.inits).toEqual([{ Authorization: 'first' }, { Authorization: 'third' }]);
});

test('a server that does not acknowledge is given up after ten seconds', async () => {
  await using visit = await Visit.start();
  visit.server.isMute = true;
  visit.follow();
  await until(() => visit.server.inits.length === 1);
  visit.environment.advance(9_999);
  expect(visit.live.status.get()).toEqual({ state: 'connecting' });
  visit.server.isMute = false;
  visit.environment.advance(1);
  expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 500 });
  visit.environment.advance(500);
  await visit.feed(1);
});

describe('a link on which nothing arrives any more', () => {
  test('is noticed by a ping that is not answered, and replaced', async () => {
    await using server = await ScriptedServer.start();
    await using proxy = await startWebProxy(server);
    await using visit = new Visit(server, { url: proxy.url });
    await connected(visit);
    await proxy.setMode('halfOpen');
    visit.environment.advance(12_000 + 4_999);
    expect(visit.live.status.get()).toEqual({ state: 'connected' });
    await proxy.setMode('pass');
    visit.environment.advance(1);
    expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 500 });
    visit.environment.advance(500);
    await visit.feed(2);
  });

  test('is not suspected while something arrives', async () => {
    await using visit = await Visit.start();
    const log = await connected(visit);
    for (const round of [1, 2, 3]) {
      visit.environment.advance(11_999);
      visit.server.lastFeed?.push(assessment(1, 'PROCESSING', `${round}`));
      await until(() => log.updates.length === round);
    }
    expect(visit.server.pings).toBe(0);
    visit.environment.advance(12_000);
    // The pong puts the next ping in the place of the deadline.
    await until(() => visit.server.pings === 1 && visit.environment.pending()[0] === 12_000);
    visit.environment.advance(11_999);
    expect(visit.states).toEqual(['connecting', 'connected']);
  });
});

test('close hangs up, tells nobody anything, leaves no timer and no listener; who comes later is told', async () => {
  await using visit = await Visit.start();
  const log = await connected(visit);
  visit.live.close();
  await until(() => visit.server.open === 0);
  expect(log).toMatchObject({ updates: [], ends: [], errors: [] });
  expect(visit.environment.pending()).toEqual([]);
  expect(visit.environment.listeners.size).toBe(0);
  expect(visit.follow().errors).toMatchObject([{ code: 'CLOSED' }]);
});

test('closed while it is connecting, it does not connect', async () => {
  await using visit = await Visit.start();
  visit.server.isMute = true;
  visit.follow();
  await until(() => visit.server.inits.length === 1);
  visit.live.close();
  await until(() => visit.server.open === 0);
  expect(visit.live.status.get()).toEqual({ state: 'idle' });
});

test('a listener that throws breaks nothing, and its error is reported as uncaught', async () => {
  const reported: unknown[] = [];
  const { queueMicrotask: queue } = globalThis;
  using spy = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation((work) =>
    queue(() => {
      try {
        work();
      } catch (error) {
        reported.push(error);
      }
    }),
  );
  await using visit = await Visit.start();
  const bug = new Error('a bug of the page');
  const ends: unknown[] = [];
  visit.live.follow('a', {
    document: 'subscription ($id: ID!) { assessmentUpdated(id: $id) { id version status } }',
    onUpdate: () => {
      throw bug;
    },
    onEnd: (end) => ends.push(end),
    onError: () => {},
  });
  const feed = await visit.feed(1);
  feed.push(assessment(1, 'SUBMITTED'));
  feed.push(assessment(3, 'COMPLETED'));
  await until(() => ends.length === 1);
  await until(() => reported.length === 2);
  expect(reported).toEqual([bug, bug]);
  expect(spy).toHaveBeenCalled();
  expect(visit.states).toEqual(['connecting', 'connected']);
});
