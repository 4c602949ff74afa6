import { parse } from 'graphql';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { Room } from '../../src/memory/room.ts';
import { DocumentsInUse } from '../../src/server/graphql/documents-in-use.ts';
import { HeldBytes, OWN_BYTES, PASSING_BYTES, SHARED_BYTES_MAX } from '../../src/server/graphql/held-bytes.ts';
import { Inbox } from '../../src/server/sockets/inbox.ts';
import { PausedSockets } from '../../src/server/sockets/paused.ts';
import { Outbox } from '../../src/server/sockets/outbox.ts';

const network = (key: string, share = 1) => ({ key, share });

describe('held bytes', () => {
  const start = (most = 1_000) => {
    let shared = 0;
    const held = new HeldBytes((bytes) => (shared = bytes), most);
    return { held, shared: () => shared };
  };

  test('up to its own ones are granted to each connection, however much the others hold', () => {
    const { held, shared } = start();
    expect(held.open([network('a')]).hold(OWN_BYTES + 250)).toBe(true);
    for (let count = 0; count < 1_000; count++) expect(held.open([network('a')]).hold(OWN_BYTES)).toBe(true);
    expect(shared()).toBe(250);
    expect(held.open([network('a')]).hold(OWN_BYTES + 1)).toBe(false);
  });

  test('beyond them are a quarter of the shared ones for an address, and all of them for all', () => {
    const { held, shared } = start();
    const others = ['a', 'b', 'c', 'd'].map((key) => held.open([network(key)], 0));
    for (const each of others) {
      expect(each.hold(251)).toBe(false);
      expect(each.hold(250)).toBe(true);
      expect(each.hold(1)).toBe(false);
    }
    expect(shared()).toBe(1_000);
    const late = held.open([network('e')], 0);
    expect(late.hold(1)).toBe(false);
    others[0]?.release(100);
    expect(late.hold(100)).toBe(true);
    // A site of a campus may take a quarter, and its campus all.
    for (const each of others) each.close();
    late.close();
    const sites = ['1', '2', '3', '4'].map((key) => held.open([network(key), network('campus', 4)], 0));
    expect(sites.map((site) => site.hold(250))).toEqual([true, true, true, true]);
  });

  test('of a closed connection are free again, and it gets no more', () => {
    const { held, shared } = start();
    const holding = held.open([network('a')], 10);
    holding.hold(200);
    holding.close();
    expect([shared(), holding.bytes]).toEqual([0, 0]);
    expect(holding.hold(1)).toBe(false);
    holding.release(100);
    holding.close();
    expect(shared()).toBe(0);
    expect(held.open([network('a')], 0).hold(250)).toBe(true);
  });

  test('never exceed their limits, and are exact, whatever connections do', () => {
    const step = fc.record({
      who: fc.nat({ max: 7 }),
      act: fc.constantFrom<'hold' | 'release' | 'close'>('hold', 'hold', 'release', 'close'),
      bytes: fc.nat({ max: 400 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { held, shared } = start();
        const all = Array.from({ length: 8 }, (_, index) => held.open([network(String(index % 3))], 100));
        const sums = all.map(() => 0);
        for (const { who, act, bytes } of steps) {
          const holding = all[who];
          if (act === 'close') {
            holding?.close();
            all[who] = held.open([network(String(who % 3))], 100);
            sums[who] = 0;
          } else if (act === 'release') {
            holding?.release(bytes);
            sums[who] = Math.max(0, (sums[who] ?? 0) - bytes);
          } else if (holding?.hold(bytes)) sums[who] = (sums[who] ?? 0) + bytes;
          const beyond = (of: (index: number) => boolean): number =>
            sums.reduce((sum, own, index) => sum + (of(index) ? Math.max(0, own - 100) : 0), 0);
          expect(shared()).toBe(beyond(() => true));
          for (const site of [0, 1, 2]) expect(beyond((index) => index % 3 === site)).toBeLessThanOrEqual(250);
          expect(shared()).toBeLessThanOrEqual(1_000);
        }
      }),
    );
  });
});

test('a document counts once for all subscriptions that use it, until the last of them has ended', () => {
  let shared = 0;
  const documents = new DocumentsInUse(new HeldBytes((bytes) => (shared = bytes)));
  const [one, other] = [parse('{ a }'), parse('{ a }')];
  for (let count = 0; count < 3; count++) expect(documents.begin(one, 500, [network('a')])).toBe(true);
  expect(shared).toBe(500);
  expect(documents.begin(other, SHARED_BYTES_MAX, [network('b')])).toBe(false);
  expect(documents.begin(other, 700, [network('b')])).toBe(true);
  expect([shared, documents.size]).toEqual([1_200, 2]);
  documents.end(one);
  documents.end(one);
  expect(shared).toBe(1_200);
  documents.end(one);
  documents.end(other);
  documents.end(other);
  expect([shared, documents.size]).toEqual([0, 0]);
});

describe('the inbox of a socket', () => {
  const start = (most = Infinity) => {
    let held = 0;
    let isFull = false;
    const room: Room = {
      hold: (bytes) => held + bytes <= most && ((held += bytes), true),
      release: (bytes) => void (held -= bytes),
    };
    return { inbox: new Inbox(room, () => (isFull = true)), held: () => held, isFull: () => isFull };
  };

  test('holds nothing between whole messages and control frames', () => {
    const { inbox, held } = start();
    for (const bytes of [0, 1, 125, 126, 15_000]) {
      const frame = bytes + (bytes < 126 ? 6 : 8);
      inbox.arrived(frame);
      expect(held()).toBe(Math.max(0, frame - PASSING_BYTES));
      inbox.message(bytes);
      expect(held()).toBe(0);
      if (bytes > 125) continue;
      inbox.arrived(frame);
      inbox.control(bytes);
      expect(held()).toBe(0);
    }
  });

  test('holds all chunks that an unfinished message may refer to, however small its parts are', () => {
    const { inbox, held } = start();
    // A fragment of one byte behind 400 pongs, several times.
    for (let part = 1; part <= 5; part++) {
      inbox.arrived(400 * 131 + 7);
      for (let pong = 0; pong < 400; pong++) inbox.control(125);
      expect(held()).toBe(part * (400 * 131 + 7) - PASSING_BYTES);
    }
    inbox.message(5);
    // Headers of fragments are unknown, so a chunk may still be referred to.
    expect(held()).toBeLessThan(400 * 131 + 100);
  });

  test('holds the last chunk for the begin of a message behind whole ones', () => {
    const { inbox, held } = start();
    inbox.arrived(60_000);
    for (let count = 0; count < 3; count++) inbox.message(15_000);
    expect(held()).toBeGreaterThanOrEqual(60_000 - PASSING_BYTES);
    inbox.arrived(100);
    inbox.message(60_100 - 3 * 15_008 - 8);
    expect(held()).toBe(0);
  });

  test('says once there is no room, and holds no more than the room', () => {
    const { inbox, held, isFull } = start(20_000);
    inbox.arrived(15_000);
    expect(isFull()).toBe(false);
    inbox.arrived(10_000);
    expect([isFull(), held()]).toEqual([true, 15_000 - PASSING_BYTES]);
  });
});

test('a socket whose unsent bytes find no room is cut off, and a short message is sent also without room', () => {
  let held = 0;
  let isCutOff = false;
  const sent: (() => void)[] = [];
  const socket = {
    OPEN: 1,
    readyState: 1,
    bufferedAmount: 0,
    isPaused: false,
    send(message: string, written: () => void) {
      this.bufferedAmount += message.length;
      sent.push(written);
    },
    pause() {},
    resume() {},
    terminate: () => void (isCutOff = true),
  };
  const room: Room = {
    hold: (bytes) => held + bytes <= 10_000 && ((held += bytes), true),
    release: (bytes) => void (held -= bytes),
  };
  const outbox = new Outbox(socket as never, { cork() {}, uncork() {} } as never, room, {
    onPause() {},
    onResume() {},
  });
  void outbox.send('x'.repeat(PASSING_BYTES));
  expect(held).toBe(0);
  // As bytes, and as the text that its sender keeps.
  void outbox.send('x'.repeat(5_000));
  expect([held, isCutOff]).toEqual([10_000, false]);
  socket.bufferedAmount = 0;
  sent[0]?.();
  expect(held).toBe(0);
  void outbox.send('x'.repeat(20_000));
  expect([held, isCutOff]).toEqual([0, true]);
});

test('bytes that wait for a socket that is not read count until they are handed over', () => {
  let held = 0;
  const room: Room = { hold: (bytes) => ((held += bytes), true), release: (bytes) => void (held -= bytes) };
  const inbox = new Inbox(room, () => {});
  inbox.waits(65_536);
  expect(held).toBe(65_536 - PASSING_BYTES);
  inbox.waits(0);
  expect(held).toBe(0);
});

test('sockets that are not read are counted ten times a second, and once more when they are read again', () => {
  vi.useFakeTimers();
  try {
    const paused = new PausedSockets();
    const socket = { countUnread: vi.fn<() => void>() };
    paused.add(socket);
    vi.advanceTimersByTime(1_000);
    expect(socket.countUnread).toHaveBeenCalledTimes(10);
    paused.remove(socket);
    paused.remove(socket);
    expect([socket.countUnread.mock.calls.length, vi.getTimerCount()]).toEqual([11, 0]);
  } finally {
    vi.useRealTimers();
  }
});
