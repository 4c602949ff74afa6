import { defineEntity, p } from '@mikro-orm/core';

/** One visitor, known by a secret token of which only the SHA-256 is stored. `id` is public and never the token. */
export const SessionSchema = defineEntity({
  name: 'Session',
  tableName: 'session',
  properties: {
    id: p.uuid().primary(),
    tokenHash: p.string().columnType('text').unique(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    expiresAt: p.datetime(3),
    endedAt: p.datetime(3).nullable(),
  },
});
export class Session extends SessionSchema.class {}
SessionSchema.setClass(Session);

export type StoredSession = { id: string; createdAt: Date; expiresAt: Date };
