import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UnavailableError } from '../../src/errors.ts';
import { endOf, fits, gate, pass, startPlay, type Play } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

test('a message without an id in its subject: it is dropped and counted', async () => {
  const play = startPlay();
  const delivery = play.deliver({ assessmentId: undefined });
  await pass();
  expect(delivery.answers).toEqual(['ack']);
  expect(await count(play, 'foreign')).toBe(1);
});

test('a message with an id that no row has: it is dropped and counted', async () => {
  const play = startPlay();
  play.store.claim = () => ({ kind: 'unknown' });
  const delivery = play.deliver();
  await pass();
  expect(delivery.answers).toEqual(['ack']);
  expect(await count(play, 'unknown')).toBe(1);
});

test.each(['completed', 'failed', 'cancelled'] as const)(
  'a message for an assessment that is %s: its end is told again',
  async (status) => {
    const play = startPlay();
    play.store.claim = (id) => ({
      kind: 'ended',
      end: endOf(id, { status, failureCode: status === 'failed' ? 'AI_REFUSED' : null }),
    });
    const delivery = play.deliver();
    await pass();
    expect(play.asked).toEqual([]);
    expect(play.published).toMatchObject([{ status, version: 3 }]);
    expect(play.letters).toHaveLength(status === 'failed' ? 1 : 0);
    expect(delivery.answers).toEqual(['ack']);
    expect(await count(play, 'ended')).toBe(1);
  },
);

test('a message for somebody else’s work, or not due yet: when that is over', async () => {
  const play = startPlay();
  play.store.claim = () => ({ kind: 'later', delayMs: 4_321 });
  const delivery = play.deliver();
  await pass();
  expect([delivery.answers, delivery.delays]).toEqual([['nak'], [4_321]]);
  expect(await count(play, 'later')).toBe(1);
});

test('a second message for what runs here: when a lease is over', async () => {
  const play = startPlay();
  const answering = gate<ReturnType<typeof fits>>();
  play.script.push(() => answering.promise);
  const first = play.deliver();
  await pass();
  const second = play.deliver({ assessmentId: first.message.assessmentId });
  expect([second.answers, second.delays]).toEqual([['nak'], [15_000]]);
  expect([await count(play, 'claimed'), await count(play, 'running_here')]).toEqual([1, 1]);
  answering.open(fits());
  await pass();
  expect(first.answers).toEqual(['ack']);
  expect(play.asked).toHaveLength(1);
});

test('a second message for what is not claimed yet, and so may have ended: a moment later', async () => {
  const play = startPlay();
  play.store.claim = () => gate<never>().promise;
  const { message } = play.deliver();
  const second = play.deliver({ assessmentId: message.assessmentId });
  expect([second.answers, second.delays]).toEqual([['nak'], [200]]);
});

test('a retry of what has ended here and is still to be told: a moment later', async () => {
  const play = startPlay();
  const confirming = gate<void>();
  play.publish = () => confirming.promise;
  const first = play.deliver();
  await pass();
  const retried = play.deliver({ assessmentId: first.message.assessmentId });
  expect([retried.answers, retried.delays]).toEqual([['nak'], [200]]);
  confirming.open();
  await pass();
  expect(first.answers).toEqual(['ack']);
});

test('a message without a free slot: a moment later, to whoever has one', async () => {
  const play = startPlay({ concurrency: 1 });
  play.script.push(() => gate<ReturnType<typeof fits>>().promise);
  play.deliver();
  await pass();
  const second = play.deliver();
  expect([second.answers, second.delays]).toEqual([['nak'], [200]]);
  expect(await count(play, 'no_slot')).toBe(1);
});

test.each([
  [0, 1_000],
  [0.5, 2_000],
  [1, 3_000],
])(
  'a message while the database can not be asked: a little later (%d: %i ms), and the slot is free',
  async (by, ms) => {
    vi.spyOn(Math, 'random').mockReturnValue(by);
    const play = startPlay();
    play.store.claim = () => Promise.reject(new UnavailableError('database', 'not-done'));
    const delivery = play.deliver();
    await pass();
    expect([delivery.answers, delivery.delays]).toEqual([['nak'], [ms]]);
    expect(await count(play, 'database_unavailable')).toBe(1);
    expect(play.consumer.running()).toBe(0);
  },
);

test('a message of a newer version: left to a newer worker for a minute, and then the row alone decides', async () => {
  const play = startPlay();
  const early = play.deliver({ payloadVersion: 99, deliveries: 11 });
  await pass();
  expect([early.answers, early.delays]).toEqual([['nak'], [5_000]]);
  expect(await count(play, 'newer_version')).toBe(1);
  expect(play.asked).toEqual([]);
  expect(play.logs).toContainEqual(expect.objectContaining({ level: 'warn', payloadVersion: 99 }));
  const late = play.deliver({ payloadVersion: 99, deliveries: 12 });
  await pass();
  expect(late.answers).toEqual(['ack']);
  expect(play.asked).toHaveLength(1);
});

async function count({ metrics }: Play, outcome: string): Promise<number> {
  const { values } = await metrics.messages.get();
  return values.find(({ labels }) => labels.outcome === outcome)?.value ?? 0;
}
