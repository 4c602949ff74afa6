import { defineEntity, p } from '@mikro-orm/core';
import type { QuestionnaireContent } from './questionnaire-content.ts';

/** One registered version of a questionnaire. It never changes, so that an assessment keeps its questions. */
const QuestionnaireSchema = defineEntity({
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
  },
});
export class Questionnaire extends QuestionnaireSchema.class {}
QuestionnaireSchema.setClass(Questionnaire);
