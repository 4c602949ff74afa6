import { describe, expect, test } from 'vitest';
import { networkLimit, networksBy } from '../../src/assessments/networks.ts';
import { Rates, takeFromAll } from '../../src/assessments/rates.ts';

const networksOf = networksBy('a secret');
const keysOf = (address: string): string[] => networksOf(address).map(({ key }) => key);

describe('the networks of an address', () => {
  test.each([
    ['192.0.2.1', '::ffff:192.0.2.1'],
    ['192.0.2.1', '::ffff:c000:201'],
    ['2001:db8:1:2ff::1', '2001:DB8:1:02ff:0:0:0:1'],
  ])('%s and %s are in the same ones', (one, other) => {
    expect(keysOf(one)).toEqual(keysOf(other));
  });

  test('an IPv4 address is a network of its own', () => {
    expect(networksOf('192.0.2.1')).toEqual([{ key: expect.any(String) as string, share: 1 }]);
    expect(keysOf('192.0.2.2')).not.toEqual(keysOf('192.0.2.1'));
  });

  test('of IPv6 the /56 and the /48 count, with the larger share for the larger one', () => {
    const [site, campus] = networksOf('2001:db8:1:200::1');
    expect([site?.share, campus?.share]).toEqual([1, 4]);
    expect(keysOf('2001:db8:1:2ff:ffff::9')).toEqual([site?.key, campus?.key]);
    const [otherSite, sameCampus] = networksOf('2001:db8:1:300::1');
    expect(otherSite?.key).not.toBe(site?.key);
    expect(sameCampus?.key).toBe(campus?.key);
    expect(keysOf('2001:db8:2:200::1')).not.toContain(campus?.key);
  });

  test('a key tells nothing about the address without the secret', () => {
    expect(keysOf('192.0.2.1')[0]).toMatch(/^[\w-]{22}$/);
    expect(networksBy('another secret')('192.0.2.1')).not.toEqual(networksOf('192.0.2.1'));
  });

  test.each(['unknown', '', '1.2.3.4.5', 'a.example'])(
    '%j, which is no address, is one network with all others of these',
    (text) => {
      expect(keysOf(text)).toEqual(keysOf('unknown'));
    },
  );
});

test('many sites of one campus get its share together, and one site the allowance of an address', () => {
  const limit = networkLimit(new Rates(() => 0), 'submits', { burst: 10, perMinute: 1 });
  const use = (address: string) => takeFromAll(limit(networksOf(address)));
  const site = (nth: number): string => `2001:db8:1:${(nth * 256).toString(16)}::1`;
  for (let count = 0; count < 10; count++) expect(use(site(1))).toBeUndefined();
  expect(use(site(1))).toBe(60);
  let granted = 10;
  for (let nth = 2; nth < 200; nth++) if (use(site(nth)) === undefined) granted++;
  expect(granted).toBe(40);
});
