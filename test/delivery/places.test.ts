import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StoredPlace } from '../../src/adapters/database.ts';
import { watchPlaces } from '../../src/delivery/places.ts';
import type { Place } from '../../src/delivery/live-assessment.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const watched = (id: string, version = 1): AssessmentView => ({ id, version }) as AssessmentView;
const placeOf = (id: string, given: Partial<StoredPlace> = {}): StoredPlace => ({
  id,
  version: 1,
  position: 10,
  processing: 5,
  elapsedMs: 500,
  meanRunMs: 2_000,
  ...given,
});

function watchFake(given: { watched?: AssessmentView[]; place?: (id: string) => StoredPlace | undefined } = {}) {
  const fake = {
    watched: given.watched ?? [watched('a')],
    place: given.place ?? ((id: string): StoredPlace | undefined => placeOf(id)),
    asked: [] as string[],
    placed: [] as [string, number, Place][],
    hinted: [] as string[],
  };
  const places = watchPlaces({
    log: createLog('silent', 'api'),
    everyMs: 800,
    store: {
      place: async (id) => {
        fake.asked.push(id);
        return fake.place(id);
      },
    },
    hub: {
      watched: function* () {
        yield* fake.watched;
      },
      place: (...placed) => void fake.placed.push(placed),
      hint: (id) => void fake.hinted.push(id),
    },
  });
  return Object.assign(fake, { places });
}

test('each round gives watched assessments their place, and the wait at the pace of all workers', async () => {
  const fake = watchFake();
  await pass(800);
  // Five slots: the rest of the run that makes room, 1.5 s, one run of 2 s before it, and the run of its own.
  expect(fake.placed).toEqual([['a', 1, { position: 10, waitSeconds: 4, resultSeconds: 6 }]]);
  await pass(800);
  expect(fake.asked).toEqual(['a', 'a']);
  await fake.places.stop();
  await pass(5_000);
  expect(fake.asked).toHaveLength(2);
});

test('without watched assessments the database is not asked', async () => {
  const fake = watchFake({ watched: [] });
  await pass(10_000);
  expect(fake.asked).toEqual([]);
  await fake.places.stop();
});

test.each([
  ['no assessment is processed', { processing: 0, elapsedMs: null }],
  ['no assessment has ended yet', { meanRunMs: null }],
])('while %s the place is known and the wait is not', async (_, given) => {
  const fake = watchFake({ place: (id) => placeOf(id, given) });
  await pass(800);
  expect(fake.placed).toEqual([['a', 1, { position: 10, waitSeconds: null, resultSeconds: null }]]);
  await fake.places.stop();
});

test('slots that are idle for a moment do not change the estimate, slots that stay idle do', async () => {
  const fake = watchFake();
  await pass(800);
  fake.place = (id) => placeOf(id, { processing: 1 });
  await pass(800);
  expect(fake.placed.at(-1)?.[2].waitSeconds).toBe(4);
  await pass(800 * 5);
  expect(fake.placed.at(-1)?.[2].waitSeconds).toBe(20);
  await fake.places.stop();
});

test('a row that has changed or is gone is hinted, so that it is read', async () => {
  const fake = watchFake({
    watched: [watched('changed'), watched('gone'), watched('same')],
    place: (id) => (id === 'gone' ? undefined : placeOf(id, { version: id === 'changed' ? 2 : 1 })),
  });
  await pass(800);
  expect(fake.hinted).toEqual(['changed', 'gone']);
  expect(fake.placed.map(([id]) => id)).toEqual(['same']);
  await fake.places.stop();
});

test('a round that fails is followed by the next one', async () => {
  const fake = watchFake();
  fake.place = () => {
    throw new UnavailableError('database', 'not-done');
  };
  await pass(800);
  fake.place = (id) => placeOf(id);
  await pass(800);
  expect(fake.placed).toHaveLength(1);
  await fake.places.stop();
});

test('the place of one assessment is read at once, and is undefined for an unknown one', async () => {
  const fake = watchFake({ watched: [] });
  expect(await fake.places.of('b')).toEqual({ position: 10, waitSeconds: 4, resultSeconds: 6 });
  fake.place = () => undefined;
  expect(await fake.places.of('c')).toBeUndefined();
  await fake.places.stop();
});

test('the next in line waits for the oldest run, not for a share of it', async () => {
  const fake = watchFake({ place: (id) => placeOf(id, { position: 1, elapsedMs: 0 }) });
  await pass(800);
  expect(fake.placed.at(-1)?.[2]).toEqual({ position: 1, waitSeconds: 2, resultSeconds: 4 });
  // A run that takes longer than the mean can end at any moment.
  fake.place = (id) => placeOf(id, { position: 1, elapsedMs: 9_000 });
  await pass(800);
  expect(fake.placed.at(-1)?.[2]).toEqual({ position: 1, waitSeconds: 0, resultSeconds: 2 });
  await fake.places.stop();
});
