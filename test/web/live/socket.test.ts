import { describe, expect, test, vi } from 'vitest';
import { until } from '../../support/wait.ts';
import { ScriptedServer } from './scripted-server.ts';
import { createLive } from '../../../web/src/live/index.ts';
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

test('a subscription within that second uses the open socket', async () => {
  await using visit = await Visit.start();
  const first = visit.follow();
  first.stop();
  visit.follow();
  await visit.feed(1);
  visit.environment.advance(5_000);
  expect(visit.server.inits).toHaveLength(1);
  expect(visit.live.status.get()).toEqual({ state: 'connected' });
});

test('connectionParams is called for each socket, and called again after a wait if it rejects', async () => {
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

test('a server that sends no connection_ack is given up after ten seconds', async () => {
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

describe('a half-open connection', () => {
  test('is detected by a ping without a pong, and replaced', async () => {
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

  test('is not suspected while messages arrive', async () => {
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

test('close ends the socket, all timers and listeners without a call; a later subscription gets CLOSED', async () => {
  await using visit = await Visit.start();
  const log = await connected(visit);
  visit.live.close();
  await until(() => visit.server.open === 0);
  expect(log).toMatchObject({ updates: [], ends: [], errors: [] });
  expect(visit.environment.pending()).toEqual([]);
  expect(visit.environment.listeners.size).toBe(0);
  expect(visit.follow().errors).toMatchObject([{ code: 'CLOSED' }]);
});

test('closed before the socket is open, the client drops the socket', async () => {
  await using server = await ScriptedServer.start();
  await using proxy = await startWebProxy(server);
  await using visit = new Visit(server, { url: proxy.url });
  await proxy.setMode('blackHole');
  visit.follow();
  await until(() => proxy.connections === 1);
  visit.live.close();
  await proxy.setMode('pass'); // the proxy delivers the held bytes now
  await until(() => proxy.connections === 0);
  expect(server.inits).toEqual([]);
});

test('closed before the connection_ack, the client closes the socket', async () => {
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
    document: 'subscription ($id: ID!) { assessmentUpdated(assessmentId: $id) { assessment { id version status } } }',
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

test('without a location, as where a server renders a page, the client is made, and the address is read for the first socket', () => {
  expect(globalThis.location).toBeUndefined();
  const live = createLive({ url: '/graphql' });
  expect(live.status.get()).toEqual({ state: 'idle' });
  expect(() => live.subscribe({ query: 'subscription { x }' }, { next() {}, complete() {}, error() {} })).toThrow(
    'URL',
  );
  live.close();
});
