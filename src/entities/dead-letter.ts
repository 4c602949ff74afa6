import { defineEntity, p } from '@mikro-orm/core';
import type { FailureCode } from '../errors.ts';
import { Assessment } from './assessment.ts';

/** The record of a round that failed for good, kept for a person to look at and replay. No personal data. */
export const DeadLetterSchema = defineEntity({
  name: 'DeadLetter',
  tableName: 'dead_letter',
  primaryKeys: ['assessment', 'round'],
  properties: {
    assessment: () => p.manyToOne(Assessment).primary().deleteRule('cascade'),
    round: p.integer().primary(),
    code: p.string().columnType('text').$type<FailureCode>(),
    attempts: p.integer(),
    lastError: p.string().columnType('text'),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  // Listed newest first, and replayed oldest first.
  indexes: [{ name: 'dead_letter_created', properties: ['createdAt', 'assessment', 'round'] }],
});
export class DeadLetter extends DeadLetterSchema.class {}
DeadLetterSchema.setClass(DeadLetter);

export type StoredDeadLetter = {
  assessmentId: string;
  sessionId: string;
  round: number;
  code: FailureCode;
  attempts: number;
  lastError: string;
  createdAt: Date;
  /** The assessment is still in the state that this letter tells of. */
  replayable: boolean;
};
