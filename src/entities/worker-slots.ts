import { defineEntity, p } from '@mikro-orm/core';

/**
 * How many assessments each running worker can work on at once. Workers announce it every few seconds; a row that is not
 * renewed says nothing. The table is UNLOGGED: a crash of the server empties it until the next announcement.
 */
export const WorkerSlotsSchema = defineEntity({
  name: 'WorkerSlots',
  tableName: 'worker_slots',
  properties: {
    workerId: p.uuid().primary(),
    slots: p.integer(),
    until: p.datetime(3),
  },
});
export class WorkerSlots extends WorkerSlotsSchema.class {}
WorkerSlotsSchema.setClass(WorkerSlots);
