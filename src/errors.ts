import { OwnError } from './own-error.ts';

/** `extensions.code` of GraphQL errors and `error.code` of REST responses. Clients switch on it; texts may change. */
export const errorCodes = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'INTERNAL_SERVER_ERROR',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'RATE_LIMITED',
  'PAYLOAD_TOO_LARGE',
  'OPERATION_TOO_COMPLEX',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'SERVICE_UNAVAILABLE',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The request can't be served. The message is shown to the caller word for word, so it names no internals. */
export class RequestError extends OwnError {
  override readonly name: string = 'RequestError';
  readonly code: ErrorCode;
  /** Whole seconds after which a repeat makes sense; undefined where none does. */
  readonly retryAfterSeconds: number | undefined;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions & { retryAfterSeconds?: number }) {
    super(message, options);
    this.code = code;
    this.retryAfterSeconds = options?.retryAfterSeconds;
  }
}

export type OutsideSystem = 'database' | 'broker' | 'model';

/** An outside system can't be used right now. With the outcome `unknown` the work may or may not have been done. */
export class UnavailableError extends RequestError {
  override readonly name = 'UnavailableError';
  readonly system: OutsideSystem;
  readonly outcome: 'not-done' | 'unknown';

  constructor(system: OutsideSystem, outcome: 'not-done' | 'unknown', options?: ErrorOptions) {
    const remedy =
      outcome === 'unknown'
        ? 'It is unknown whether your request was carried out: repeat it with the same idempotency key.'
        : 'Nothing was stored. Try again shortly.';
    super('SERVICE_UNAVAILABLE', `A part of the service is not available right now. ${remedy}`, {
      ...options,
      retryAfterSeconds: 2,
    });
    this.system = system;
    this.outcome = outcome;
  }
}

/** `code` of the errors in a payload of GraphQL. Clients switch on it; texts may change. */
export const userErrorCodes = [
  'INVALID_ANSWERS',
  'UNKNOWN_QUESTIONNAIRE',
  'QUESTIONNAIRE_WITHDRAWN',
  'IDEMPOTENCY_CONFLICT',
  'RATE_LIMITED',
  'NOT_FOUND',
  'NOT_CANCELLABLE',
  'NOT_RETRYABLE',
  'INVALID_CURSOR',
] as const;
export type UserErrorCode = (typeof userErrorCodes)[number];

/** An error that the caller can mend: in `errors` of a payload of GraphQL, where `name` is its type; a 4xx over REST. */
export abstract class UserError extends OwnError {
  abstract readonly code: UserErrorCode;
}

/** One wrong answer. `path` is a JSON pointer into the answers, `rule` the violated keyword of the schema. */
export type AnswerIssue = { path: string; rule: string; message: string };

export class InvalidAnswersError extends UserError {
  override readonly name = 'InvalidAnswersError';
  readonly code = 'INVALID_ANSWERS';
  readonly issues: readonly AnswerIssue[];

  constructor(issues: readonly AnswerIssue[]) {
    const count = issues.length === 1 ? 'One answer does' : `${issues.length} answers do`;
    super(`${count} not fit the questionnaire. See "issues" for each of them.`);
    this.issues = issues;
  }
}

export class UnknownQuestionnaireError extends UserError {
  override readonly name = 'UnknownQuestionnaireError';
  readonly code = 'UNKNOWN_QUESTIONNAIRE';

  constructor() {
    super('There is no such questionnaire, or not in this version. The query "questionnaires" lists what there is.');
  }
}

export class QuestionnaireWithdrawnError extends UserError {
  override readonly name = 'QuestionnaireWithdrawnError';
  readonly code = 'QUESTIONNAIRE_WITHDRAWN';

  constructor() {
    super(
      'This version of the questionnaire was withdrawn and takes no answers any more. The query "questionnaires" lists ' +
        'what there is: fill in the newest version.',
    );
  }
}

export class IdempotencyConflictError extends UserError {
  override readonly name = 'IdempotencyConflictError';
  readonly code = 'IDEMPOTENCY_CONFLICT';

  constructor() {
    super('This idempotency key was used before with other answers. Use a new key for a new assessment.');
  }
}

const TOO_MANY = {
  session: 'Too many assessments were submitted in this session.',
  address: 'Too many assessments were submitted from this address.',
  'open-session': 'This session has as many unfinished assessments as it may have. Wait for one to end, or cancel one.',
  'open-network': 'This address has as many unfinished assessments as it may have. Wait for one to end.',
  queue: 'The service has as many assessments waiting as it can take.',
};

/** When one of the open assessments may have ended. */
export const OPEN_RETRY_SECONDS = 30;

export class TooManyAssessmentsError extends UserError {
  override readonly name = 'TooManyAssessmentsError';
  readonly code = 'RATE_LIMITED';
  readonly retryAfterSeconds: number;

  constructor(reason: keyof typeof TOO_MANY, retryAfterSeconds: number) {
    super(`${TOO_MANY[reason]} Try again in ${retryAfterSeconds} s.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export class NotFoundError extends UserError {
  override readonly name = 'NotFoundError';
  readonly code = 'NOT_FOUND';

  constructor() {
    super('There is no such assessment in this session.');
  }
}

export class NotRetryableError extends UserError {
  override readonly name = 'NotRetryableError';
  readonly code = 'NOT_RETRYABLE';

  constructor() {
    super('Only an assessment that has failed or was cancelled can be tried again. Read it to see its status.');
  }
}

export class NotCancellableError extends UserError {
  override readonly name = 'NotCancellableError';
  readonly code = 'NOT_CANCELLABLE';

  constructor() {
    super(
      'The assessment ended before it could be cancelled. Read it: it has its result, or the reason of its failure.',
    );
  }
}

export class InvalidCursorError extends UserError {
  override readonly name = 'InvalidCursorError';
  readonly code = 'INVALID_CURSOR';

  constructor() {
    super(
      'The cursor is unknown, too many assessments have ended since it was given, or one was deleted. Read "session { cursor assessments }" and subscribe with that cursor.',
    );
  }
}

/** Thrown by a step of the work: the claim is released and the assessment is due again after `delayMs`. */
export class RetryLater extends OwnError {
  override readonly name = 'RetryLater';
  /** The shortest delay in milliseconds; undefined: exponential back-off by the number of attempts. */
  readonly delayMs: number | undefined;
  /** False only where no request was sent, or the provider refused it without a charge (429). */
  readonly countsAttempt: boolean;

  constructor(message: string, options?: ErrorOptions & { delayMs?: number; countsAttempt?: boolean }) {
    super(message, options);
    this.delayMs = options?.delayMs;
    this.countsAttempt = options?.countsAttempt ?? true;
  }
}

export const failureCodes = ['AI_INVALID_OUTPUT', 'AI_REFUSED', 'AI_REJECTED', 'ATTEMPTS_EXHAUSTED'] as const;
export type FailureCode = (typeof failureCodes)[number];

/** Thrown by a step of the work: the assessment fails for good. The message is for operators: no personal data. */
export class Permanent extends OwnError {
  override readonly name = 'Permanent';
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
