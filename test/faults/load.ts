import type { Fleet } from './fleet.ts';
import type { Visitor } from './visitors.ts';

export type Load = {
  /** Submits nothing more; resolves once each submission has its final response. */
  stop(): Promise<void>;
};

const CUT_EVERY_MS = 100;

/**
 * Submits and follows at this rate, however slow the responses are, by visitors of as many networks, and cuts one open socket
 * after the other at random.
 */
export async function startLoad(fleet: Fleet, perSecond: number, count = 5): Promise<Load> {
  const visitors = await Promise.all(
    Array.from({ length: count }, (_, nth) => fleet.visitor(fleet.runningApis, `192.0.2.${nth + 1}`)),
  );
  const any = (): Visitor => visitors[Math.floor(Math.random() * count)] as Visitor;
  const running = new Set<Promise<unknown>>();
  const submit = (): void => {
    const submitting = fleet.submitMany(any(), 1).finally(() => running.delete(submitting));
    running.add(submitting);
  };
  const timers = [setInterval(submit, 1_000 / perSecond), setInterval(() => any().cutOne(), CUT_EVERY_MS)];
  return {
    async stop() {
      for (const timer of timers) clearInterval(timer);
      await Promise.all(running);
    },
  };
}

/** The longest time in milliseconds in which no assessment ended though at least one was waiting. */
export async function longestStallMs({ world }: Fleet): Promise<number> {
  const rows = await world.sql<{ submitted_at: Date; ended_at: Date }>(
    'SELECT submitted_at, ended_at FROM test_assessment ORDER BY ended_at',
  );
  const [begins, ends] = [rows.map((row) => row.submitted_at.getTime()), rows.map((row) => row.ended_at.getTime())];
  // The oldest submission of those that had not ended yet.
  const oldest = begins.map((_, nth) => Math.min(...begins.slice(nth)));
  return Math.max(...ends.map((end, nth) => end - Math.max(ends[nth - 1] ?? 0, oldest[nth] ?? 0)));
}
