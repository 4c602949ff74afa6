import { defineEntity, p } from '@mikro-orm/core';

/** The media types of images. No SVG, which can have scripts. */
export const imageTypes = ['image/png', 'image/jpeg', 'image/webp'] as const;
export type ImageType = (typeof imageTypes)[number];

/** An image of a question, by the SHA-256 (hex) of its bytes, so that it never changes. */
export const QuestionnaireImageSchema = defineEntity({
  name: 'QuestionnaireImage',
  tableName: 'questionnaire_image',
  properties: {
    sha256: p.string().columnType('text').primary(),
    type: p.string().columnType('text').$type<ImageType>(),
    bytes: p.blob(),
  },
});
export class QuestionnaireImage extends QuestionnaireImageSchema.class {}
QuestionnaireImageSchema.setClass(QuestionnaireImage);
