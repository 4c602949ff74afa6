import { expect, test } from 'vitest';
import { liveStateOf, type LiveState } from '../../web/src/api/live-state.ts';
import type { Status } from '../../web/src/live/index.ts';

const statesAfter = (statuses: readonly Status[]): LiveState[] => {
  const states: LiveState[] = [];
  for (const status of statuses) states.push(liveStateOf(status, states.at(-1) ?? 'idle'));
  return states;
};

test('a lost socket is lost until another one is connected, however often it is tried', () => {
  const waiting: Status = { state: 'waiting', retryInMs: 500 };
  expect(
    statesAfter([
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

test('the end of the session leaves the state idle, and a refusal is no loss', () => {
  expect(statesAfter([{ state: 'ended', reason: 'session ended', closeCode: 4401 }])).toEqual(['idle']);
  expect(statesAfter([{ state: 'ended', reason: 'refused', closeCode: 4429 }])).toEqual(['refused']);
});
