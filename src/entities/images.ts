import type { Image } from './question.ts';
import type { QuestionnaireContent } from './questionnaire-shape.ts';

/** The images of questions, by the ids of these. */
export const imagesOf = ({ schema }: QuestionnaireContent): { id: string; image: Image }[] =>
  Object.entries(schema.properties).flatMap(([id, { 'x-image': image }]) => (image ? [{ id, image }] : []));

/** The names of their files, each once. */
export const imageFilesOf = (content: QuestionnaireContent): string[] => [
  ...new Set(imagesOf(content).map(({ image }) => image.file)),
];
