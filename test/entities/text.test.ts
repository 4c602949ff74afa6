import { expect, test } from 'vitest';
import { isBlank, VISIBLE_PATTERN } from '../../src/entities/text.ts';

test('the pattern of the served schema and the check agree for each character whether it is visible', () => {
  const visible = new RegExp(VISIBLE_PATTERN, 'u');
  const isScalar = (code: number): boolean => code < 0xd8_00 || code > 0xdf_ff;
  const differing = Array.from({ length: 0x11_00_00 }, (_, code) => code)
    .filter(isScalar)
    .filter((code) => visible.test(String.fromCodePoint(code)) === isBlank(String.fromCodePoint(code)));
  expect(differing).toEqual([]);
});
