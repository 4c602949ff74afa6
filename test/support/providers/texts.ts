import { sampleOf } from '../sample.ts';
import type { RequestBody } from './scenario.ts';

const TITLES = ['Walk after lunch', 'Put the phone away', 'Call a friend'];
const PRIORITIES = ['HIGH', 'MEDIUM', 'LOW'];

/** A reply that fits the schema of the recommendations. */
export const fitting = (): string =>
  JSON.stringify({
    summary: 'You told of a mixed fortnight. Small steps are likely to help.',
    recommendations: TITLES.map((title, index) => ({
      title,
      rationale: `You answered low on point ${index + 1}.`,
      action: `Do it on day ${index + 1}.`,
      area: null,
      priority: PRIORITIES[index],
    })),
  });

/** The reply of a model that knows the fields from the task alone: nothing told it the allowed values. */
const guessed = (): string =>
  JSON.stringify({
    summary: 'You told of a mixed fortnight.',
    recommendations: TITLES.map((title) => ({
      title,
      rationale: 'You move little.',
      action: `${title}.`,
      area: 'Sleep and rest',
      priority: 'High',
    })),
  });

const FIELDS = ['summary', 'recommendations', 'rationale', 'action', 'area', 'priority', ...PRIORITIES];

/** The messages name the fields of the reply and their values, so that a model knows them without a `response_format`. */
function messagesTellShape({ messages }: RequestBody): boolean {
  const text = JSON.stringify(messages ?? '');
  return FIELDS.every((field) => text.includes(field));
}

export const schemaOf = ({ response_format: format }: RequestBody) =>
  format?.type === 'json_schema' ? format.json_schema?.schema : undefined;

/** The reply of a model. It fits if the model knows the shape: by a schema that its server honours, or by the messages. */
export function textFor(body: RequestBody, { honoursSchema = true } = {}): string {
  const schema = honoursSchema ? schemaOf(body) : undefined;
  const isRecommendations = schema?.properties?.['recommendations'] !== undefined;
  if (schema !== undefined && !isRecommendations) return JSON.stringify(sampleOf(schema));
  return schema !== undefined || messagesTellShape(body) ? fitting() : guessed();
}

/** The text of a note that a provider does not like. */
export const FLAG = 'flagged-7351';

export const isFlagged = ({ messages }: RequestBody): boolean => JSON.stringify(messages ?? '').includes(FLAG);
