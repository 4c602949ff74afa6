import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
/** Drawn at once: each draw is a system call, which costs more than everything else about an id. */
const pool = new Uint8Array(256 * BYTES);
let used = pool.length;
let latestMs = 0;
let sequence = 0;

/** UUIDv7 (RFC 9562): of two ids made in this process the later one is greater, also within one millisecond. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += BYTES));
  const now = Date.now();
  if (now > latestMs) {
    latestMs = now;
    // Its upper half is free for what follows in this millisecond.
    sequence = ((random[0] ?? 0) << 8) | (random[1] ?? 0);
  } else sequence++;
  return v7({ random, msecs: latestMs, seq: sequence });
}
