import { useLayoutEffect, useRef, type RefObject } from 'react';

/**
 * For what may go away by itself: whoever has the focus in it then is led to the page's heading, otherwise the focus
 * would fall to the top of the document.
 */
export const useFocusRescue = <Kept extends HTMLElement>(): RefObject<Kept | null> => {
  const kept = useRef<Kept>(null);
  useLayoutEffect(() => {
    const element = kept.current;
    return () => {
      if (!element?.contains(document.activeElement)) return;
      queueMicrotask(() => document.querySelector('h1')?.focus({ preventScroll: true }));
    };
  }, []);
  return kept;
};
