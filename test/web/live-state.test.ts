import { expect, test } from 'vitest';
import { connectionOf, type Connection } from '../../web/src/api/connection.ts';
import type { Status } from '../../web/src/live/index.ts';

const told = (statuses: readonly Status[]): Connection[] => {
  const connections: Connection[] = [];
  for (const status of statuses) connections.push(connectionOf(status, connections.at(-1) ?? 'idle'));
  return connections;
};

test('a lost connection is lost until there is another one, however often it is tried', () => {
  const waiting: Status = { state: 'waiting', retryInMs: 500 };
  expect(
    told([
      { state: 'connecting' },
      { state: 'connected' },
      waiting,
      { state: 'connecting' },
      { state: 'offline' },
      { state: 'connecting' },
      { state: 'connected' },
      { state: 'idle' },
    ]),
  ).toEqual(['idle', 'connected', 'lost', 'lost', 'lost', 'lost', 'connected', 'idle']);
});

test('after the end of the session nothing is lost; a page that is refused asks now and then', () => {
  expect(told([{ state: 'ended', reason: 'session ended', closeCode: 4401 }])).toEqual(['idle']);
  expect(told([{ state: 'ended', reason: 'refused', closeCode: 4429 }])).toEqual(['lost']);
});
