import { defineEntity, p } from '@mikro-orm/core';

/**
 * How much of a limit one key has left in the whole fleet. The table is UNLOGGED and short-lived: a crash of the server
 * empties it. Then every key begins with a full bucket, and a budget with the least that a process knows to be left.
 */
export const RateBucketSchema = defineEntity({
  name: 'RateBucket',
  tableName: 'rate_bucket',
  properties: {
    /** `<limit>:<key>`; of a budget `<budget>:<day>`, with a key if each key has its own. Of a network only a keyed hash. */
    bucket: p.string().columnType('text').primary(),
    level: p.double(),
    /** The units that the last exchange has taken. */
    spent: p.double().default(0),
    burst: p.double(),
    /** 0 for a budget, which is not refilled. */
    perSecond: p.double(),
    updatedAt: p.datetime(3).defaultRaw('now()'),
    keptUntil: p.datetime(3).defaultRaw(`(now() + '01:00:00'::interval)`),
  },
  indexes: [
    // Used by processes of the version before, which do not know `kept_until`.
    { name: 'rate_bucket_updated', properties: ['updatedAt'] },
    { name: 'rate_bucket_kept', properties: ['keptUntil'] },
  ],
});
export class RateBucket extends RateBucketSchema.class {}
RateBucketSchema.setClass(RateBucket);

/** The units that this process has taken from one bucket since the last exchange. */
export type Spending = {
  bucket: string;
  /** 0 to learn the level alone. */
  spent: number;
  /** The most that the bucket can hold before this is taken: its burst, or what this process knows to be left of a budget. */
  known: number;
  burst: number;
  /** 0 for a budget. */
  perSecond: number;
};
/** How much is in a bucket of the fleet; negative if several processes took more than there was. */
export type Level = { bucket: string; level: number };
