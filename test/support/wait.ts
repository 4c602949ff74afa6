import { setTimeout as pause } from 'node:timers/promises';

export type Waiting = {
  /** What is waited for, for the message on time-out. */
  label?: string;
  /** Default 10 s. */
  timeoutMs?: number;
  /** Between two looks. Default 20 ms. */
  intervalMs?: number;
};

/** Resolves with the condition's first truthy value; fails after `timeoutMs`, and at once when the condition throws. */
export async function until<T>(condition: () => T | Promise<T>, waiting: Waiting = {}): Promise<NonNullable<T>> {
  const { label = condition.toString(), timeoutMs = 10_000 } = waiting;
  let last: T | undefined;
  const found = await poll(waiting, async () => {
    last = await condition();
    return Boolean(last);
  });
  if (!found) throw new Error(`waited ${timeoutMs} ms in vain for: ${label} (last seen: ${show(last)})`);
  return last as NonNullable<T>;
}

/** Repeats assertions until none of them throws; on time-out, fails with the last one's message as the cause. */
export async function eventually(assertions: () => void | Promise<void>, waiting: Waiting = {}): Promise<void> {
  const { label = 'the assertions to hold', timeoutMs = 10_000 } = waiting;
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

/** Looks at least twice, so that a machine which stalled for the whole time does not fail a test that has passed. */
async function poll({ timeoutMs = 10_000, intervalMs = 20 }: Waiting, look: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const last = performance.now() >= deadline;
    // oxlint-disable-next-line no-await-in-loop -- looks come one after another
    if (await look()) return true;
    if (last) return false;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await pause(intervalMs);
  }
}

function show(value: unknown): string {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
