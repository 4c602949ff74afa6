import { afterEach, describe, expect, test, vi } from 'vitest';
import { ChannelsByAddress } from '../../src/server/graphql/channels-by-address.ts';
import {
  MessageRate,
  MESSAGES_PER_SECOND,
  MESSAGES_PER_SECOND_OF_ADDRESS,
  type Counted,
} from '../../src/server/sockets/message-rate.ts';
import { startApp } from '../support/app.ts';
import { until } from '../support/wait.ts';
import { rawResponse, UPGRADE } from './requests.ts';
import { openSocket } from './socket.ts';
import { openStream } from './stream.ts';

test('sockets and event streams of one address are limited together, whatever their sessions, with 429', async () => {
  await using app = await startApp({ role: 'api', env: { MAX_SOCKETS_PER_ADDRESS: '5' } });
  const clients = await Promise.all(Array.from({ length: 5 }, () => app.client()));
  const sockets = [];
  for (const { cookie } of clients.slice(0, 4)) sockets.push(await openSocket(app.url, { cookie }));
  const [last] = clients.slice(-1);
  const cookie = last?.cookie ?? '';
  const id = await last?.submit();
  const stream = await openStream(app.url, { cookie, id: id ?? '' });
  expect(stream.status).toBe(200);
  const refused = await rawResponse(app.url, UPGRADE);
  expect(refused).toBeRefused({ status: 429, code: 'RATE_LIMITED', message: /from this address/ });
  expect(refused.headers.get('retry-after')).toBe('5');
  const refusedStream = await openStream(app.url, { cookie, id: id ?? '' });
  expect(refusedStream.status).toBe(429);
  stream.leave();
  await until(async () => {
    const again = await openStream(app.url, { cookie, id: id ?? '' });
    again.leave();
    return again.status === 200;
  });
  for (const socket of sockets) socket.ws.terminate();
});

test('a fifth of the sockets of an address may be unauthenticated, and a closed one makes room', async () => {
  await using app = await startApp({ role: 'api', env: { MAX_SOCKETS_PER_ADDRESS: '10' } });
  const { cookie } = await app.client();
  const silent = [await openSocket(app.url, { init: null }), await openSocket(app.url, { init: null })];
  expect(await rawResponse(app.url, UPGRADE)).toBeRefused({ status: 429, code: 'RATE_LIMITED' });
  silent[0]?.ws.terminate();
  // An authenticated socket counts no more as unauthenticated.
  for (let count = 0; count < 3; count++)
    await until(() =>
      openSocket(app.url, { cookie }).then(
        () => true,
        () => false,
      ),
    );
  silent[1]?.ws.terminate();
});

test('an event stream is opened, and a socket authenticated, while the address has its fifth of unauthenticated sockets', async () => {
  await using app = await startApp({ role: 'api', env: { MAX_SOCKETS_PER_ADDRESS: '10' } });
  const client = await app.client();
  const id = await client.submit();
  const silent = [await openSocket(app.url, { init: null }), await openSocket(app.url, { init: null })];
  expect(await rawResponse(app.url, UPGRADE)).toBeRefused({ status: 429, code: 'RATE_LIMITED' });
  const stream = await openStream(app.url, { cookie: client.cookie, id });
  expect(stream.status).toBe(200);
  stream.leave();
  for (const socket of silent) socket.ws.terminate();
});

describe('the channels of an address', () => {
  const network = (key: string, share = 1) => ({ key, share });

  test('are counted for each of its networks, by their shares', () => {
    const channels = new ChannelsByAddress(2);
    const campus = network('campus', 4);
    const open = (site: string) => {
      const networks = [network(site), campus];
      if (!channels.hasRoom(networks)) return undefined;
      const counts = channels.add(networks);
      channels.authenticated(counts);
      return counts;
    };
    const sites = Array.from({ length: 10 }, (_, index) => `site-${index}`);
    expect(sites.map((site) => open(site) !== undefined)).toEqual(sites.map((_, index) => index < 8));
  });

  test('leave nothing behind when they are closed', () => {
    const channels = new ChannelsByAddress(3);
    for (let round = 0; round < 3; round++) {
      const all = [0, 1, 2].map(() => {
        const counts = channels.add([network('a')]);
        channels.authenticated(counts);
        return counts;
      });
      expect(channels.hasRoom([network('a')])).toBe(false);
      expect(channels.hasRoomForPending([network('a')])).toBe(false);
      for (const counts of all) channels.remove(counts, true);
      expect(channels.hasRoom([network('a')])).toBe(true);
      const pending = channels.add([network('a')]);
      expect(channels.hasRoomForPending([network('a')])).toBe(false);
      expect(channels.hasRoom([network('a')])).toBe(true);
      channels.remove(pending, false);
    }
  });

  test('have no limit with 0', () => {
    const channels = new ChannelsByAddress(0);
    for (let count = 0; count < 1_000; count++) channels.add([network('a')]);
    expect(channels.hasRoom([network('a')])).toBe(true);
    expect(channels.hasRoomForPending([network('a')])).toBe(true);
  });
});

