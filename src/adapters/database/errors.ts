import { UnavailableError } from '../../errors.ts';

/** The database looked at the data and refuses it (SQLSTATE classes 22 and 23): the same again fails again. */
export class DataRefusedError extends Error {
  override readonly name = 'DataRefusedError';
  /** SQLSTATE. The driver's message is not kept as text: PostgreSQL puts row values into it. */
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`the database refused the data (${code})`, options);
    this.code = code;
  }
}

/** Nothing of the statement happened, and the same statement may well work now: deadlock, serialization failure. */
export class TryAgainError extends Error {
  override readonly name = 'TryAgainError';
}

/** SQLSTATEs by which the server says that it undid the statement, or never began it. */
const UNDONE = /^(40001|40P01|53\d\d\d|55P03|25006|57014|57P03|58\d\d\d|28\d\d\d|3D000)$/;
const DATA = /^2[23]/;

/**
 * Turns what a driver throws into one of our classes.
 * @param sent false if no connection could be had, so that the statement surely did not reach the server.
 */
export function classifyDatabaseError(error: unknown, sent: boolean): Error {
  if (error instanceof UnavailableError || error instanceof DataRefusedError || error instanceof TryAgainError)
    return error;
  const code = sqlState(error);
  if (code !== undefined && DATA.test(code)) return new DataRefusedError(code);
  if (code === '40001' || code === '40P01') return new TryAgainError(`the database undid the statement (${code})`);
  if (code !== undefined && !/^(08|57)/.test(code) && !UNDONE.test(code))
    // Our own mistake in a statement: not something that passes.
    return new Error(`the database refused a statement (${code})`, { cause: new Error(code) });
  const undone = !sent || (code !== undefined && UNDONE.test(code));
  return new UnavailableError('database', undone ? 'not-done' : 'unknown', { cause: error });
}

function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  // Five characters, unlike the codes of Node's network errors (ECONNRESET …).
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
}
