import { expect, test } from 'vitest';
import { play } from '../support/providers/play.ts';
import { scenarioOf } from '../support/providers/scenarios.ts';

// One of each kind. `npm run test:models` has all of them.
test.each([
  ['completes', 'mistral-422'],
  ['waits', 'gemini-wrong-key'],
  ['refused', 'qwen-inspection'],
  ['rejected', 'openai-context'],
  ['unusable', 'prose'],
] as const)('%s: %s', async (right, name) => {
  expect(scenarioOf(name).right).toContain(right);
  const short = await play(name);
  expect(short, short.join('\n')).toEqual([]);
});
