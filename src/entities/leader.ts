import { defineEntity, p } from '@mikro-orm/core';

/** One row for each task that a single process of the fleet carries out; whoever renews it in time keeps it. */
export const LeaderSchema = defineEntity({
  name: 'Leader',
  tableName: 'leader',
  properties: {
    task: p.string().columnType('text').primary(),
    holder: p.uuid(),
    until: p.datetime(3),
  },
});
export class Leader extends LeaderSchema.class {}
LeaderSchema.setClass(Leader);
