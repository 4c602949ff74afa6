import { expect, test } from 'vitest';
import { play } from '../support/providers/play.ts';
import { namesOf } from '../support/providers/scenarios.ts';

test.each(namesOf('vllm', 'ollama', 'llamaCpp', 'otherServers'))('%s', async (name) => {
  const short = await play(name);
  expect(short, short.join('\n')).toEqual([]);
});
