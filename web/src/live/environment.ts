export type Cancel = () => void;

/** `online` and `visible` say that a try is worth it now; `offline`, that a connection may be gone. */
export type Change = 'online' | 'offline' | 'visible';

/** What the client wants to know of the world, and its clock. Tests hand in another one. */
export interface Environment {
  isOnline: () => boolean;
  isHidden: () => boolean;
  /** Tells of each change until it is cancelled. */
  watch: (listener: (change: Change) => void) => Cancel;
  after: (ms: number, work: () => void) => Cancel;
  /** Milliseconds from any point in time; never goes back. */
  now: () => number;
  /** From 0 to 1. */
  random: () => number;
}

/** What is used of a browser's `window`. */
export type Page = Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> & {
  document?: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;
  navigator?: { onLine?: boolean };
};

/** Where there is no document or network state, as in Node, it counts as visible and online. */
export const browserEnvironment = (page: Page = globalThis): Environment => ({
  isOnline: () => page.navigator?.onLine !== false,
  isHidden: () => page.document?.visibilityState === 'hidden',
  watch: (listener) => {
    const online = () => listener('online');
    const offline = () => listener('offline');
    const visibility = () => {
      if (page.document?.visibilityState === 'visible') listener('visible');
    };
    page.addEventListener?.('online', online);
    page.addEventListener?.('offline', offline);
    page.document?.addEventListener('visibilitychange', visibility);
    return () => {
      page.removeEventListener?.('online', online);
      page.removeEventListener?.('offline', offline);
      page.document?.removeEventListener('visibilitychange', visibility);
    };
  },
  after: (ms, work) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  now: () => performance.now(),
  random: Math.random,
});
