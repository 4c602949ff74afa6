import { ErrorCode } from 'nats';
import { OwnError } from '../../own-error.ts';

/**
 * The server, or a stream on it, can't be used as it is; the message says what to change. No StartError: the program runs
 * on and tries again, since an operator can mend the server meanwhile.
 */
export class TopologyError extends OwnError {
  override readonly name = 'TopologyError';
}

/** The server reported an error, of which the client passes on only a code. */
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
/** JetStream's error code for an account without JetStream on a server that has it. */
const NOT_FOR_ACCOUNT = 10_039;

/** Words for an operator that say what to do about an error; `otherwise` if that is not known. */
export function explain(error: unknown, otherwise: string): string {
  if (error instanceof TopologyError) return error.message;
  const { code, api_error: api } = (error ?? {}) as { code?: unknown; api_error?: { err_code?: number } };
  if (code === ErrorCode.JetStreamNotEnabled || api?.err_code === NOT_FOR_ACCOUNT)
    return 'the broker has no JetStream: switch it on by "jetstream {}" in the configuration of nats-server';
  if (typeof code === 'string' && CREDENTIALS.has(code))
    return 'the broker refuses the credentials: check NATS_USER and NATS_PASSWORD, NATS_TOKEN or NATS_CREDS_FILE';
  if (code === ErrorCode.PermissionsViolation)
    return 'the broker denies this user a permission that the program needs: see "Who may publish what" in docs/OPERATING.md';
  return otherwise;
}
