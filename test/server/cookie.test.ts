import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { cookieValue } from '../../src/server/http/cookie.ts';

test.each<[header: string, value: string | undefined]>([
  ['sid=1', '1'],
  ['other=2; sid=1', '1'],
  ['sid=1;other=2', '1'],
  ['  sid =\t1 \t;', '1'],
  ['sid=a=b', 'a=b'],
  ['sid=', ''],
  ['sid="1"', '"1"'],
  ['sid=1; sid=1', '1'],
  ['sid=1; sid=2', undefined],
  ['sid=2; other=x; sid=1', undefined],
  ['SID=1', undefined],
  ['xsid=1', undefined],
  ['sid', undefined],
  ['', undefined],
])('the cookie sid of "%s"', (header, value) => {
  expect(cookieValue(header, 'sid')).toBe(value);
});

const characters = Array.from({ length: 0x3000 }, (_, code) => String.fromCharCode(code));
/** All but blanks and separators. */
const others = characters.filter((character) => !' \t;='.includes(character));

test('only spaces and tabs may stand around the name and the value', () => {
  for (const blank of [' ', '\t', ' \t '])
    expect(cookieValue(`${blank}sid${blank}=${blank}1${blank}`, 'sid')).toBe('1');
  for (const character of others) {
    expect(cookieValue(`${character}sid=1`, 'sid')).toBeUndefined();
    expect(cookieValue(`sid${character}=1`, 'sid')).toBeUndefined();
    expect(cookieValue(`sid=${character}1`, 'sid')).toBe(`${character}1`);
    expect(cookieValue(`sid=1${character}`, 'sid')).toBe(`1${character}`);
  }
});

test('other cookies never change the value, except to undefined', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 20 })), fc.nat(), (pairs, at) => {
      const place = at % (pairs.length + 1);
      const header = [...pairs.slice(0, place), '__Host-sid=own', ...pairs.slice(place)].join(';');
      expect(['own', undefined]).toContain(cookieValue(header, '__Host-sid'));
    }),
  );
});
