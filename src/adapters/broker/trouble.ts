import { ErrorCode } from 'nats';
import { OwnError } from '../../own-error.ts';

/**
 * The server, or a stream on it, can't be used as it is; the message says what to change. No StartError: the program runs
 * on and tries again, since an operator can mend the server meanwhile.
 */
export class TopologyError extends OwnError {
  override readonly name = 'TopologyError';
}

/** JetStream has refused a request. The message is the server's own description: names and limits, never a payload. */
export class JetStreamError extends OwnError {
  override readonly name = 'JetStreamError';
  /** JetStream's `err_code`; the numbers are in errors.json of nats-server. */
  readonly code: number;

  constructor(code: number, description: unknown, options?: ErrorOptions) {
    super(`JetStream error ${code}: ${plain(description)}`, options);
    this.code = code;
  }
}

/** The server reported an error, of which the client passes on only a code and the subject of a missing permission. */
export class ReportedError extends OwnError {
  readonly code: unknown;
  readonly permission: string | undefined;

  constructor(code: unknown, permission?: Permission) {
    super(permission === undefined ? 'the broker reports an error' : `the broker denies: ${permissionOf(permission)}`);
    this.code = code;
    this.permission = permission && permissionOf(permission);
  }
}

/** A publish or subscription that the server refused, as the client reports it. */
type Permission = { operation: string; subject: string };

const permissionOf = ({ operation, subject }: Permission): string =>
  `${operation === 'publish' ? 'publish to' : 'subscribe to'} ${plain(subject)}`;

const DESCRIPTION_MAX = 200;
/** One line of ASCII. */
const plain = (text: unknown): string =>
  typeof text === 'string' ? text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, DESCRIPTION_MAX) : 'without a description';

/** The code of JetStream in the answer to a request; undefined where the error is another one. */
export function errCodeOf(error: unknown): number | undefined {
  if (error instanceof JetStreamError) return error.code;
  return (error as { api_error?: { err_code?: number } } | null)?.api_error?.err_code;
}

/** Turns an error of the client into one that says what the server has refused; others stay as they are. */
export function withReason(error: unknown): unknown {
  if (error instanceof OwnError) return error;
  const { api_error: api, permissionContext: permission } = (error ?? {}) as {
    api_error?: { err_code?: number; description?: string };
    permissionContext?: Permission;
  };
  if (api?.err_code !== undefined) return new JetStreamError(api.err_code, api.description, { cause: error });
  if (permission !== undefined) return new ReportedError(ErrorCode.PermissionsViolation, permission);
  return error;
}

const CREDENTIALS = new Set<string>([
  ErrorCode.AuthorizationViolation,
  ErrorCode.AuthenticationExpired,
  ErrorCode.BadAuthentication,
  ErrorCode.BadCreds,
]);

const NO_JETSTREAM =
  'the broker has no JetStream: switch it on by "jetstream {}" in the configuration of nats-server, or set NATS_JETSTREAM_DOMAIN if it is that of another server behind a leaf node';
const FOREIGN_SUBJECTS =
  'another stream has subjects of this program: remove it or its subjects, or set NATS_PREFIX to another word';
const ROOM = 'give JetStream more room, or set NATS_WORK_MB, NATS_EVENTS_MB and NATS_DEAD_MB to less';
const NODES = 'look at the nodes of the NATS cluster: more than half of those of a stream have to run';

