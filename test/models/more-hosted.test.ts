import { expect, test } from 'vitest';
import { play } from '../support/providers/play.ts';
import { namesOf } from '../support/providers/scenarios.ts';

test.each(namesOf('hosted', 'chinese', 'openRouter', 'gateways'))('%s', async (name) => {
  expect(await play(name)).toEqual([]);
});
