import { test } from 'vitest';
import { expectKillsLoseNothing } from './embedded.ts';

test('fifty kills of the program with everything embedded lose no assessment', { timeout: 1_800_000 }, async () => {
  await expectKillsLoseNothing(50);
});
