import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isPageAddress, PAGE_ROUTES } from '../../src/server/http/rest/page-routes.ts';
import { parseRoute, routes } from '../../web/src/routes.ts';

test('the server and the web page list the same addresses', () => {
  expect(PAGE_ROUTES).toEqual(Object.values(routes));
});

const ODD_SEGMENTS = ['', '.', '..', '%2e', '%2E%2e', '%', '%E0%A4', '%2F', '%74ake', 'index.html', 'api', 'ipip@1'];
const literals = Object.values(routes)
  .flatMap((route) => route.split('/'))
  .filter((part) => part !== '' && !part.startsWith(':'));
const segment = fc.oneof(
  fc.constantFrom(...literals),
  fc.constantFrom(...ODD_SEGMENTS),
  fc.string({ unit: 'binary', maxLength: 5 }).map((text) => encodeURIComponent(text.toWellFormed())),
);
/** Addresses near the list: one with each parameter replaced, or any few segments; with and without a slash at the end. */
const address = fc
  .tuple(
    fc.oneof(
      fc
        .tuple(fc.constantFrom(...Object.values(routes)), segment)
        .map(([route, text]) => route.replace(/:\w+/g, () => text)),
      fc.array(segment, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
    ),
    fc.constantFrom('', '/'),
  )
  .map((parts) => parts.join(''));

test('the server and the web page agree on each drawn address whether it is known', () => {
  const counts = { known: 0, unknown: 0 };
  fc.assert(
    fc.property(address, (pathname) => {
      const isKnown = parseRoute(pathname).name !== 'unknown';
      counts[isKnown ? 'known' : 'unknown'] += 1;
      expect(isPageAddress(pathname)).toBe(isKnown);
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(counts.known, counts.unknown)).toBeGreaterThan(200);
});

test.each([
  '//',
  '//evil.example/',
  '/take/',
  '/take/%2e%2e',
  '/take/%E0%A4',
  '/assessments/1/other',
  '/take/a/b',
  '/index.html',
])('neither of the two knows %s', (pathname) => {
  expect(parseRoute(pathname)).toEqual({ name: 'unknown' });
  expect(isPageAddress(pathname)).toBe(false);
});
