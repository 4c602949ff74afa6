/** The pages of the app, by address. `page` counts from 1. `from`: the assessment whose answers the form began with. */
export type Route =
  | { name: 'start' }
  | { name: 'take'; slug: string; page?: number; from?: string }
  | { name: 'assessment'; id: string }
  | { name: 'answers'; id: string }
  | { name: 'list' }
  | { name: 'about' }
  | { name: 'unknown' };

/** The server has the same list, for its status 200 or 404: test/web/page-routes.test.ts compares the two. */
export const routes = {
  start: '/',
  take: '/take/:slug',
  list: '/assessments',
  assessment: '/assessments/:id',
  answers: '/assessments/:id/answers',
  about: '/about',
} as const;
const names = Object.keys(routes) as (keyof typeof routes)[];

export const parseRoute = (pathname: string, search = ''): Route => {
  const segments = pathname.replace(/([^/])\/$/, '$1').split('/');
  const name = names.find((each) => fits(routes[each].split('/'), segments));
  const argument = decoded(segments[2]);
  if (name === 'take') return { name, slug: argument, ...parseForm(search) };
  if (name === 'assessment' || name === 'answers') return { name, id: argument };
  return { name: name ?? 'unknown' };
};

export const paths = {
  start: '/',
  take: (slug: string, { page, from }: { page?: number; from?: string | undefined } = {}) => {
    const search = new URLSearchParams();
    if (page !== undefined) search.set('page', String(page));
    if (from !== undefined) search.set('from', from);
    return `/take/${encodeURIComponent(slug)}${search.size === 0 ? '' : `?${search}`}`;
  },
  list: '/assessments',
  assessment: (id: string) => `/assessments/${encodeURIComponent(id)}`,
  answers: (id: string) => `/assessments/${encodeURIComponent(id)}/answers`,
  about: '/about',
};

const fits = (route: readonly string[], segments: readonly string[]): boolean =>
  route.length === segments.length &&
  route.every((part, at) => (part.startsWith(':') ? isArgument(segments[at]) : part === segments[at]));

const isArgument = (segment?: string): boolean => !['', '.', '..'].includes(decoded(segment));

const decoded = (segment = ''): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return ''; // a broken escape is the address of no page
  }
};

/** A longer value is no id of an assessment, and would be part of a key on the device. */
const FROM = /^[0-9A-Za-z-]{1,64}$/;

const parseForm = (search: string): { page?: number; from?: string } => {
  const params = new URLSearchParams(search);
  const page = Number(params.get('page') ?? Number.NaN);
  const from = params.get('from');
  return {
    ...(Number.isSafeInteger(page) && page > 0 ? { page } : {}),
    ...(from !== null && FROM.test(from) ? { from } : {}),
  };
};
