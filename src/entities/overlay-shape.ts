import { z } from 'zod';
import { longText, mediumText, questionText, shortText } from './question.ts';
import { adviceShape, languageTag, unitText } from './questionnaire-shape.ts';

export type Overlay = z.infer<typeof overlayShape>;
export type QuestionTexts = z.infer<typeof questionTexts>;
export type PageTexts = z.infer<typeof pageTexts>;
export type AreaTexts = z.infer<typeof areaTexts>;
/** The texts of a questionnaire in the form of an overlay. */
export type QuestionnaireTexts = Omit<Overlay, 'slug' | 'version' | 'language' | 'source' | 'prompt'>;

/** The members are those of the question, but for `options` (by their values) and `alt` (of its image). */
const questionTexts = z.object({
  title: questionText.optional(),
  description: longText.optional(),
  'x-low': shortText.optional(),
  'x-high': shortText.optional(),
  'x-unit': unitText.optional(),
  'x-form': shortText.optional(),
  'x-other': shortText.optional(),
  options: z.record(z.string(), shortText).optional(),
  alt: mediumText.optional(),
});

const pageTexts = z.object({
  title: shortText.optional(),
  description: longText.optional(),
  /** In the order of the page. */
  matrices: z.array(z.object({ title: shortText.optional(), description: longText.optional() })).optional(),
});

const areaTexts = z.object({
  title: shortText.optional(),
  description: mediumText.optional(),
  lowPole: shortText.optional(),
  highPole: shortText.optional(),
  unit: unitText.optional(),
  bands: z.record(z.string(), z.object({ title: shortText.optional(), text: mediumText.optional() })).optional(),
});

/**
 * The texts of a questionnaire in another language, with its references resolved: types and lengths alone.
 * `missingAndOver` of overlay-rules.ts says which texts have to be there.
 */
export const overlayShape = z.object({
  slug: z.string(),
  version: z.int(),
  language: languageTag,
  /** The translator, or the published wording that it is. It is shown after the source of the questionnaire. */
  source: longText.optional(),
  title: shortText.optional(),
  description: longText.optional(),
  summary: shortText.optional(),
  questions: z.record(z.string(), questionTexts).optional(),
  pages: z.array(pageTexts).optional(),
  areas: z.record(z.string(), areaTexts).optional(),
  flags: z.record(z.string(), shortText).optional(),
  advice: z.record(z.string(), z.object({ low: adviceShape, mid: adviceShape, high: adviceShape })).optional(),
  prompt: z.strictObject({ system: longText.optional(), task: longText.optional() }).optional(),
});
