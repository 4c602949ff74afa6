import { defineEntity, p } from '@mikro-orm/core';
import type { RefusalFacts, RefusalReason } from './provider-failure.ts';

/** The result of a look at the model's provider: a made-up request, which is asked in the same way as those of people. */
export type Look =
  /** `fits`: the reply can be used. `dialect`: how the provider wants to be asked. */
  | { kind: 'answered'; fits: boolean; dialect: Record<string, unknown> }
  | { kind: 'refused'; reason: RefusalReason | 'rate-limit'; facts: RefusalFacts | null }
  | { kind: 'failed' };

/**
 * One set-up of the model (its address, key, name, settings and prompts) with the result of the last look at it. One worker
 * looks, all others read its result.
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
