import type { ErrorCode } from '../../errors.ts';
import type { Log } from '../../log.ts';

/** Lines of one code that may be written at once, and then in each second: a flood of refusals must not fill the disk. */
const LINES_AT_ONCE = 50;
const LINES_PER_SECOND = 1;

export type LogRefusal = (code: ErrorCode, fields: { requestId: string; route: string; status?: number }) => void;

/**
 * Logs refused requests with the id that their response has. Of a code with too many lines, the next line says how many were
 * left out.
 */
export function refusalLog(log: Log, clock: () => number = () => performance.now()): LogRefusal {
  const codes = new Map<ErrorCode, { lines: number; at: number; leftOut: number }>();
  return (code, fields) => {
    const now = clock();
    const room = codes.get(code) ?? { lines: LINES_AT_ONCE, at: now, leftOut: 0 };
    codes.set(code, room);
    room.lines = Math.min(LINES_AT_ONCE, room.lines + ((now - room.at) / 1_000) * LINES_PER_SECOND);
    room.at = now;
    if (room.lines < 1) {
      room.leftOut += 1;
      return;
    }
    const { leftOut } = room;
    room.lines -= 1;
    room.leftOut = 0;
    log.info({ code, ...fields, ...(leftOut === 0 ? {} : { leftOut }) }, 'a request was refused');
  };
}
