import { defineEntity, p } from '@mikro-orm/core';

/** One row for each task that one process of the fleet runs. The holder stays the leader as long as it renews the row. */
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
