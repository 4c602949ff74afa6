import { defineEntity, p } from '@mikro-orm/core';
import { Assessment } from './assessment.ts';
import type { EndedStatus } from './assessment-state.ts';

/** The stream that still lacks a message about an end. */
export type UntoldStream = 'events' | 'dead';

/**
 * An end that a stream for other services has not confirmed. Written only then, so the table is empty most of the time. The
 * assessment may have been retried since: the end happened all the same.
 */
export const UntoldEndSchema = defineEntity({
  name: 'UntoldEnd',
  tableName: 'untold_end',
  primaryKeys: ['assessment', 'version', 'stream'],
  properties: {
    assessment: () => p.manyToOne(Assessment).primary().deleteRule('cascade'),
    version: p.integer().primary(),
    stream: p.string().columnType('text').$type<UntoldStream>().primary(),
    sessionId: p.uuid(),
    status: p.string().columnType('text').$type<EndedStatus>(),
    round: p.integer(),
    /** Since when it waits: the oldest are told first. */
    since: p.datetime(3).defaultRaw('now()'),
  },
  indexes: [{ name: 'untold_end_since', properties: ['stream', 'since'] }],
});
export class UntoldEnd extends UntoldEndSchema.class {}
UntoldEndSchema.setClass(UntoldEnd);
