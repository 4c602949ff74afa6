import { inspect } from 'node:util';
import { setTimeout as pause } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;

export type Waiting = {
  /** Description for the message on time-out. */
  label?: string;
  /** @defaultValue 10 s */
  timeoutMs?: number;
  /** Pause between two looks. @defaultValue 20 ms */
  intervalMs?: number;
};

/** Resolves with the condition's first truthy value; fails after `timeoutMs`, and at once when the condition throws. */
export async function until<T>(condition: () => T | Promise<T>, waiting: Waiting = {}): Promise<NonNullable<T>> {
  const { label = condition.toString(), timeoutMs = TIMEOUT_MS } = waiting;
  const last = await poll(waiting, async () => condition());
  if (last) return last;
  throw new Error(`waited ${timeoutMs} ms in vain for: ${label} (last seen: ${inspect(last).slice(0, 300)})`);
}

/** Repeats assertions until none of them throws; on time-out, fails with the last failure in the message and as cause. */
export async function eventually(assertions: () => void | Promise<void>, waiting: Waiting = {}): Promise<void> {
  const { label = 'the assertions to hold', timeoutMs = TIMEOUT_MS } = waiting;
  let cause: unknown;
  const held = await poll(waiting, async () => {
    try {
      await assertions();
      return true;
    } catch (error) {
      cause = error;
      return false;
    }
  });
  if (!held) throw new Error(`waited ${timeoutMs} ms in vain for: ${label} (${String(cause)})`, { cause });
}

/** Looks at least twice, so that a stalled machine fails no test. Resolves with the last result. */
async function poll<T>({ timeoutMs = TIMEOUT_MS, intervalMs = 20 }: Waiting, look: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const isLast = performance.now() >= deadline;
    // oxlint-disable-next-line no-await-in-loop -- looks come one after another
    const seen = await look();
    if (seen || isLast) return seen;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await pause(intervalMs);
  }
}
