export type Cancel = () => void;

/** After `online` and `visible` a try may succeed; after `offline` the socket may be half-open. */
export type Change = 'online' | 'offline' | 'visible';

/** The browser's state and clock, as far as the client needs them. Tests pass a fake. */
export interface Environment {
  isOnline: () => boolean;
  isHidden: () => boolean;
  /** Calls the listener for each change until it is cancelled. */
  watch: (listener: (change: Change) => void) => Cancel;
  after: (ms: number, work: () => void) => Cancel;
  /** A monotonic clock, in milliseconds. */
  now: () => number;
  /** From 0 to 1. */
  random: () => number;
}

/** The part of a browser's `window` that is used here. */
export type Page = Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> & {
  document?: Pick<Document, 'visibilityState' | 'addEventListener' | 'removeEventListener'>;
  navigator?: { onLine?: boolean };
};

/** Without a document or a network state, as in Node, the page counts as visible and online. */
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
