import { setTimeout as pause } from 'node:timers/promises';
import type { Visitor } from '../faults/visitors.ts';
import type { Random } from './random.ts';

/** Milliseconds between two submissions. */
const PACE_MS = 100;
/** The longest time from a submission to its cancellation. */
const CHANGED_MIND_MS = 3_000;
const CUT_EVERY_MS = 500;
const ANSWER_WITHIN_MS = 120_000;
/** The parts of the submissions that are watched change by change, and that are cancelled; of the open sockets at each cut. */
const WATCHED = 0.5;
const CANCELLED = 0.1;
const CUT = 0.05;

/** Submits, watches and cancels until the time is over. Resolves when everybody has a final response, or has waited for too long. */
export async function submitUntil(visitors: readonly Visitor[], { number, pick }: Random, end: number): Promise<void> {
  const running: Promise<void>[] = [];
  while (performance.now() < end) {
    const cancelAfterMs = number() < CANCELLED ? number() * CHANGED_MIND_MS : undefined;
    const one = submitOne(pick(visitors), number() < WATCHED ? 'changes' : 'end', cancelAfterMs);
    running.push(one.catch(() => {})); // it is counted as unanswered
    await pause(PACE_MS);
  }
  await Promise.all(running);
}

async function submitOne(visitor: Visitor, watch: 'end' | 'changes', cancelAfterMs?: number): Promise<void> {
  const { id } = await visitor.submit(ANSWER_WITHIN_MS, watch);
  if (id === undefined) return;
  visitor.follow(id, watch);
  if (cancelAfterMs === undefined) return;
  await pause(cancelAfterMs);
  await visitor.cancel(id, ANSWER_WITHIN_MS);
}

/** Cuts some of the open sockets again and again. Resolves to the number of cuts. */
export async function cutUntil(visitors: readonly Visitor[], { number }: Random, end: number): Promise<number> {
  let cuts = 0;
  while (performance.now() < end) {
    for (const visitor of visitors) cuts += visitor.cut(() => number() < CUT);
    await pause(CUT_EVERY_MS);
  }
  return cuts;
}
