import { test } from 'vitest';
import { expectNothingLost } from './crash.ts';
import { expectKillsLoseNothing } from './embedded.ts';

// Each test checks all invariants. The other points are in worker.test.ts.
test.each([
  ['F5', 'before it calls the model', 'claimed', 0],
  ['F8', 'after it saved the result and before it publishes the end', 'saved', 0],
])('%s: a worker that is killed %s loses no assessment', async (_row, _when, point, extraPaidCalls) => {
  await expectNothingLost(point, extraPaidCalls);
});

test('two kills of the program with everything embedded lose no assessment', async () => {
  await expectKillsLoseNothing(2);
});