/** The remedy for each error that JetStream can give to this program's requests. */
const REMEDIES: Readonly<Record<number, string>> = {
  10002: `the account on the broker has reached a limit of JetStream: raise the account's limits, or: ${ROOM}`,
  10005: 'the NATS cluster has too few nodes with enough room for a stream: add nodes or room, or lower NATS_REPLICAS',
  10008: `JetStream is temporarily unavailable: ${NODES}`,
  10009: `JetStream is temporarily unavailable: ${NODES}`,
  10010: 'the broker is no cluster: leave NATS_REPLICAS out or set it to 1',
  10023: `the broker lacks resources for a stream or consumer: ${ROOM}`,
  10026: 'the account on the broker may have no more consumers: raise max_consumers of the account or of the stream',
  10027: 'the account on the broker may have no more streams: raise max_streams of the account (three are needed)',
  10028: `the broker has too little memory for JetStream: ${ROOM}`,
  10039: NO_JETSTREAM,
  10047: `the broker has too little storage for a stream: ${ROOM} (max_file_store in its configuration is the limit)`,
  10052: 'the broker refuses the configuration of a stream',
  10053: `the broker refuses the limits of a stream: ${ROOM}`,
  10058: 'a stream of this name has another configuration: remove it, or set NATS_PREFIX to another word',
  10065: FOREIGN_SUBJECTS,
  10074: 'the broker is no cluster: leave NATS_REPLICAS out or set it to 1',
  10076: NO_JETSTREAM,
  10077: 'a stream is full',
  10099: 'another consumer takes messages of the work stream: remove it, since work would be lost to it',
  10100: 'another consumer takes messages of the work stream: remove it, since work would be lost to it',
  10113: 'the account on the broker requires streams with a size',
  10118: `a stream is offline: ${NODES}`,
  10119: `the consumer is offline: ${NODES}`,
  10120: 'the account on the broker has no limits of JetStream for this number of replicas: set them, or NATS_REPLICAS',
  10121: 'the broker limits max_ack_pending of consumers: raise it to twice MAX_QUEUE_DEPTH',
  10122: `the account on the broker limits the size of a stream (max_stream_bytes): raise it, or: ${ROOM}`,
  10194: `a stream is offline: ${NODES}`,
  10195: `the consumer is offline: ${NODES}`,
};

/** Words for an operator that say what to do about an error; `otherwise` if that is not known. */
export function explain(error: unknown, otherwise: string): string {
  if (error instanceof TopologyError) return error.message;
  const remedy = REMEDIES[errCodeOf(error) ?? 0];
  if (remedy !== undefined) return remedy;
  const { code } = (error ?? {}) as { code?: unknown };
  // Nobody answers requests to JetStream.
  if (code === ErrorCode.JetStreamNotEnabled || code === ErrorCode.NoResponders) return NO_JETSTREAM;
  if (typeof code === 'string' && CREDENTIALS.has(code))
    return 'the broker refuses the credentials: check NATS_USER and NATS_PASSWORD, NATS_TOKEN or NATS_CREDS_FILE';
  if (code === ErrorCode.PermissionsViolation) {
    const { permission = 'see err' } = withReason(error) as { permission?: string };
    return `the broker denies this user a permission that the program needs (${permission}): see "Who may publish what" in docs/OPERATING.md`;
  }
  return otherwise;
}

/** Why a stream can't be used, in one word for metrics and probes. */
export type Reason = 'no leader' | 'no room' | 'denied' | 'foreign' | 'missing' | 'no answer' | 'refused';

const NO_LEADER = new Set([10_008, 10_009, 10_118, 10_119, 10_194, 10_195]);
const NO_ROOM = new Set([10_002, 10_005, 10_023, 10_028, 10_047, 10_077, 10_122]);
const NOT_FOUND = new Set([10_059, 10_014]);

export function reasonOf(error: unknown): Reason {
  if (error instanceof TopologyError) return 'foreign';
  const errCode = errCodeOf(error);
  if (errCode !== undefined) {
    if (NO_LEADER.has(errCode)) return 'no leader';
    if (NO_ROOM.has(errCode)) return 'no room';
    if (NOT_FOUND.has(errCode)) return 'missing';
    return errCode === 10_065 ? 'foreign' : 'refused';
  }
  const { code } = (error ?? {}) as { code?: unknown };
  return code === ErrorCode.PermissionsViolation ? 'denied' : 'no answer';
}

/** JetStream's error codes for a missing stream or consumer. */
export const isNotFound = (error: unknown): boolean => NOT_FOUND.has(errCodeOf(error) ?? 0);

/** For the look at something that may be missing. @throws any other error */
export function unlessNotFound(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
  return undefined;
}

/** There is no room for a stream of this size; there may be for a smaller one. */
export const isTooLarge = (error: unknown): boolean => NO_ROOM.has(errCodeOf(error) ?? 0);

/** The server can't keep so many replicas now: it is no cluster, or too few of its nodes are there. */
export const hasTooFewNodes = (error: unknown): boolean =>
  [10_005, 10_010, 10_074, 10_120].includes(errCodeOf(error) ?? 0);

export const isAboveAckLimit = (error: unknown): boolean => errCodeOf(error) === 10_121;
/** Another process has made the stream with other settings at the same time. */
export const isMadeOtherwise = (error: unknown): boolean => errCodeOf(error) === 10_058;
