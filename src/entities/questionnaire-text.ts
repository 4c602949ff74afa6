import { defineEntity, p } from '@mikro-orm/core';
import type { Overlay } from './overlay-shape.ts';

/**
 * The texts of a questionnaire version in a further language. A row never changes: a corrected translation is a row with another
 * hash, and the one that was published last counts.
 */
export const QuestionnaireTextSchema = defineEntity({
  name: 'QuestionnaireText',
  tableName: 'questionnaire_text',
  properties: {
    /** `slug@version` */
    questionnaireId: p.string().columnType('text').primary(),
    language: p.string().columnType('text').primary(),
    /** SHA-256 of the canonical JSON of the content. */
    hash: p.string().columnType('text').primary(),
    content: p.json<Overlay>().columnType('json'),
    publishedAt: p.datetime(3).defaultRaw('now()'),
  },
});
export class QuestionnaireText extends QuestionnaireTextSchema.class {}
QuestionnaireTextSchema.setClass(QuestionnaireText);
