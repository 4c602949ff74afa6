import type { ErrorCode } from '../../errors.ts';
import { fewLines } from '../../few-lines.ts';
import type { Log } from '../../log.ts';

/** Lines of one code: a flood of refusals must not fill the disk. */
const LINES = { atOnce: 50, everyMs: 1_000 };

export type LogRefusal = (code: ErrorCode, fields: { requestId: string; route: string; status?: number }) => void;

/**
 * Logs refused requests with the id that their response has. Of a code with too many lines, the next line says how many were
 * left out.
 */
export function refusalLog(log: Log, clock?: () => number): LogRefusal {
  const lines = fewLines(LINES, clock);
  return (code, fields) => {
    const line = lines(code);
    if (line === undefined) return;
    log.info({ code, ...fields, ...(line.leftOut === 0 ? {} : line) }, 'a request was refused');
  };
}