describe('the messages of a socket', () => {
  afterEach(() => void vi.useRealTimers());

  const counted = (
    counts: Counted['counts'] = [],
  ): Counted & { isPaused: () => boolean; closedWith: () => number | undefined } => {
    let code: number | undefined;
    let isThrottled = false;
    return {
      messages: 0,
      counts,
      outbox: { throttle: () => void (isThrottled = true), unthrottle: () => void (isThrottled = false) },
      close: (given) => void (code ??= given),
      isPaused: () => isThrottled,
      closedWith: () => code,
    };
  };

  test('are read up to the limit in a second, and the rest in the next ones; other sockets are read on', () => {
    vi.useFakeTimers();
    const rate = new MessageRate();
    const [busy, calm] = [counted(), counted()];
    for (let second = 0; second < 3; second++) {
      rate.count(calm);
      for (let count = 1; count < MESSAGES_PER_SECOND; count++) rate.count(busy);
      expect(busy.isPaused()).toBe(false);
      rate.count(busy);
      expect([busy.isPaused(), calm.isPaused()]).toEqual([true, false]);
      vi.advanceTimersByTime(1_000);
      expect(busy.isPaused()).toBe(false);
    }
    rate.forget(busy);
    vi.advanceTimersByTime(1_000);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('of all sockets of an address are limited together, so that many sockets send no more than some', () => {
    vi.useFakeTimers();
    const rate = new MessageRate();
    const [address, larger] = [
      { share: 1, messages: 0 },
      { share: 4, messages: 0 },
    ];
    const sockets = Array.from({ length: 100 }, () => counted([address, larger]));
    const other = counted([{ share: 1, messages: 0 }]);
    const each = MESSAGES_PER_SECOND_OF_ADDRESS / sockets.length;
    for (let second = 0; second < 2; second++) {
      for (let count = 1; count < each; count++) for (const socket of sockets) rate.count(socket);
      expect(sockets.some((socket) => socket.isPaused())).toBe(false);
      for (const socket of sockets) rate.count(socket);
      expect(sockets.filter((socket) => socket.isPaused())).toHaveLength(1);
      for (const socket of sockets) rate.count(socket);
      rate.count(other);
      expect(sockets.every((socket) => socket.isPaused())).toBe(true);
      expect(other.isPaused()).toBe(false);
      vi.advanceTimersByTime(1_000);
      expect(sockets.some((socket) => socket.isPaused())).toBe(false);
    }
    expect([address.messages, larger.messages]).toEqual([0, 0]);
  });

  test('of a closed socket count for its address until the second is over, and not longer', () => {
    vi.useFakeTimers();
    const rate = new MessageRate();
    const address = { share: 1, messages: 0 };
    const [closed, open] = [counted([address]), counted([address])];
    rate.count(closed);
    rate.forget(closed);
    expect(address.messages).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(address.messages).toBe(0);
    rate.count(open);
    expect(address.messages).toBe(1);
  });

  test('beyond the limit are delivered later, none of them is lost', async () => {
    await using app = await startApp({ role: 'api' });
    const { cookie } = await app.client();
    await using socket = await openSocket(app.url, { cookie });
    const times: number[] = [];
    socket.ws.on('message', () => void times.push(performance.now()));
    const sent = 2 * MESSAGES_PER_SECOND + 10;
    // Of this size, only a few are in the chunk that was read before the pause.
    const payload = { padding: 'x'.repeat(4_000) };
    for (let count = 0; count < sent; count++) socket.send({ type: 'ping', payload });
    await until(() => times.length === sent);
    // A lower bound: a busy machine only adds to it.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
  });

  test('in a flood of tiny ones close the socket with 4429, on which clients do not reconnect', async () => {
    await using app = await startApp({ role: 'api' });
    const { cookie } = await app.client();
    await using socket = await openSocket(app.url, { cookie });
    for (let count = 0; count < 50_000; count++) socket.send({ type: 'ping' });
    expect(await socket.closed).toEqual({ code: 4429, reason: 'Too many messages' });
    expect(socket.messages.length).toBeLessThan(5_000);
    await using pinging = await openSocket(app.url, { cookie });
    for (let count = 0; count < 50_000; count++) pinging.ws.ping();
    expect(await pinging.closed).toMatchObject({ code: 4429 });
  });
});
