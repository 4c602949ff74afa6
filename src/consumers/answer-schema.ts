import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Recommendation } from '../entities/result.ts';

/** What the model is asked for. */
export type Answer = { summary: string; recommendations: Recommendation[] };

// Three to five are asked for. Ten still fit on a screen; more are no advice but a list.
export const recommendationsMax = 10;

// In code points, as JSON Schema counts. About four times what is asked for, so that only a runaway text is too long.
const charactersMax = { summary: 2_000, title: 200, rationale: 1_500, action: 1_500 };

/**
 * The schema that the model is given, in the subset that strict mode of OpenAI knows: all properties required, no
 * others. Lengths are told in words: several OpenAI-compatible servers refuse a request whose schema has `maxLength`.
 */
export function answerSchema(content: QuestionnaireContent): ObjectSchema {
  const textOf = (characters: number, purpose: string): PartSchema => ({
    type: 'string',
    description: `${purpose} Plain text of at most ${characters} characters.`,
  });
  return schemaOf(textOf, recommendationSchema(content, textOf));
}

/**
 * The same schema with the lengths, for checking what the model answered: that of the whole without what is in a
 * recommendation, and that of each recommendation.
 */
export function checkedAnswerSchemas(content: QuestionnaireContent): { whole: ObjectSchema; each: ObjectSchema } {
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
