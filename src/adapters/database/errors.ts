import { UnavailableError } from '../../errors.ts';
import { OwnError } from '../../own-error.ts';

/** The database refuses the data: a repeat fails again. */
export class DataRefusedError extends OwnError {
  override readonly name = 'DataRefusedError';
  /** SQLSTATE. The driver's message is not kept as text: PostgreSQL puts row values into it. */
  readonly code: string;

  constructor(code: string) {
    super(`the database refused the data (${code})`);
    this.code = code;
  }
}

/** The database refuses the statement: a mistake of the program or a missing right. A repeat fails again. */
export class StatementRefusedError extends OwnError {
  override readonly name = 'StatementRefusedError';
  /** SQLSTATE. */
  readonly code: string;

  constructor(code: string) {
    super(`the database refused a statement (${code})`);
    this.code = code;
  }
}

/** The database undid the statement. A repeat over another connection may succeed. */
export class TryAgainError extends OwnError {
  override readonly name = 'TryAgainError';
  /** SQLSTATE. */
  readonly code: string;

  constructor(code: string) {
    super(`the database undid the statement (${code})`);
    this.code = code;
  }
}

/** SQLSTATEs of statements that the server undid or never began. */
const UNDONE = /^(53\d\d\d|55P03|25006|57014|57P03|58\d\d\d|28...|3D000)$/;
/** SQLSTATEs of a lost server: it is unknown whether it had committed. */
const IN_DOUBT = /^(08|57)/;
/** SQLSTATEs of data exceptions, violated constraints and exceeded limits of PostgreSQL. */
const DATA = /^(22|23|54)/;
/** SQLSTATEs of a serialization failure, a deadlock, or a statement that was prepared before a migration. */
const WORKS_NEXT_TIME = /^(40001|40P01|0A000|26000)$/;

/**
 * Turns an error of a driver into one of our classes.
 * @param sent false if there was no connection, so that the statement surely did not reach the server
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

/** The SQLSTATE: five characters of a class that PostgreSQL uses, unlike a network error's code (EPIPE, ECONNRESET …). */
export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(?:[0-5]|F0|HV|P0|XX)[0-9A-Z]+$/.test(code) && code.length === 5
    ? code
    : undefined;
}
