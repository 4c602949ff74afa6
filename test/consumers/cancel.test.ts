import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RetryLater, UnavailableError } from '../../src/errors.ts';
import { claimOf, endOf, fits, gate, pass, startPlay, untilAborted, type Delivery, type Play } from './consumer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const idOf = ({ message }: Delivery): string => message.assessmentId ?? '';

/** From now on the row says that its owner has cancelled it; whether the worker hears of it is another thing. */
function cancelRow({ store }: Play): void {
  store.renew = async () => new Set();
  store.release = async () => false;
  store.finish = async () => undefined;
  store.endOf = async (id) => endOf(id, { status: 'cancelled', version: 3 });
}

/** What everybody was told of it, and how its message was answered. */
const becameOf = (play: Play, delivery: Delivery) => ({
  told: play.published.map(({ assessment_id: id, status }) => [id === idOf(delivery), status]),
  letters: play.letters.length,
  answers: delivery.answers.filter((answer) => answer !== 'working'),
  running: play.consumer.running(),
});
const ONCE = { told: [[true, 'cancelled']], letters: 0, answers: ['ack'], running: 0 };

test('the call of the model ends as soon as the row has confirmed the cancellation', async () => {
  const play = startPlay();
  play.script.push(untilAborted);
  const delivery = play.deliver();
  await pass();
  cancelRow(play);
  play.announceCancel(idOf(delivery));
  await pass();
  expect(play.asked[0]?.signal.reason).toBe('claim-lost');
  expect(becameOf(play, delivery)).toEqual(ONCE);
});

test('a cancellation that is late or forged harms nothing: the row says that the claim holds', async () => {
  const play = startPlay();
  const answering = gate<ReturnType<typeof fits>>();
  play.script.push(() => answering.promise);
  const delivery = play.deliver();
  await pass();
  for (const id of [idOf(delivery), 'somebody-else']) play.announceCancel(id);
  await pass();
  expect(play.renewals).toEqual([[idOf(delivery)]]);
  expect(play.asked[0]?.signal.aborted).toBe(false);
  answering.open(fits());
  await pass();
  expect(play.published).toMatchObject([{ status: 'completed' }]);
  expect(delivery.answers).toEqual(['working', 'ack']);
});

test('many at once are one look at the rows, and one more for those that came during it', async () => {
  const play = startPlay({ concurrency: 3 });
  for (const _ of [1, 2, 3]) play.script.push(untilAborted);
  const deliveries = [play.deliver(), play.deliver(), play.deliver()];
  await pass();
  const looking = gate<Set<string>>();
  play.store.renew = () => looking.promise;
  for (const delivery of deliveries) play.announceCancel(idOf(delivery));
  await pass();
  expect(play.renewals).toHaveLength(1);
  cancelRow(play);
  // It was asked before the last two were cancelled.
  looking.open(new Set(deliveries.map(idOf)));
  await pass();
  expect(play.renewals).toHaveLength(2);
  expect(play.published.map(({ status }) => status)).toEqual(['cancelled', 'cancelled', 'cancelled']);
});

test('an announcement that is lost is made good by the next renewal', async () => {
  const play = startPlay();
  play.script.push(untilAborted);
  const delivery = play.deliver();
  await pass();
  cancelRow(play);
  await pass(5_000);
  expect(becameOf(play, delivery)).toEqual(ONCE);
});

test('a row that can not be asked: the call goes on until it can', async () => {
  const play = startPlay();
  play.script.push(untilAborted);
  const delivery = play.deliver();
  await pass();
  play.store.renew = () => Promise.reject(new UnavailableError('database', 'unknown'));
  play.announceCancel(idOf(delivery));
  await pass();
  expect(play.asked[0]?.signal.aborted).toBe(false);
  cancelRow(play);
  await pass(5_000);
  expect(becameOf(play, delivery)).toEqual(ONCE);
});

describe('nothing is paid for any more when it is cancelled', () => {
  test('while its message waits', async () => {
    const play = startPlay();
    play.store.claim = (id) => ({ kind: 'ended', end: endOf(id, { status: 'cancelled', version: 3 }) });
    const delivery = play.deliver();
    await pass();
    expect(play.asked).toEqual([]);
    expect(becameOf(play, delivery)).toEqual(ONCE);
  });

  test('while the answer to the claim is under way', async () => {
    const play = startPlay();
    const claiming = gate<void>();
    play.store.claim = async (id, token) => {
      await claiming.promise;
      return claimOf(id, token);
    };
    const delivery = play.deliver();
    await pass();
    cancelRow(play);
    play.announceCancel(idOf(delivery));
    claiming.open();
    await pass();
    expect(play.asked).toEqual([]);
    expect(becameOf(play, delivery)).toEqual(ONCE);
  });

  test('before the repair of an answer', async () => {
    const play = startPlay();
    const answering = gate<ReturnType<typeof fits>>();
    play.script.push(() => answering.promise);
    const delivery = play.deliver();
    await pass();
    cancelRow(play);
    play.announceCancel(idOf(delivery));
    await pass();
    // On its way before the call could be ended.
    answering.open(fits({ text: 'nonsense' }));
    await pass();
    expect(play.asked).toHaveLength(1);
    expect(becameOf(play, delivery)).toEqual(ONCE);
  });

  test('during the repair', async () => {
    const play = startPlay();
    play.script.push(() => fits({ text: 'nonsense' }), untilAborted);
    const delivery = play.deliver();
    await pass();
    cancelRow(play);
    play.announceCancel(idOf(delivery));
    await pass();
    expect(play.asked).toHaveLength(2);
    expect(play.released).toEqual([]);
    expect(becameOf(play, delivery)).toEqual(ONCE);
  });

  test('while its answer is saved', async () => {
    const play = startPlay();
    const saving = gate<undefined>();
    const delivery = play.deliver();
    play.store.finish = () => saving.promise;
    await pass();
    cancelRow(play);
    play.announceCancel(idOf(delivery));
    await pass();
    expect(delivery.answers).toEqual([]);
    saving.open(undefined);
    await pass();
    expect(becameOf(play, delivery)).toEqual(ONCE);
  });

  test('while a save is waited with, since the database was away', async () => {
    const play = startPlay();
    play.store.finish = () => Promise.reject(new UnavailableError('database', 'unknown'));
    const delivery = play.deliver();
    await pass();
    cancelRow(play);
    play.announceCancel(idOf(delivery));
    await pass();
    expect(becameOf(play, delivery)).toEqual(ONCE);
  });

  test('while it is given back after a failure', async () => {
    const play = startPlay();
    play.script.push(() => {
      cancelRow(play);
      throw new RetryLater('the provider failed');
    });
    const delivery = play.deliver();
    await pass();
    expect(becameOf(play, delivery)).toEqual(ONCE);
  });
});

test('the message of its retry waits a moment, and not for a lease that nobody keeps', async () => {
  const play = startPlay();
  play.script.push(untilAborted);
  const first = play.deliver();
  await pass();
  play.store.renew = () => gate<Set<string>>().promise;
  play.announceCancel(idOf(first));
  const second = play.deliver({ assessmentId: idOf(first) });
  expect([second.answers, second.delays]).toEqual([['nak'], [200]]);
});
