import { expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { ScriptedServer } from './scripted-server.ts';
import { startWebProxy, Visit } from './visit.ts';

const connected = async (visit: Visit): Promise<void> => {
  visit.follow();
  await visit.feed(1);
  await visit.state('connected');
};

/** A client that waits for the next try, because its server was stopped. */
const waiting = async (visit: Visit): Promise<void> => {
  await connected(visit);
  await visit.server.stop();
  await visit.state('waiting');
};

test('a hidden page keeps its socket', async () => {
  await using visit = await Visit.start();
  await connected(visit);
  visit.environment.hidden = true;
  for (let pings = 1; pings <= 10; pings += 1) {
    visit.environment.advance(12_000);
    await until(() => visit.server.pings === pings && visit.environment.pending()[0] === 12_000);
  }
  expect(visit.states).toEqual(['connecting', 'connected']);
});

test('a hidden page that lost its socket waits ten times as long between tries', async () => {
  await using visit = await Visit.start();
  await connected(visit);
  visit.environment.hidden = true;
  await visit.server.stop();
  const waits: unknown[] = [];
  for (let attempt = 0; attempt < 8; attempt += 1) {
    await visit.state('waiting');
    const status = visit.live.status.get();
    const waitMs = status.state === 'waiting' ? status.retryInMs : 0;
    waits.push(waitMs);
    visit.environment.advance(waitMs);
  }
  expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]);
});

test.each(['show', 'goOnline'] as const)('%s: a wait ends with one try at once, and only one', async (event) => {
  await using visit = await Visit.start();
  await waiting(visit);
  visit.environment.hidden = true;
  visit.environment.advance(500);
  await visit.state('waiting');
  visit.environment.advance(2_000);
  visit.states.length = 0;
  visit.environment.hidden = false;
  visit.environment[event]();
  expect(visit.live.status.get()).toEqual({ state: 'connecting' });
  await visit.state('waiting');
  expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 2_000 });
  expect(visit.states).toEqual(['connecting', 'waiting']);
});

test('many events in a second make one try a second', async () => {
  await using visit = await Visit.start();
  await waiting(visit);
  visit.environment.advance(500);
  await visit.state('waiting');
  visit.environment.advance(400);
  visit.states.length = 0;
  for (let times = 0; times < 5; times += 1) visit.environment.goOnline();
  expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 600 });
  expect(new Set(visit.states)).toEqual(new Set(['waiting']));
  visit.environment.advance(599);
  visit.environment.goOnline();
  expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 1 });
});

test('an event does not postpone a try that is due sooner', async () => {
  await using visit = await Visit.start();
  await waiting(visit);
  visit.environment.advance(500 - 1);
  visit.environment.goOnline();
  visit.environment.advance(1);
  expect(visit.live.status.get()).toEqual({ state: 'connecting' });
});

test('without a network the state is offline with the longest waits, and the return of the network ends the wait', async () => {
  await using visit = await Visit.start();
  await waiting(visit);
  visit.environment.goOffline();
  expect(visit.live.status.get()).toEqual({ state: 'offline' });
  visit.environment.advance(29_999);
  expect(visit.environment.pending()).toEqual([1]);
  visit.environment.advance(1);
  await until(() => visit.environment.pending()[0] === 30_000);
  expect(visit.live.status.get()).toEqual({ state: 'offline' });

  await visit.server.listen();
  visit.environment.advance(1_000);
  visit.environment.goOnline();
  expect(visit.live.status.get()).toEqual({ state: 'connecting' });
  await visit.feed(2);
});

test('a page is connected even if the browser reports no network', async () => {
  await using visit = await Visit.start();
  visit.environment.online = false;
  await connected(visit);
  expect(visit.states).toEqual(['offline', 'connected']);
});

test.each(['show', 'goOnline', 'goOffline'] as const)(
  '%s: an open socket gets one ping, and is kept',
  async (event) => {
    await using visit = await Visit.start();
    await connected(visit);
    visit.environment[event]();
    visit.environment[event]();
    await until(() => visit.server.pings > 0 && visit.environment.pending()[0] === 12_000);
    visit.environment.advance(3_000);
    expect(visit.server.pings).toBe(1);
    expect(visit.states).toEqual(['connecting', 'connected']);
  },
);

test('a half-open connection is replaced three seconds after the page becomes visible, however often it does', async () => {
  await using server = await ScriptedServer.start();
  await using proxy = await startWebProxy(server);
  await using visit = new Visit(server, { url: proxy.url });
  await connected(visit);
  await proxy.setMode('halfOpen');
  visit.environment.show();
  visit.environment.advance(2_000);
  visit.environment.show();
  visit.environment.advance(999);
  expect(visit.live.status.get()).toEqual({ state: 'connected' });
  await proxy.setMode('pass');
  visit.environment.advance(1);
  expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 500 });
  visit.environment.advance(500);
  await visit.feed(2);
});

test('a ping that was under way already does not lengthen the check of a visible page', async () => {
  await using server = await ScriptedServer.start();
  await using proxy = await startWebProxy(server);
  await using visit = new Visit(server, { url: proxy.url });
  await connected(visit);
  await proxy.setMode('blackHole');
  visit.environment.advance(12_000);
  visit.environment.show();
  visit.environment.advance(3_000);
  expect(visit.live.status.get()).toEqual({ state: 'waiting', retryInMs: 500 });
  await proxy.setMode('pass');
});

test('tryNow ends a wait', async () => {
  await using visit = await Visit.start();
  await waiting(visit);
  await visit.server.listen();
  visit.environment.advance(500);
  await visit.state('connected');
  visit.environment.advance(5_000);
  visit.server.cut();
  await visit.state('waiting');
  visit.live.tryNow();
  expect(visit.live.status.get()).toEqual({ state: 'connecting' });
  await visit.feed(2);
});
