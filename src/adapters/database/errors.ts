import { UnavailableError } from '../../errors.ts';
import { OwnError } from '../../own-error.ts';

/** The database looked at the data and refuses it: the same again fails again. */
export class DataRefusedError extends OwnError {
  override readonly name = 'DataRefusedError';
  /** SQLSTATE. The driver's message is not kept as text: PostgreSQL puts row values into it. */
  readonly code: string;

  constructor(code: string) {
    super(`the database refused the data (${code})`);
    this.code = code;
  }
}

/** The database refused the statement itself: our own mistake or a missing right, not something that passes. */
export class StatementRefusedError extends OwnError {
  override readonly name = 'StatementRefusedError';
  /** SQLSTATE. */
  readonly code: string;

  constructor(code: string) {
    super(`the database refused a statement (${code})`);
    this.code = code;
  }
}

/** Nothing of the statement happened, and the same statement may well work now, over another connection. */
export class TryAgainError extends OwnError {
  override readonly name = 'TryAgainError';
  /** SQLSTATE. */
  readonly code: string;

  constructor(code: string) {
    super(`the database undid the statement (${code})`);
    this.code = code;
  }
}

/** SQLSTATEs by which the server says that it undid the statement, or never began it. */
const UNDONE = /^(53\d\d\d|55P03|25006|57014|57P03|58\d\d\d|28...|3D000)$/;
/** The server went away, and with it the knowledge of whether it had committed. */
const IN_DOUBT = /^(08|57)/;
/** Data exceptions, violated constraints, and values that exceed one of PostgreSQL's own limits. */
const DATA = /^(22|23|54)/;
/** Undone for the sake of another (serialization, deadlock), or prepared before a migration changed its table. */
const WORKS_NEXT_TIME = /^(40001|40P01|0A000|26000)$/;

/**
 * Turns what a driver throws into one of our classes.
 * @param sent false if no connection could be had, so that the statement surely did not reach the server.
 */
export function classifyDatabaseError(error: unknown, sent: boolean): Error {
  if (isOurs(error)) return error;
  const code = sqlState(error);
  if (code === undefined) return new UnavailableError('database', sent ? 'unknown' : 'not-done', { cause: error });
  if (WORKS_NEXT_TIME.test(code)) return new TryAgainError(code);
  if (DATA.test(code)) return new DataRefusedError(code);
  if (!sent || UNDONE.test(code)) return new UnavailableError('database', 'not-done', { cause: error });
  if (IN_DOUBT.test(code)) return new UnavailableError('database', 'unknown', { cause: error });
  return new StatementRefusedError(code);
}

const isOurs = (error: unknown): error is Error =>
  error instanceof UnavailableError ||
  error instanceof DataRefusedError ||
  error instanceof StatementRefusedError ||
  error instanceof TryAgainError;

/** Five characters of the classes that PostgreSQL uses. A network error's code (EPIPE, ECONNRESET …) is none of them. */
function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?:[0-5]|F0|HV|P0|XX)[0-9A-Z]+$/.test(code) && code.length === 5
    ? code
    : undefined;
}
