const MOVE_MS = 200;
/** The part of the window above the question that is brought. */
const ABOVE = 1 / 3;

/** Scrolls down until the element stands at a third of the window's height. Never scrolls up. */
export const bring = (element: Element): void => {
  const start = window.scrollY;
  const distance = element.getBoundingClientRect().top - window.innerHeight * ABOVE;
  if (distance <= 0) return;
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return window.scrollTo(0, start + distance);
  const begin = performance.now();
  const given = new AbortController();
  // The person's own scrolling goes before, and a tap hits what is under the finger.
  for (const event of ['wheel', 'touchmove', 'pointerdown', 'keydown'])
    window.addEventListener(event, () => given.abort(), { passive: true, signal: given.signal });
  const step = (now: number) => {
    if (given.signal.aborted) return;
    const part = Math.min(1, Math.max(0, (now - begin) / MOVE_MS));
    window.scrollTo(0, start + distance * (1 - (1 - part) ** 3));
    if (part < 1) requestAnimationFrame(step);
    else given.abort();
  };
  requestAnimationFrame(step);
};
