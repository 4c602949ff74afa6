import { expect, test } from 'vitest';
import { play } from '../support/providers/play.ts';
import { namesOf } from '../support/providers/scenarios.ts';

test.each(namesOf('openai', 'azure', 'claude', 'gemini', 'mistralAndDeepSeek', 'groqAndFireworks'))(
  '%s',
  async (name) => {
    expect(await play(name)).toEqual([]);
  },
);
