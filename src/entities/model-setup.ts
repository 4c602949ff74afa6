import { defineEntity, p } from '@mikro-orm/core';
import type { RefusalFacts, RefusalReason } from './provider-failure.ts';

/** What a look at the model's provider has shown: a request that is made up, asked as people's are. */
export type Look =
  /** `fits`: the reply can be used. `dialect`: how the provider wants to be asked. */
  | { kind: 'answered'; fits: boolean; dialect: Record<string, unknown> }
  | { kind: 'refused'; reason: RefusalReason | 'rate-limit'; facts: RefusalFacts | null }
  | { kind: 'failed' };

/**
 * What the fleet knows of one set-up of the model: its address, key, name, settings and prompts. One worker looks, all
 * others read what it has seen.
 */
export const ModelSetupSchema = defineEntity({
  name: 'ModelSetup',
  tableName: 'model_setup',
  properties: {
    /** Keyed hash of the set-up. */
    hash: p.string().columnType('text').primary(),
    /** A worker looks until then at most. */
    lookingUntil: p.datetime(3).nullable(),
    lookedAt: p.datetime(3).nullable(),
    look: p.json<Look>().nullable(),
    /** When a person's reply fitted first. */
    fittedAt: p.datetime(3).nullable(),
  },
});
export class ModelSetup extends ModelSetupSchema.class {}
ModelSetupSchema.setClass(ModelSetup);
