import { expect, test } from 'vitest';
import { play } from '../support/providers/play.ts';
import { namesOf } from '../support/providers/scenarios.ts';

test.each(namesOf('openai', 'azure', 'claude', 'gemini', 'mistralAndDeepSeek', 'groqAndFireworks'))(
  '%s',
  async (name) => {
    const short = await play(name);
    expect(short, short.join('\n')).toEqual([]);
  },
);
