import type { StoredDeadLetter } from '../../entities/dead-letter.ts';
import { builder } from '../builder.ts';
import { FailureCodeType } from './assessment.ts';

export const DeadLetterType = builder.objectRef<StoredDeadLetter>('DeadLetter').implement({
  description: 'The record of a round that failed for good. For operators; without personal data.',
  fields: (t) => ({
    assessmentId: t.exposeID('assessmentId', { description: 'The assessment, a UUID.' }),
    sessionId: t.exposeID('sessionId', { description: 'The session that owns it, a UUID.' }),
    round: t.exposeInt('round', { description: 'The round that failed, from 1.' }),
    code: t.field({ type: FailureCodeType, description: 'Why it failed.', resolve: ({ code }) => code }),
    attempts: t.exposeInt('attempts', { description: 'Attempts that were counted in this round, such as 5.' }),
    lastError: t.exposeString('lastError', {
      description: 'The last error, for operators, such as "the provider answered 500".',
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it failed.', resolve: ({ createdAt }) => createdAt }),
    replayable: t.exposeBoolean('replayable', {
      description: 'Whether the assessment is still FAILED in this round, so that `replayDeadLetters` may retry it.',
    }),
  }),
});

export const DeadLetterConnection = builder.connectionObject(
  { type: DeadLetterType, name: 'DeadLetterConnection', description: 'A page of dead letters.' },
  { name: 'DeadLetterEdge', description: 'A dead letter and its place in the list.' },
);
