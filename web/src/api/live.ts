import { createContext, useContext } from 'react';
import type { Live } from '../live/index.ts';

const LiveContext = createContext<Live | undefined>(undefined);

export const LiveProvider = LiveContext.Provider;

/** The one live client of this page. */
export const useLive = (): Live => {
  const live = useContext(LiveContext);
  if (!live) throw new Error('useLive is called outside of a LiveProvider.');
  return live;
};
