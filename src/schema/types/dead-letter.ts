import type { StoredDeadLetter } from '../../entities/dead-letter.ts';
import { builder } from '../builder.ts';
import { FailureCodeType } from './assessment.ts';

export const DeadLetterType = builder.objectRef<StoredDeadLetter>('DeadLetter').implement({
  description: 'The record of a round that failed for good. For operators; without personal data.',
  fields: (t) => ({
    assessmentId: t.exposeID('assessmentId'),
    sessionId: t.exposeID('sessionId'),
    round: t.exposeInt('round'),
    code: t.field({ type: FailureCodeType, resolve: ({ code }) => code }),
    attempts: t.exposeInt('attempts'),
    lastError: t.exposeString('lastError'),
    createdAt: t.field({ type: 'DateTime', resolve: ({ createdAt }) => createdAt }),
    replayable: t.exposeBoolean('replayable', {
      description: 'Whether the assessment is still FAILED in this round, so that `replayDeadLetters` may retry it.',
    }),
  }),
});

export const DeadLetterConnection = builder.connectionObject(
  { type: DeadLetterType, name: 'DeadLetterConnection' },
  { name: 'DeadLetterEdge' },
);
