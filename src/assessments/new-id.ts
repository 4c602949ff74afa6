import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const BYTES = 16;
/** Random bytes for 256 ids: one system call for each id would cost more than the rest of it. */
const pool = new Uint8Array(256 * BYTES);
let used = pool.length;
let latestMs = 0;
let sequence = 0;

/** A UUIDv7 (RFC 9562), greater than every earlier id of this process, also within one millisecond. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += BYTES));
  const now = Date.now();
  if (now > latestMs) {
    latestMs = now;
    // Starts in the lower half of the counter's range, so that it can't overflow within a millisecond.
    sequence = ((random[0] ?? 0) << 8) | (random[1] ?? 0);
  } else sequence++;
  return v7({ random, msecs: latestMs, seq: sequence });
}
