import { UnavailableError } from '../../errors.ts';
import { StatementRefusedError } from './errors.ts';

export type DatabaseTrouble = {
  /** SQLSTATE, or a code of Node for the connection. */
  code: string | undefined;
  /** For an operator: what is wrong and what to do. */
  words: string | undefined;
  /** Waiting does not mend it. */
  lasting: boolean;
};

const RIGHTS = 'see "PostgreSQL roles" in docs/OPERATING.md';
const TLS = 'see "TLS" in docs/OPERATING.md';

const LASTING: Record<string, string> = {
  '28P01': 'the database refuses the password in DATABASE_URL',
  '28000':
    'the database does not let this role in: check the role in DATABASE_URL, sslmode, and pg_hba.conf of the server',
  '3D000': 'There is no database of the name in DATABASE_URL. Create it, then run "npm run migrate"',
  '3F000': 'the search_path of the role in DATABASE_URL names no schema that exists',
  '42501': `the role in DATABASE_URL lacks a right that the program needs: ${RIGHTS}`,
  '42P05':
    'a prepared statement is there already: a pooler in transaction mode needs prepared statements (PgBouncer 1.21 with max_prepared_statements), or use session mode',
};

const PASSING: Record<string, string> = {
  '08P01':
    'the database or a pooler before it refuses the connection: a pooler must know the database and the role, and allow the parameters application_name and, if DATABASE_URL has it, options',
  '25006': 'the database refuses writes: it is a standby or set to read-only; DATABASE_URL must lead to the primary',
  '53100': 'the database can not write, since its disk is full: make room',
  '53200': 'the database is out of memory',
  '53300': 'the database has no connection left: raise max_connections of the server, or lower DATABASE_POOL_MAX',
  '55P03': 'another program holds a lock on a table for too long',
  '57P03': 'the database is starting or stopping',
  '58030': 'the database can not read or write its files: look at its log and disk',
};

const UNTRUSTED = `the certificate of the database is not trusted: check sslrootcert and the name of the host; ${TLS}`;
const UNREACHED = 'no server answers at the address in DATABASE_URL';

/** Codes of OpenSSL and Node for a certificate that is refused. */
const CERTIFICATE = /CERT|UNABLE_TO_|SELF_SIGNED|HOSTNAME_MISMATCH/;

/** The trouble of the database behind an error of this folder; undefined for another error. */
export function databaseTrouble(error: unknown): DatabaseTrouble | undefined {
  if (error instanceof StatementRefusedError) return { ...wordsOf(error.code), code: error.code, lasting: true };
  if (!(error instanceof UnavailableError) || error.system !== 'database') return undefined;
  const code = codeOf(error.cause);
  return { ...wordsOf(code), code };
}

/** The remedy of an operator for a SQLSTATE; undefined if none is known. */
export const remedyOf = (sqlState: string): string | undefined => wordsOf(sqlState).words;

/** The code of the innermost cause: MikroORM wraps errors of the driver. */
function codeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return typeof code === 'string' ? code : cause === undefined ? undefined : codeOf(cause);
}

function wordsOf(code: string | undefined): Pick<DatabaseTrouble, 'words' | 'lasting'> {
  if (code === undefined) return { words: undefined, lasting: false };
  if (code in LASTING) return { words: LASTING[code], lasting: true };
  if (CERTIFICATE.test(code)) return { words: UNTRUSTED, lasting: true };
  if (/^(?:ECONN|EHOST|ENET|ENOTFOUND|EAI_|ETIMEDOUT|EPIPE|ENOENT)/.test(code))
    return { words: UNREACHED, lasting: false };
  return { words: PASSING[code], lasting: false };
}
