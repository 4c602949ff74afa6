import { expect, test } from 'vitest';
import { SeenVersions } from '../../../web/src/live/seen-versions.ts';

test('the memory of versions has a cap, and drops the id that was not seen for longest', () => {
  const seen = new SeenVersions();
  for (let index = 0; index < 1_000; index += 1) expect(seen.add({ id: `${index}`, version: 1 })).toBe(true);
  expect(seen.add({ id: '0', version: 1 })).toBe(false);
  expect(seen.add({ id: 'one more', version: 1 })).toBe(true);
  expect(seen.add({ id: '0', version: 1 })).toBe(false);
  expect(seen.add({ id: '1', version: 1 })).toBe(true);
});
