/** The addresses of the web page, as in `routes` of web/src/routes.ts: test/web/page-routes.test.ts compares the two. */
export const PAGE_ROUTES = [
  '/',
  '/take/:slug',
  '/assessments',
  '/assessments/:id',
  '/assessments/:id/answers',
  '/about',
];

/** Whether the web page has a view for this path, which may have a slash at its end. */
export function isPageAddress(path: string): boolean {
  const segments = path.replace(/([^/])\/$/, '$1').split('/');
  return PAGE_ROUTES.some((route) => fits(route.split('/'), segments));
}

const fits = (route: readonly string[], segments: readonly string[]): boolean =>
  route.length === segments.length &&
  route.every((part, at) => (part.startsWith(':') ? isArgument(segments[at]) : part === segments[at]));

function isArgument(segment = ''): boolean {
  try {
    return !['', '.', '..'].includes(decodeURIComponent(segment));
  } catch {
    return false; // a broken escape
  }
}
