import { defineEntity, p } from '@mikro-orm/core';
import type { FailureCode } from '../errors.ts';
import { assessmentStatuses } from './assessment-state.ts';

/** An answer of the model that did not fit, as far as its repair needs it. Text without characters that can't be stored. */
export type RejectedAnswer = {
  text: string;
  problems: string[];
  cutOff: boolean;
  promptTokens: number | null;
  completionTokens: number | null;
};

/**
 * One submission of answers to one questionnaire version. Times are the database's clock. Rows change by single
 * guarded statements only (src/adapters/database/working.ts), so nothing here is ever flushed by a unit of work.
 *
 * No foreign key to session or questionnaire: each insert would lock that one hot row (docs/decisions/0003).
 */
export const AssessmentSchema = defineEntity({
  name: 'Assessment',
  tableName: 'test_assessment',
  properties: {
    id: p.uuid().primary(),
    sessionId: p.uuid(),
    questionnaireId: p.string().columnType('text'),
    /** `json` and not `jsonb`, as all that is written once and read as a whole (docs/decisions/0021). */
    answers: p.json<Record<string, unknown>>().columnType('json'),
    /** SHA-256 of questionnaire id and answers in canonical form: the same key with other answers is a conflict. Empty: no key. */
    answersHash: p.string().columnType('text'),
    idempotencyKey: p.string().columnType('text'),
    /** The submitter will follow the progress, so the model is asked to stream. */
    watch: p.boolean(),
    status: p.enum(assessmentStatuses).default('submitted'),
    /** Rises with the status and with nothing else. */
    version: p.integer().default(1),
    round: p.integer().default(1),
    /** Claims of this round whose request the model may have charged for. */
    attempts: p.integer().default(0),
    /** The model's first answer of this round, which did not fit: paid for, so that only its repair is asked for. */
    rejectedAnswer: p.json<RejectedAnswer>().nullable(),
    claimToken: p.uuid().nullable(),
    leaseUntil: p.datetime(3).nullable(),
    notBefore: p.datetime(3).nullable(),
    dispatchNo: p.integer().default(1),
    dispatchedAt: p.datetime(3).defaultRaw('now()'),
    failureCode: p.string().columnType('text').$type<FailureCode>().nullable(),
    submittedAt: p.datetime(3).defaultRaw('now()'),
    startedAt: p.datetime(3).nullable(),
    endedAt: p.datetime(3).nullable(),
    /** Transaction that ended it: the order in which ends become visible, unlike any clock (docs/PROTOCOL.md). */
    endedXid: p.string().columnType('xid8').nullable(),
  },
  uniques: [{ name: 'test_assessment_session_key', properties: ['sessionId', 'idempotencyKey'] }],
  indexes: [
    { name: 'test_assessment_session', properties: ['sessionId', 'id'] },
    // `ended_at` and not `status` in the predicate: a claim or a renewal then stays a heap-only update.
    {
      name: 'test_assessment_open',
      expression:
        'create index "test_assessment_open" on "test_assessment" ("dispatched_at", "id") where "ended_at" is null',
    },
    {
      name: 'test_assessment_ended',
      expression:
        'create index "test_assessment_ended" on "test_assessment" ("ended_xid") where "ended_xid" is not null',
    },
  ],
});
export class Assessment extends AssessmentSchema.class {}
AssessmentSchema.setClass(Assessment);
