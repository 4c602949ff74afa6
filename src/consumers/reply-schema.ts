import type { QuestionnaireContent } from '../entities/questionnaire-content.ts';
import type { Recommendation } from '../entities/result.ts';

/** The content of a reply: the text of a call's reply, parsed and checked. */
export type ReplyContent = { summary: string; recommendations: Recommendation[] };

// The tasks of the questionnaires ask for three to five. Ten still fit on a screen.
export const recommendationsMax = 10;

// In code points, as JSON Schema counts. About four times the usual length, so that only a runaway text is too long.
const charactersMax = { summary: 2_000, title: 200, rationale: 1_500, action: 1_500 };

const purposes = {
  summary: 'Speaks to the person.',
  title: 'What to do, in a few words; another one for each recommendation.',
  rationale: 'Why, with reference to the answers.',
  action: 'One concrete step.',
  area: (none: string) => `The area that it belongs to; ${none} where it is about the person as a whole.`,
};
type TextKey = keyof typeof charactersMax;
const textKeys = Object.keys(charactersMax) as TextKey[];
const priorities = ['HIGH', 'MEDIUM', 'LOW'];

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
export const replySchema = (content: QuestionnaireContent): ObjectSchema =>
  schemaOf(toldText, recommendationSchema(content, toldText));

/** Stands for null in the reduced schema. No area has this id, because ids are in lower case. */
const noArea = 'NONE';

/**
 * A schema for providers that refuse the strict one: without limits of lists (Groq, Cerebras, Claude), and without lists of
 * types and null in `enum` (Gemini). Objects still allow no other members, as several of them demand. A reply is checked in
 * full anyway.
 */
export function reducedReplySchema(content: QuestionnaireContent): ObjectSchema {
  const { properties } = recommendationSchema(content, toldText);
  const area = {
    type: 'string',
    enum: [...content.scoring.areas.map(({ id }) => id), noArea],
    description: purposes.area(noArea),
  };
  const items = objectOf({ ...properties, area });
  return objectOf({ summary: toldText('summary'), recommendations: { type: 'array', items } });
}

/** Null in place of a word for it, which the reduced schema asks for and some models write anyway. */
export const areaOf = ({ scoring }: QuestionnaireContent, value: string): string | null =>
  /^(?:none|null)$/i.test(value) && !scoring.areas.some(({ id }) => id === value) ? null : value;

/**
 * The same schema with the lengths, for checking a reply.
 * @returns the schema of the whole, without the members of recommendations, and the schema of each recommendation
 */
export const checkedReplySchemas = (content: QuestionnaireContent): { whole: ObjectSchema; each: ObjectSchema } => ({
  whole: schemaOf(checkedText),
  each: recommendationSchema(content, checkedText),
});

/** The form of a reply in words, for the prompt: many servers do not show the schema to the model, and some ignore it. */
export function replyFormText({ scoring }: QuestionnaireContent): string {
  const priority = priorities.map((each) => JSON.stringify(each)).join(' | ');
  return [
    'Answer with one JSON object alone, with exactly these members:',
    `{"summary": string, "recommendations": [{"title": string, "rationale": string, "action": string, "area": string | null, "priority": ${priority}}]}`,
    ...textKeys.map((key) => `${key}: ${purposes[key]} At most ${charactersMax[key]} characters.`),
    `area: ${purposes.area('null')} One of ${scoring.areas.map(({ id }) => id).join(', ')}.`,
  ].join('\n');
}

type TextOf = (key: TextKey) => PartSchema;

const toldText: TextOf = (key) => ({
  type: 'string',
  description: `${purposes[key]} Plain text of at most ${charactersMax[key]} characters.`,
});
const checkedText: TextOf = (key) => ({ type: 'string', maxLength: charactersMax[key] });

const schemaOf = (textOf: TextOf, items?: ObjectSchema): ObjectSchema =>
  objectOf({
    summary: textOf('summary'),
    recommendations: { type: 'array', minItems: 1, maxItems: recommendationsMax, ...(items ? { items } : {}) },
  });

const recommendationSchema = (content: QuestionnaireContent, textOf: TextOf): ObjectSchema =>
  objectOf({
    title: textOf('title'),
    rationale: textOf('rationale'),
    action: textOf('action'),
    area: {
      type: ['string', 'null'],
      enum: [...content.scoring.areas.map((area) => area.id), null],
      description: purposes.area('null'),
    },
    priority: { type: 'string', enum: priorities },
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
