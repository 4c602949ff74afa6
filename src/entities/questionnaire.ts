import { defineEntity, p } from '@mikro-orm/core';
import type { QuestionnaireContent } from './questionnaire-content.ts';

/** One published version of a questionnaire. Its content never changes, so that an assessment keeps the questions that it answers. */
export const QuestionnaireSchema = defineEntity({
  name: 'Questionnaire',
  tableName: 'questionnaire',
  properties: {
    /** `slug@version` */
    id: p.string().columnType('text').primary(),
    slug: p.string().columnType('text'),
    version: p.integer(),
    content: p.json<QuestionnaireContent>(),
    /** SHA-256 of the canonical JSON of the content. */
    contentHash: p.string().columnType('text'),
    publishedAt: p.datetime(3).defaultRaw('now()'),
    /** Since then the version takes no answers. */
    withdrawnAt: p.datetime(3).nullable(),
  },
});
export class Questionnaire extends QuestionnaireSchema.class {}
QuestionnaireSchema.setClass(Questionnaire);
