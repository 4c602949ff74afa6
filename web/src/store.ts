import { useSyncExternalStore } from 'react';
import type { Store } from './live/index.ts';

export { createStore, type Store } from './live/index.ts';

export const useStore = <T>(store: Pick<Store<T>, 'get' | 'subscribe'>): T =>
  useSyncExternalStore(store.subscribe, store.get);
