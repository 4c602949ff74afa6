import {
  IdempotencyConflictError,
  InvalidAnswersError,
  NotCancellableError,
  NotFoundError,
  NotRetryableError,
  TooManyAssessmentsError,
  UnknownQuestionnaireError,
  type AnswerIssue,
} from '../../errors.ts';
import { builder } from '../builder.ts';

export const UserErrorInterface = builder.interfaceRef<{ message: string }>('UserError').implement({
  description: 'Something that the caller can mend. Select `... on UserError { message }` to be ready for new ones.',
  fields: (t) => ({ message: t.exposeString('message') }),
});

const AnswerIssueType = builder.objectRef<AnswerIssue>('AnswerIssue').implement({
  description: 'One wrong answer.',
  fields: (t) => ({
    path: t.exposeString('path', { description: 'JSON pointer into the answers, such as `/sleep_quality`.' }),
    rule: t.exposeString('rule', { description: 'The violated keyword of the JSON Schema, such as `required`.' }),
    message: t.exposeString('message'),
  }),
});

builder.objectType(InvalidAnswersError, {
  name: 'InvalidAnswersError',
  description: 'Answers do not fit the questionnaire. All problems at once, at most 100.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    issues: t.field({ type: [AnswerIssueType], resolve: ({ issues }) => [...issues] }),
  }),
});

builder.objectType(UnknownQuestionnaireError, {
  name: 'UnknownQuestionnaireError',
  interfaces: [UserErrorInterface],
});

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The key was used before with other answers.',
  interfaces: [UserErrorInterface],
});

builder.objectType(TooManyAssessmentsError, {
  name: 'TooManyAssessmentsError',
  description: 'The session has submitted too much, or the queue is full.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({ retryAfterSeconds: t.exposeInt('retryAfterSeconds') }),
});

builder.objectType(NotFoundError, {
  name: 'NotFoundError',
  description: 'No such assessment in this session.',
  interfaces: [UserErrorInterface],
});

builder.objectType(NotCancellableError, {
  name: 'NotCancellableError',
  description: 'It has completed or failed already.',
  interfaces: [UserErrorInterface],
});

builder.objectType(NotRetryableError, {
  name: 'NotRetryableError',
  description: 'It has not ended, or with a result.',
  interfaces: [UserErrorInterface],
});
