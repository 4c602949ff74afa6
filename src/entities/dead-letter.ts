import { defineEntity, p } from '@mikro-orm/core';
import type { FailureCode } from '../errors.ts';
import { Assessment } from './assessment.ts';

/** The record of a failed round, for operators to read and replay. It has no personal data. */
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
  // For lists, newest first, and replays, oldest first.
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
  /** The assessment is still failed, in the round of this letter. */
  replayable: boolean;
};
