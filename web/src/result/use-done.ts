import { useState } from 'react';
import { DONE_PREFIX } from '../form/drafts.ts';

type DoneStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const storageKey = (id: string) => `${DONE_PREFIX}${id}`;

/** The places of the recommendations that are ticked, from 0. Without storage there are none. */
export const loadDone = (storage: () => DoneStorage, id: string): readonly number[] => {
  try {
    const stored: unknown = JSON.parse(storage().getItem(storageKey(id)) ?? '[]');
    return Array.isArray(stored) ? stored.filter((place) => Number.isSafeInteger(place)) : [];
  } catch {
    return []; // no storage, or not readable
  }
};

export const saveDone = (storage: () => DoneStorage, id: string, done: readonly number[]): void => {
  try {
    if (done.length === 0) storage().removeItem(storageKey(id));
    else storage().setItem(storageKey(id), JSON.stringify(done));
  } catch {
    // The storage is full or forbidden: the ticks last as long as the page.
  }
};

/** A browser that forbids storage throws on the access itself. */
const deviceStorage = (): DoneStorage => localStorage;

/** Ticks at the recommendations of an assessment, kept on this device only. */
export const useDone = (id: string): [readonly number[], (place: number, isDone: boolean) => void] => {
  const [done, setDone] = useState(() => loadDone(deviceStorage, id));
  const set = (place: number, isDone: boolean) => {
    const changed = isDone ? [...done, place] : done.filter((each) => each !== place);
    setDone(changed);
    saveDone(deviceStorage, id, changed);
  };
  return [done, set];
};
