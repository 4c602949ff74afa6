import {
  IdempotencyConflictError,
  InvalidAnswersError,
  InvalidCursorError,
  NotCancellableError,
  NotFoundError,
  NotRetryableError,
  QuestionnaireWithdrawnError,
  TooManyAssessmentsError,
  UnknownQuestionnaireError,
  type AnswerIssue,
  type UserError,
  type UserErrorCode,
} from '../../errors.ts';
import { builder } from '../builder.ts';

const CODES: Record<UserErrorCode, { description: string; path: readonly string[] | null }> = {
  INVALID_ANSWERS: {
    description: 'Answers do not fit the questionnaire: show the `issues` of InvalidAnswersError beside the questions.',
    path: ['input', 'answers'],
  },
  UNKNOWN_QUESTIONNAIRE: {
    description: 'There is no such questionnaire, or not in this version: choose one of `questionnaires`.',
    path: ['input', 'questionnaire'],
  },
  QUESTIONNAIRE_WITHDRAWN: {
    description: 'The version was withdrawn and takes no answers any more: fill in the newest version.',
    path: ['input', 'questionnaire'],
  },
  IDEMPOTENCY_CONFLICT: {
    description: 'The key was used before with other answers: use a new key for a new assessment.',
    path: ['input', 'idempotencyKey'],
  },
  RATE_LIMITED: {
    description: 'Too many at once: try again after `retryAfterSeconds` of TooManyAssessmentsError.',
    path: null,
  },
  NOT_FOUND: { description: 'The session has no such assessment: drop it from the page.', path: ['id'] },
  NOT_CANCELLABLE: {
    description: 'The assessment is COMPLETED or FAILED already: read it again.',
    path: ['id'],
  },
  NOT_RETRYABLE: {
    description: 'The assessment is neither FAILED nor CANCELLED: read it again.',
    path: ['id'],
  },
  INVALID_CURSOR: {
    description: 'The subscription can not be resumed from this cursor: read `Session.cursor` and the list again.',
    path: ['after'],
  },
};

const UserErrorCodeType = builder.enumType('UserErrorCode', {
  description: 'Why something was not done. More may come: show `message` for one that you do not know.',
  values: CODES,
});

/** Not the error itself, because an `Error` in a result counts as an exception of graphql. */
type Shown<Type extends UserError = UserError> = { error: Type };

export const UserErrorInterface = builder.interfaceRef<Shown>('UserError').implement({
  description:
    'An error that the caller can mend. A client that selects `message` and `code` is ready for future types.',
  // The classes have the names of the types.
  resolveType: ({ error }) => error.name,
  fields: (t) => ({
    message: t.string({
      description: 'A sentence in English that says what to do. It may change; compare `code`.',
      resolve: ({ error }) => error.message,
    }),
    code: t.field({
      type: UserErrorCodeType,
      description: 'The code to switch on, such as INVALID_ANSWERS.',
      resolve: ({ error }) => error.code,
    }),
    path: t.stringList({
      nullable: true,
      description:
        'The argument that is at fault, and the input fields that lead to it, such as ["input", "answers"]. Null if it is none of them.',
      resolve: ({ error }) => CODES[error.code].path?.slice(),
    }),
  }),
});

const AnswerIssueType = builder.objectRef<AnswerIssue>('AnswerIssue').implement({
  description: 'An invalid answer.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'JSON pointer into the answers, such as `/sleep_quality`.' }),
    rule: t.exposeString('rule', { description: 'The violated keyword of the JSON Schema, such as `required`.' }),
    message: t.exposeString('message', {
      description:
        'A sentence in English about this answer, without its value, such as "Give a date that is not in the future".',
    }),
  }),
});

/** A type of `errors`, named as its class. */
const userErrorRef = <Type extends UserError>({ name }: new (...args: never[]) => Type) =>
  builder.objectRef<Shown<Type>>(name);

userErrorRef(InvalidAnswersError).implement({
  description: 'The answers are not valid by the schema of the questionnaire.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [AnswerIssueType],
      description: 'All issues, at most 100.',
      resolve: ({ error }) => [...error.issues],
    }),
  }),
});

userErrorRef(TooManyAssessmentsError).implement({
  description: 'The session or its address has submitted too many assessments, or the queue is full.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.int({
      description: 'Whole seconds after which another try makes sense, such as 30.',
      resolve: ({ error }) => error.retryAfterSeconds,
    }),
  }),
});

const WITHOUT_FIELDS = [
  [UnknownQuestionnaireError, 'There is no such questionnaire, or not in this version.'],
  [QuestionnaireWithdrawnError, 'The version of the questionnaire was withdrawn and takes no answers any more.'],
  [IdempotencyConflictError, 'The idempotency key was used before with other input.'],
  [NotFoundError, 'The session has no such assessment.'],
  [NotCancellableError, 'The assessment is COMPLETED or FAILED already.'],
  [NotRetryableError, 'The assessment is neither FAILED nor CANCELLED.'],
  [InvalidCursorError, 'The subscription can not be resumed from this cursor. It completes.'],
] as const;

for (const [type, description] of WITHOUT_FIELDS)
  userErrorRef<UserError>(type).implement({ description, interfaces: [UserErrorInterface] });
