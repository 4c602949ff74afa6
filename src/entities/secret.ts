import { defineEntity, p } from '@mikro-orm/core';

/** A random key that the processes of a fleet share. Made by the first process that needs it. */
export const SecretSchema = defineEntity({
  name: 'Secret',
  tableName: 'secret',
  properties: {
    name: p.string().columnType('text').primary(),
    value: p.string().columnType('text'),
  },
});
export class Secret extends SecretSchema.class {}
SecretSchema.setClass(Secret);
