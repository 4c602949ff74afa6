import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Recommendation } from '../entities/result.ts';

/** The content of a reply: the text of a call's reply, parsed and checked. */
export type ReplyContent = { summary: string; recommendations: Recommendation[] };

// The prompt asks for three to five. Ten still fit on a screen.
export const recommendationsMax = 10;

// In code points, as JSON Schema counts. About four times the usual length, so that only a runaway text is too long.
const charactersMax = { summary: 2_000, title: 200, rationale: 1_500, action: 1_500 };

/**
 * The texts that are cut rather than refused if they are a little too long, in code points. Small models write titles of two
 * hundred and some characters; of the longer texts, no more than the last sentences may be missing.
 */
export const cuttable: ReadonlyMap<string, { max: number; cutUpTo: number }> = new Map(
  Object.entries(charactersMax).map(([key, max]) => [key, { max, cutUpTo: key === 'title' ? 2 * max : 1.25 * max }]),
);

/**
 * The schema for the model, in the subset of OpenAI's strict mode: all properties are required, and no others allowed.
 * Lengths are told in words, because several OpenAI-compatible servers refuse a schema with `maxLength`.
 */
export function replySchema(content: QuestionnaireContent): ObjectSchema {
  const textOf = (characters: number, purpose: string): PartSchema => ({
    type: 'string',
    description: `${purpose} Plain text of at most ${characters} characters.`,
  });
  return schemaOf(textOf, recommendationSchema(content, textOf));
}

/**
 * The same schema with the lengths, for checking a reply.
 * @returns the schema of the whole, without the members of recommendations, and the schema of each recommendation
 */
export function checkedReplySchemas(content: QuestionnaireContent): { whole: ObjectSchema; each: ObjectSchema } {
  const textOf = (characters: number): PartSchema => ({ type: 'string', maxLength: characters });
  return { whole: schemaOf(textOf), each: recommendationSchema(content, textOf) };
}

type TextOf = (characters: number, purpose: string) => PartSchema;

const schemaOf = (textOf: TextOf, items?: ObjectSchema): ObjectSchema =>
  objectOf({
    summary: textOf(charactersMax.summary, 'Speaks to the person.'),
    recommendations: { type: 'array', minItems: 1, maxItems: recommendationsMax, ...(items ? { items } : {}) },
  });

const recommendationSchema = (content: QuestionnaireContent, textOf: TextOf): ObjectSchema =>
  objectOf({
    title: textOf(charactersMax.title, 'What to do, in a few words; another one for each recommendation.'),
    rationale: textOf(charactersMax.rationale, 'Why, with reference to the answers.'),
    action: textOf(charactersMax.action, 'One concrete step.'),
    area: {
      type: ['string', 'null'],
      enum: [...content.scoring.areas.map((area) => area.id), null],
      description: 'The area that it belongs to; null where it is about the person as a whole.',
    },
    priority: { type: 'string', enum: ['HIGH', 'MEDIUM', 'LOW'] },
  });

/** The keywords of a member's schema. */
export type PartSchema = {
  type: string | string[];
  description?: string;
  enum?: (string | null)[];
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: ObjectSchema;
};
export type ObjectSchema = {
  type: 'object';
  additionalProperties: false;
  required: string[];
  properties: Record<string, PartSchema>;
};

const objectOf = (properties: ObjectSchema['properties']): ObjectSchema => ({
  type: 'object',
  additionalProperties: false,
  required: Object.keys(properties),
  properties,
});
