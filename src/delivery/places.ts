import type { PlaceStore, StoredPlace } from '../adapters/database.ts';
import type { Log } from '../log.ts';
import type { Hub } from './hub.ts';
import type { Place } from './live-assessment.ts';

export type PlacesDeps = {
  store: PlaceStore;
  hub: Pick<Hub, 'watched' | 'place' | 'hint'>;
  log: Log;
  everyMs?: number;
};

/** With the time of the statement itself, each place is at most a second old. */
const EVERY_MS = 800;
/** The estimate takes the maximum of this many samples, since a slot is idle for a moment between two assessments. */
const SAMPLES = 5;

/**
 * Reads the places in the queue of all watched assessments about once a second, or nothing if none is watched. It also finds
 * changes that workers do not announce, because the assessment was submitted without `watch`.
 */
export function watchPlaces({ store, hub, log, everyMs = EVERY_MS }: PlacesDeps): {
  /** The place right now; undefined if there is no such assessment. */
  of: (assessmentId: string) => Promise<Place | undefined>;
  stop(): Promise<void>;
} {
  let samples: number[] = [];
  let stopping = false;
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const refresh = async (): Promise<void> => {
    const watched = [...hub.watched()];
    const found = await Promise.all(watched.map(async ({ id }) => await store.place(id)));
    const processing = found.find((place) => place !== undefined)?.processing;
    samples = processing === undefined ? [] : [...samples.slice(1 - SAMPLES), processing];
    for (const [index, { id, version }] of watched.entries()) {
      const place = found[index];
      if (place?.version === version) hub.place(id, version, toPlace(place, Math.max(...samples)));
      else hub.hint(id);
    }
  };
  const schedule = (): void => {
    if (stopping) return;
    timer = setTimeout(() => {
      running = refresh()
        .catch((error: unknown) =>
          log.warn({ err: error }, 'could not read the places in the queue: the next round tries again'),
        )
        .finally(schedule);
    }, everyMs);
    timer.unref();
  };
  schedule();

  return {
    async of(assessmentId) {
      const place = await store.place(assessmentId);
      return place && toPlace(place, place.processing);
    },
    async stop() {
      stopping = true;
      clearTimeout(timer);
      await running;
    },
  };
}

/**
 * Estimates wait and result: each of this many slots takes the mean time of the last runs for one assessment. The wait is the
 * rest of the run that makes room, and the runs before it in that slot.
 */
function toPlace({ position, meanRunMs, elapsedMs }: StoredPlace, slots: number): Place {
  if (position === null || meanRunMs === null || elapsedMs === null || slots === 0)
    return { position, waitSeconds: null, resultSeconds: null };
  const runsBefore = Math.floor((position - 1) / slots);
  const waitMs = Math.max(0, meanRunMs - elapsedMs) + runsBefore * meanRunMs;
  return {
    position,
    waitSeconds: Math.round(waitMs / 1000),
    resultSeconds: Math.ceil((waitMs + meanRunMs) / 1000),
  };
}
