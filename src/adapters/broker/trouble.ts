import { ErrorCode } from 'nats';
import { OwnError } from '../../own-error.ts';

/**
 * The server, or a stream on it, can't be used as it is; the message says what to change. No StartError: the program runs
 * on and tries again, since an operator can mend the server meanwhile.
 */
export class TopologyError extends OwnError {
  override readonly name = 'TopologyError';
}

/** The server says that something is wrong; the client passes on no more than a code. */
export class ReportedError extends OwnError {
  readonly code: unknown;

  constructor(code: unknown) {
    super('the broker reports an error');
    this.code = code;
  }
}

const CREDENTIALS = new Set<string>([
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
]);
/** JetStream's error code where the server has it and the account has not. */
const NOT_FOR_ACCOUNT = 10_039;

/** A failure in words that say what to do, where that is known; else the given words. */
export function explain(error: unknown, otherwise: string): string {
  if (error instanceof TopologyError) return error.message;
  const { code, api_error: api } = (error ?? {}) as { code?: unknown; api_error?: { err_code?: number } };
  if (code === ErrorCode.JetStreamNotEnabled || api?.err_code === NOT_FOR_ACCOUNT)
    return 'the broker has no JetStream: switch it on by "jetstream {}" in the configuration of nats-server';
  if (typeof code === 'string' && CREDENTIALS.has(code))
    return 'the broker refuses the credentials: check NATS_USER and NATS_PASSWORD, NATS_TOKEN or NATS_CREDS_FILE';
  if (code === ErrorCode.PermissionsViolation) return 'the broker does not permit this user what the program needs';
  return otherwise;
}
