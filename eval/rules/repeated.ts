import type { Check } from './rule.ts';
import { wordsOf } from './told.ts';

/** Share of words that two texts have in common, from which on they say the same. */
const SHARED_MAX = 0.8;

/** No two recommendations have the same title, reason or action, nor nearly the same. */
export const notRepeated: Check = ({ reply }) =>
  reply &&
  (['title', 'rationale', 'action'] as const).flatMap((key) => {
    const texts = reply.recommendations.map((one) => new Set(wordsOf(one[key])));
    return texts.flatMap((text, index) => {
      const before = texts.slice(0, index).findIndex((other) => isAlike(text, other));
      return before === -1 ? [] : [`the ${key} of recommendation ${index + 1} is like that of ${before + 1}`];
    });
  });

function isAlike(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  const shared = [...one].filter((word) => other.has(word)).length;
  const all = one.size + other.size - shared;
  return all > 0 && shared / all >= SHARED_MAX;
}
