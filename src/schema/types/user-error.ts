import {
  IdempotencyConflictError,
  InvalidAnswersError,
  NotCancellableError,
  NotFoundError,
  NotRetryableError,
  QuestionnaireWithdrawnError,
  TooManyAssessmentsError,
  UnknownQuestionnaireError,
  type AnswerIssue,
} from '../../errors.ts';
import { builder } from '../builder.ts';

export const UserErrorInterface = builder.interfaceRef<{ message: string }>('UserError').implement({
  description:
    'An error that the caller can correct. Select `... on UserError { message }` to handle future types as well.',
  fields: (t) => ({ message: t.exposeString('message') }),
});

const AnswerIssueType = builder.objectRef<AnswerIssue>('AnswerIssue').implement({
  description: 'An invalid answer.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'JSON pointer into the answers, such as `/sleep_quality`.' }),
    rule: t.exposeString('rule', { description: 'The violated keyword of the JSON Schema, such as `required`.' }),
    message: t.exposeString('message'),
  }),
});

builder.objectType(InvalidAnswersError, {
  name: 'InvalidAnswersError',
  description: 'The answers are not valid by the schema of the questionnaire. Lists all issues, at most 100.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    issues: t.field({ type: [AnswerIssueType], resolve: ({ issues }) => [...issues] }),
  }),
});

builder.objectType(UnknownQuestionnaireError, {
  name: 'UnknownQuestionnaireError',
  interfaces: [UserErrorInterface],
});

builder.objectType(QuestionnaireWithdrawnError, {
  name: 'QuestionnaireWithdrawnError',
  description: 'The version of the questionnaire was withdrawn and takes no answers any more.',
  interfaces: [UserErrorInterface],
});

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key was used before with other input.',
  interfaces: [UserErrorInterface],
});

builder.objectType(TooManyAssessmentsError, {
  name: 'TooManyAssessmentsError',
  description:
    'The session has submitted too many assessments, or the queue is full. Try again after `retryAfterSeconds`.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ retryAfterSeconds: t.exposeInt('retryAfterSeconds') }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'The session has no such assessment.',
  interfaces: [UserErrorInterface],
});

builder.objectType(NotCancellableError, {
  name: 'NotCancellableError',
  description: 'The assessment is COMPLETED or FAILED already.',
  interfaces: [UserErrorInterface],
});

builder.objectType(NotRetryableError, {
  name: 'NotRetryableError',
  description: 'The assessment is neither FAILED nor CANCELLED.',
  interfaces: [UserErrorInterface],
});
