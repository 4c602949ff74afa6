import { expect, test } from 'vitest';
import { Seen } from '../../../web/src/live/seen.ts';

test('the memory for repeats is bounded, and forgets what it has not seen for longest', () => {
  const seen = new Seen();
  for (let index = 0; index < 1_000; index += 1) expect(seen.add({ id: `${index}`, version: 1 })).toBe(true);
  expect(seen.add({ id: '0', version: 1 })).toBe(false);
  expect(seen.add({ id: 'one more', version: 1 })).toBe(true);
  expect(seen.add({ id: '0', version: 1 })).toBe(false);
  expect(seen.add({ id: '1', version: 1 })).toBe(true);
});
