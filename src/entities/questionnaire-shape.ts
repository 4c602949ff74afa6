import { z } from 'zod';
import { conditionShape } from './condition-shape.ts';
import { longText, mediumText, questionShape, shortText } from './question.ts';

export type QuestionnaireContent = z.infer<typeof contentShape>;
export type Area = z.infer<typeof areaShape>;
export type Band = z.infer<typeof bandShape>;
export type Matrix = z.infer<typeof matrixShape>;
export type Norms = z.infer<typeof normsShape>;
export type Advice = z.infer<typeof adviceShape>;
export type Level = 'LOW' | 'MEDIUM' | 'HIGH';

// Ids are JSON keys, parts of JSON pointers and values in SQL: plain ones need no escaping.
// Every object has a `constructor`: an unanswered question of this name would look answered.
const id = z
  .string()
  .regex(/^(?!constructor$)[a-z][a-z0-9_]{0,63}$/, 'use lower-case letters, digits and _, at most 64, a letter first');

export const languageTag = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'use a language tag such as "en" or "pt-BR"')
  .max(35);

/** A unit of a value. */
export const unitText = z.string().regex(/\S/, 'is blank: write a text').max(20);

const level = z.enum(['low', 'mid', 'high']);

/** A band of values. Both bounds belong to it. */
const bandShape = z.strictObject({
  id,
  title: shortText,
  /** The meaning of the band, for the person. */
  text: mediumText.optional(),
  from: z.number(),
  to: z.number(),
  /** The level by which advice and charts go. */
  level,
});

/** A table of a norm, from an area's raw value to another unit, such as T. The first table whose condition holds counts. */
const normsShape = z.strictObject({
  unit: unitText,
  /** The publication that the tables come from. */
  source: mediumText,
  tables: z
    .array(
      z.strictObject({
        if: conditionShape.optional(),
        /** Pairs of a raw value and its norm, for each whole raw value. */
        rows: z
          .array(z.tuple([z.number(), z.number()]))
          .min(1)
          .max(1_000),
      }),
    )
    .min(1)
    .max(50),
});

const areaShape = z.strictObject({
  id,
  title: shortText,
  parent: id.optional(),
  /** An explanation of the area, for the person. */
  description: mediumText.optional(),
  /** A word for each end: "reserved", "outgoing". */
  lowPole: shortText.optional(),
  highPole: shortText.optional(),
  /** The meaning of a high value. @defaultValue neutral */
  reading: z.enum(['higher-is-better', 'higher-is-worse', 'neutral']).optional(),
  /** The end of the scale with the greater need for advice. @defaultValue low */
  attention: z.enum(['low', 'high']).optional(),
  /** An area has either items or child areas. */
  items: z.array(id).min(1).max(500).optional(),
  /** Items of the area in which a high answer means a low value. */
  reverse: z.array(id).min(1).max(500).optional(),
  /** The points of an item by its answer ("true" and "false" for yes and no). Without them, the answer itself counts. */
  points: z.record(id, z.record(z.string().max(64), z.number())).optional(),
  /** How much an item counts. @defaultValue 1 */
  weights: z.record(id, z.number()).optional(),
  /**
   * `percent`: the mean position of the answers in their ranges, 0 to 100. `sum`, `mean`: of the points. @defaultValue percent
   */
  value: z.enum(['percent', 'sum', 'mean']).optional(),
  /** Multiplies a sum or mean. @defaultValue 1 */
  factor: z.number().optional(),
  /** The unit of the value, such as "points". */
  unit: unitText.optional(),
  /** Decimals to which the value is rounded once. @defaultValue 0 for a sum, 1 for percent, 2 for a mean */
  decimals: z.int().min(0).max(3).optional(),
  /**
   * How a missing answer counts: as the mean of the others, as 0 points, or so that there is no value.
   * @defaultValue `prorated` for percent, `none` for sum and mean
   */
  missing: z.enum(['prorated', 'zero', 'none']).optional(),
  /** With fewer answers there is no value. @defaultValue half of the items, rounded up; all of them with `missing: none` */
  answersMin: z.int().min(1).optional(),
  /**
   * How a question counts that its condition hides. `skipped`: as 0 in a sum, and not at all in percent and mean.
   * @defaultValue skipped
   */
  hidden: z.enum(['skipped', 'missing']).optional(),
  /** In order, without gaps, of the values as they are rounded. @defaultValue those of `scoring.levels`, for percent */
  bands: z.array(bandShape).min(1).max(20).optional(),
  norms: normsShape.optional(),
});

const flagShape = z.strictObject({
  id,
  title: shortText,
  /** Holds for answers that call for help. */
  if: conditionShape,
});

/** Questions with one scale, shown as the rows of a table. */
const matrixShape = z.strictObject({
  title: shortText,
  description: longText.optional(),
  shownIf: conditionShape.optional(),
  items: z.array(id).min(2).max(50),
});

export const adviceShape = z.strictObject({ title: shortText, rationale: mediumText, action: mediumText });

/** A questionnaire file with its references resolved. Rules between its parts are in questionnaire-rules.ts. */
export const contentShape = z.strictObject({
  slug: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'use lower-case letters and digits with single hyphens')
    .max(64),
  version: z.int().min(1).max(9_999),
  title: shortText,
  language: languageTag,
  minutes: z.int().min(1).max(600),
  description: longText,
  /** One sentence for a list of questionnaires. */
  summary: shortText.optional(),
  /** Where the questionnaire comes from, and its terms of use. */
  source: longText.optional(),
  /** JSON Schema of the answers. */
  schema: z.strictObject({
    $schema: z.literal('https://json-schema.org/draft/2020-12/schema'),
    type: z.literal('object'),
    additionalProperties: z.literal(false),
    required: z.array(id).max(500),
    properties: z.record(id, questionShape),
  }),
  /** The pages of the form, with the order of the questions: a jsonb column loses the order of `properties`. */
  pages: z
    .array(
      z.strictObject({
        title: shortText,
        description: longText.optional(),
        shownIf: conditionShape.optional(),
        items: z.array(z.union([id, matrixShape], { error: 'name a question, or write a matrix' })).min(1),
      }),
    )
    .min(1)
    .max(100),
  scoring: z.strictObject({
    /** A value below `low` is LOW, a value of `high` or more is HIGH. For areas in percent without bands. */
    levels: z.strictObject({ low: z.number().gt(0).lt(100), high: z.number().gt(0).lt(100) }).optional(),
    areas: z.array(areaShape).min(1).max(200),
    flags: z.array(flagShape).max(50).optional(),
  }),
  prompt: z.strictObject({
    // Part of the header Idempotency-Key in calls of the model.
    version: z.string().regex(/^[A-Za-z0-9._-]{1,20}$/, 'use at most 20 letters, digits, dots, hyphens and _'),
    system: longText,
    task: longText,
  }),
  /** Texts of the demo model, by area id. */
  advice: z.record(id, z.strictObject({ low: adviceShape, mid: adviceShape, high: adviceShape })).optional(),
});
