/** The pages of the app, by address. `page` counts from 1. */
export type Route =
  | { name: 'start' }
  | { name: 'take'; slug: string; page?: number }
  | { name: 'assessment'; id: string }
  | { name: 'unknown' };

export const parseRoute = (pathname: string, search = ''): Route => {
  const [root = '', argument, ...rest] = segments(pathname);
  if (rest.length > 0) return { name: 'unknown' };
  if (root === '') return { name: 'start' };
  if (root === 'take' && argument) return { name: 'take', slug: argument, page: parsePage(search) };
  if (root === 'assessments' && argument) return { name: 'assessment', id: argument };
  return { name: 'unknown' };
};

export const paths = {
  start: '/',
  take: (slug: string, page?: number) =>
    `/take/${encodeURIComponent(slug)}${page === undefined ? '' : `?page=${page}`}`,
  assessment: (id: string) => `/assessments/${encodeURIComponent(id)}`,
};

const segments = (pathname: string): string[] => {
  const parts = pathname.replace(/^\/|\/$/g, '').split('/');
  try {
    return parts.map(decodeURIComponent);
  } catch {
    return ['%']; // a broken escape: the address of no page
  }
};

const parsePage = (search: string): number | undefined => {
  const page = Number(new URLSearchParams(search).get('page') ?? Number.NaN);
  return Number.isSafeInteger(page) && page > 0 ? page : undefined;
};
