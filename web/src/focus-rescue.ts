import { useLayoutEffect, useRef, type RefObject } from 'react';

/**
 * For an element that disappears by itself: if the focus is in it then, the page's heading gets the focus. Otherwise the
 * focus would fall to the top of the document.
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
