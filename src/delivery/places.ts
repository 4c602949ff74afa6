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

/** With the statement itself, each place is refreshed within a second. */
const EVERY_MS = 800;
/** Slots that are free for a moment, between one assessment and the next, are no slots less. */
const SAMPLES = 5;

/**
 * Where those that wait stand in the queue: one statement a process and second, and only while somebody watches. It
 * also finds changes that nobody announces, of assessments whose submitter did not say that it would watch.
 */
export function watchPlaces({ store, hub, log, everyMs = EVERY_MS }: PlacesDeps): {
  /** Undefined where there is no such assessment. */
  of: (assessmentId: string) => Promise<Place | undefined>;
  stop(): Promise<void>;
} {
  let samples: number[] = [];
  let stopping = false;
  let running = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
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
      running = look()
        .catch((error: unknown) => log.warn({ err: error }, 'could not look where in the queue assessments stand'))
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

/** As many at a time as are in work now, each for as long as the last ones took. */
function toPlace({ position, meanRunMs }: StoredPlace, slots: number): Place {
  if (position === null || meanRunMs === null || slots === 0) return { position, waitSeconds: null };
  return { position, waitSeconds: Math.round((position * meanRunMs) / slots / 1000) };
}
