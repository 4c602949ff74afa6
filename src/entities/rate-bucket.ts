import { defineEntity, p } from '@mikro-orm/core';

/**
 * How much of a limit one key has left in the whole fleet. The table is UNLOGGED and short-lived: a crash of the server
 * empties it, and then every key begins with a full bucket.
 */
export const RateBucketSchema = defineEntity({
  name: 'RateBucket',
  tableName: 'rate_bucket',
  properties: {
    /** `<limit>:<key>`; of a network only a keyed hash. */
    bucket: p.string().columnType('text').primary(),
    level: p.double(),
    burst: p.double(),
    perSecond: p.double(),
    updatedAt: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [{ name: 'rate_bucket_updated', properties: ['updatedAt'] }],
});
export class RateBucket extends RateBucketSchema.class {}
RateBucketSchema.setClass(RateBucket);

/** What this process has taken from one bucket since the last exchange. */
export type Spending = { bucket: string; spent: number; burst: number; perSecond: number };
/** How much is in a bucket of the fleet; negative if several processes took more than there was. */
export type Level = { bucket: string; level: number };
