import type { Check } from './rule.ts';

/** As many as the tasks of the questionnaires ask for. */
export const threeToFive: Check = ({ reply }) => {
  if (reply === undefined) return undefined;
  const count = reply.recommendations.length;
  return count >= 3 && count <= 5 ? [] : [`${count} recommendations`];
};
