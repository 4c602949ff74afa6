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
  meanRunMs: 2_000,
  ...given,
});

function start(given: { watched?: AssessmentView[]; place?: (id: string) => StoredPlace | undefined } = {}) {
  const play = {
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
        play.asked.push(id);
        return play.place(id);
      },
    },
    hub: {
      watched: function* () {
        yield* play.watched;
      },
      place: (...placed) => void play.placed.push(placed),
      hint: (id) => void play.hinted.push(id),
    },
  });
  return Object.assign(play, { places });
}

test('each second those that are watched are told their place, and how long it will take at the pace of the fleet', async () => {
  const play = start();
  await pass(800);
  // Ten at two seconds each, five at a time.
  expect(play.placed).toEqual([['a', 1, { position: 10, waitSeconds: 4 }]]);
  await pass(800);
  expect(play.asked).toEqual(['a', 'a']);
  await play.places.stop();
  await pass(5_000);
  expect(play.asked).toHaveLength(2);
});

test('while nobody watches nothing is asked', async () => {
  const play = start({ watched: [] });
  await pass(10_000);
  expect(play.asked).toEqual([]);
  await play.places.stop();
});

test.each([
  ['nothing is in work', { processing: 0 }],
  ['nothing has ended yet', { meanRunMs: null }],
])('where %s the time is not known, and the place is', async (_, given) => {
  const play = start({ place: (id) => placeOf(id, given) });
  await pass(800);
  expect(play.placed).toEqual([['a', 1, { position: 10, waitSeconds: null }]]);
  await play.places.stop();
});

test('slots that are free for a moment change nothing', async () => {
  const play = start();
  await pass(800);
  play.place = (id) => placeOf(id, { processing: 1 });
  await pass(800);
  expect(play.placed.at(-1)?.[2].waitSeconds).toBe(4);
  await pass(800 * 5);
  expect(play.placed.at(-1)?.[2].waitSeconds).toBe(20);
  await play.places.stop();
});

test('a row that has changed, or is gone, is to be read', async () => {
  const play = start({
    watched: [watched('changed'), watched('gone'), watched('same')],
    place: (id) => (id === 'gone' ? undefined : placeOf(id, { version: id === 'changed' ? 2 : 1 })),
  });
  await pass(800);
  expect(play.hinted).toEqual(['changed', 'gone']);
  expect(play.placed.map(([id]) => id)).toEqual(['same']);
  await play.places.stop();
});

test('a look that fails is followed by the next one', async () => {
  const play = start();
  play.place = () => {
    throw new UnavailableError('database', 'not-done');
  };
  await pass(800);
  play.place = (id) => placeOf(id);
  await pass(800);
  expect(play.placed).toHaveLength(1);
  await play.places.stop();
});

test('who asks for one place gets it as it is', async () => {
  const play = start({ watched: [] });
  expect(await play.places.of('b')).toEqual({ position: 10, waitSeconds: 4 });
  play.place = () => undefined;
  expect(await play.places.of('c')).toBeUndefined();
  await play.places.stop();
});
