import { z } from 'zod';
import { longText, mediumText, questionShape, shortText } from './question.ts';

export type QuestionnaireContent = z.infer<typeof contentShape>;
export type Area = z.infer<typeof areaShape>;
export type Advice = z.infer<typeof adviceShape>;

// Ids are JSON keys, parts of JSON pointers and values in SQL: plain ones need no escaping.
// Every object has a `constructor`: an unanswered question of this name would look answered.
const id = z
  .string()
  .regex(/^(?!constructor$)[a-z][a-z0-9_]{0,63}$/, 'use lower-case letters, digits and _, at most 64, a letter first');

const areaShape = z.strictObject({
  id,
  title: shortText,
  parent: id.optional(),
  /** The end of the scale with the greater need for advice. @defaultValue low */
  attention: z.enum(['low', 'high']).optional(),
  /** An area has either items or child areas. */
  items: z.array(id).min(1).optional(),
  /** Items of the area in which a high answer means a low value. */
  reverse: z.array(id).min(1).optional(),
});

const adviceShape = z.strictObject({ title: shortText, rationale: mediumText, action: mediumText });

/** A questionnaire file with its references resolved. Rules between its parts are in questionnaire-rules.ts. */
export const contentShape = z.strictObject({
  slug: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use lower-case letters and digits with single hyphens')
    .max(64),
  version: z.int().min(1).max(9_999),
  title: shortText,
  language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'use a language tag such as "en" or "pt-BR"'),
  minutes: z.int().min(1).max(600),
  description: longText,
  /** JSON Schema of the answers. */
  schema: z.strictObject({
    $schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
    type: z.literal('object'),
    additionalProperties: z.literal(false),
    required: z.array(id),
    properties: z.record(id, questionShape),
  }),
  /** The pages of the form, with the order of the questions: a jsonb column loses the order of `properties`. */
  pages: z.array(z.strictObject({ title: shortText, items: z.array(id).min(1) })).min(1),
  scoring: z.strictObject({
    /** A value below `low` is LOW, a value of `high` or more is HIGH. */
    levels: z.strictObject({ low: z.number().gt(0).lt(100), high: z.number().gt(0).lt(100) }),
    areas: z.array(areaShape).min(1).max(200),
  }),
  prompt: z.strictObject({
    // Part of the header Idempotency-Key in calls of the model.
    version: z.string().regex(/^[A-Za-z0-9._-]{1,20}$/, 'use at most 20 letters, digits, dots, hyphens and _'),
    system: longText,
    task: longText,
  }),
  /** Texts of the demo model, by area id. */
  advice: z.record(id, z.strictObject({ low: adviceShape, mid: adviceShape, high: adviceShape })),
});
