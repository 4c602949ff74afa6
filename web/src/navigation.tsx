import { useMemo, useSyncExternalStore, type AnchorHTMLAttributes, type MouseEvent } from 'react';
import { parseRoute, type Route } from './routes.ts';

const moved = new EventTarget();
let moves = 0;
window.addEventListener('popstate', () => announceMove());

/** Goes to a path of this app without a reload. `replace`: the back button skips the present page. */
export const navigate = (path: string, { replace = false } = {}): void => {
  if (path === location.pathname + location.search) return;
  if (replace) history.replaceState(null, '', path);
  else history.pushState(null, '', path);
  window.scrollTo(0, 0);
  announceMove();
};

export const useRoute = (): Route => {
  const address = useSyncExternalStore(onMove, () => location.pathname + location.search);
  return useMemo(() => {
    const { pathname, search } = new URL(address, location.origin);
    return parseRoute(pathname, search);
  }, [address]);
};

/** False on the first page after a load, where the browser sets the focus. */
export const hasMoved = (): boolean => moves > 0;

export const Link = ({ href, children, ...rest }: AnchorHTMLAttributes & { href: string }) => {
  const onClick = (event: MouseEvent<HTMLAnchorElement>) => {
    const opensElsewhere = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || event.button !== 0;
    if (opensElsewhere || event.defaultPrevented) return;
    event.preventDefault();
    navigate(href);
  };
  return (
    <a href={href} onClick={onClick} {...rest}>
      {children}
    </a>
  );
};

const announceMove = () => {
  moves += 1;
  moved.dispatchEvent(new Event('move'));
};

const onMove = (listener: () => void) => {
  moved.addEventListener('move', listener);
  return () => moved.removeEventListener('move', listener);
};
