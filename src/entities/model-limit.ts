import { defineEntity, p } from '@mikro-orm/core';

/** The provider's limit of calls, as far as the fleet knows it. Times are in milliseconds since 1970, by the database's clock. */
export type CallLimit = {
  /** Null: no limit is known. */
  callsPerMinute: number | null;
  /** The rate may still be far below the limit. */
  isLearning: boolean;
  /** When the next permit is due. */
  nextAt: number;
  /** No call may be begun before, except for one that goes first. */
  restUntil: number;
  /** That one has its permit, or there was no rest. */
  isTried: boolean;
  /** The length of the last rest. */
  restMs: number;
  refusedAt: number;
  loweredAt: number;
  /** The rate that was learned last. */
  loweredTo: number;
  raisedAt: number;
  /** Calls that were begun and not refused for their rate, by period; the newest period comes first. */
  accepted: readonly number[];
  /** The number of the newest period. */
  period: number;
};

/**
 * The limit of one set-up of the model. The table is UNLOGGED: a crash of the server empties it, and the limit is learned
 * again.
 */
export const ModelLimitSchema = defineEntity({
  name: 'ModelLimit',
  tableName: 'model_limit',
  properties: {
    /** Of the set-up, as in `model_setup`. */
    hash: p.string().columnType('text').primary(),
    /** Another one after each change: who has read an older one can not write. */
    version: p.uuid(),
    state: p.json<CallLimit>(),
  },
});
export class ModelLimit extends ModelLimitSchema.class {}
ModelLimitSchema.setClass(ModelLimit);
