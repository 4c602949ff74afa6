import { expect, test } from 'vitest';
import { play } from '../support/providers/play.ts';
import { namesOf } from '../support/providers/scenarios.ts';

test.each(namesOf('formats', 'network', 'streams'))('%s', async (name) => {
  const short = await play(name);
  expect(short, short.join('\n')).toEqual([]);
});
