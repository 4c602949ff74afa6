import { defineEntity, p } from '@mikro-orm/core';
import type { FailureCode } from '../errors.ts';
import { assessmentStatuses } from './assessment-state.ts';

/** An invalid reply of the model, kept for its repair (column `rejected_answer`). The text has only storable characters. */
export type RejectedAnswer = {
  text: string;
  problems: string[];
  cutOff: boolean;
  promptTokens: number | null;
  completionTokens: number | null;
};

/**
 * One submission of answers to one questionnaire version. Times come from the database's clock. Rows change only by single
 * guarded statements (src/adapters/database/working.ts), never by a flush of MikroORM.
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
    /** The language of the texts that the person saw; null: the questionnaire's own. */
    language: p.string().columnType('text').nullable(),
    /** `json` and not `jsonb`: written once and read as a whole (docs/decisions/0021). SQL can't query its keys by an index. */
    answers: p.json<Record<string, unknown>>().columnType('json'),
    /** SHA-256 of questionnaire and answers; another hash under the same key is a conflict. Empty without a key. */
    answersHash: p.string().columnType('text'),
    idempotencyKey: p.string().columnType('text'),
    /** The submission asked for drafts, so the model is called with streaming. */
    watch: p.boolean(),
    status: p.enum(assessmentStatuses).default('submitted'),
    /** Rises with each change of the status and never otherwise. */
    version: p.integer().default(1),
    round: p.integer().default(1),
    /** Claims of this round whose call the provider may have charged for. */
    attempts: p.integer().default(0),
    /** The model's invalid first reply of this round. It was paid for, so later attempts ask only for its repair. */
    rejectedAnswer: p.json<RejectedAnswer>().nullable(),
    claimToken: p.uuid().nullable(),
    leaseUntil: p.datetime(3).nullable(),
    notBefore: p.datetime(3).nullable(),
    dispatchNo: p.integer().default(1),
    /** `infinity` while it is deferred. */
    dispatchedAt: p.datetime(3).defaultRaw('now()'),
    /** A keyed hash of the network that the submission came from; null once it has ended. */
    network: p.string().columnType('text').nullable(),
    /**
     * Set while it is deferred: it has no work message, since the stream has the network's share already. Within the
     * network the lowest turn is dispatched first.
     */
    turn: p.integer().nullable(),
    failureCode: p.string().columnType('text').$type<FailureCode>().nullable(),
    submittedAt: p.datetime(3).defaultRaw('now()'),
    startedAt: p.datetime(3).nullable(),
    endedAt: p.datetime(3).nullable(),
    /** The transaction that ended it. Ends become visible in this order, not in the order of a clock (docs/PROTOCOL.md). */
    endedXid: p.string().columnType('xid8').nullable(),
  },
  uniques: [{ name: 'test_assessment_session_key', properties: ['sessionId', 'idempotencyKey'] }],
  indexes: [
    { name: 'test_assessment_session', properties: ['sessionId', 'id'] },
    // The predicate has `ended_at` and not `status`, so that a claim or a renewal stays a heap-only update.
    {
      name: 'test_assessment_open',
      expression:
        'create index "test_assessment_open" on "test_assessment" ("dispatched_at", "id") where "ended_at" is null',
    },
    {
      name: 'test_assessment_network',
      expression:
        'create index "test_assessment_network" on "test_assessment" ("network", "session_id") where "ended_at" is null and "turn" is null',
    },
    // Only what is deferred is in these two, so that they are empty most of the time.
    {
      name: 'test_assessment_turn',
      expression:
        'create index "test_assessment_turn" on "test_assessment" ("network", "turn", "id") where "turn" is not null',
    },
    {
      name: 'test_assessment_session_turn',
      expression:
        'create index "test_assessment_session_turn" on "test_assessment" ("session_id", "turn") where "turn" is not null',
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
