import { test } from 'vitest';
import { expectNothingLost } from './crash.ts';

// Each of them checks all invariants. The other points are in worker.test.ts.
test.each([
  ['F5', 'before it asked the model', 'claimed', 0],
  ['F8', 'after the result was saved, before it told anybody', 'saved', 0],
])('%s: a worker that is killed %s loses nothing', async (_row, _when, point, extraPaidCalls) => {
  await expectNothingLost(point, extraPaidCalls);
});
