import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasEnded } from '../../src/entities/assessment-state.ts';
import { Audience, evenings, type Visited } from './simulation/audience.ts';

/** A fixed seed, so that the suite does not fail by chance. Change it to test other runs. */
const SEED = 20_261_125;

/** Each takes some 10 ms. */
const EVENINGS = 1_000;

/** The faults of a visit, in words. */
function wrong({ who, seen, refusal, isOver, leavesAfterMs, id, atMs }: Visited, { store }: Audience): string[] {
  const what = `${who} of ${id} at ${atMs}`;
  if (!isOver) return [`${what} waits for ever`];
  if (who === 'owner of a lost one') {
    // The reads of a fail-over may come before and after it.
    return seen.length === 0 && (refusal as { code?: unknown } | undefined)?.code === 'NOT_FOUND'
      ? []
      : [`${what} was not told that it is gone`];
  }
  if (who !== 'owner') {
    const isRefused = (refusal as { code?: unknown } | undefined)?.code === 'NOT_FOUND';
    // A stranger who leaves before the ownership is known gets no refusal either.
    return seen.length === 0 && (isRefused || leavesAfterMs !== undefined) ? [] : [`${what} was shown something`];
  }
  if (refusal !== undefined) return [`${what} was turned away`];
  const [end] = seen;
  if (end === undefined && leavesAfterMs !== undefined) return [];
  if (end === undefined || seen.length > 1) return [`${what} was told ${seen.length} times`];
  // The end has to equal the row at that version.
  const isStored = store.rows.changes.some(
    (change) => change.id === id && change.versions[1] === end.version && change.to === end.status,
  );
  return end.id === id && hasEnded(end.status) && isStored ? [] : [`${what} was told something else`];
}

test('an owner who subscribes at any time receives the end exactly once, and strangers receive nothing, even if hints are lost, late or forged, or a standby is promoted', async () => {
  await fc.assert(
    fc.asyncProperty(evenings, async (evening) => {
      const audience = new Audience(evening);
      await audience.run();
      expect(audience.visits.flatMap((visited) => wrong(visited, audience))).toEqual([]);
      const ofLost = evening.promotion?.lostVisitsAfterMs.length ?? 0;
      expect(audience.visits).toHaveLength(evening.visits.length + ofLost);
      expect(audience.followed).toBe(0);
    }),
    { numRuns: EVENINGS, seed: SEED },
  );
}, 120_000);
