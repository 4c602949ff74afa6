import './types/scalars.ts';
import './types/user-error.ts';
import './session.ts';
import './questionnaires.ts';
import './questionnaire.ts';
import './assessment.ts';
import './startSession.ts';
import './endSession.ts';
import './submitAssessment.ts';
import './cancelAssessment.ts';
import './retryAssessment.ts';
import './deadLetters.ts';
import './replayDeadLetters.ts';
import './recommendationCompleted.ts';
import './assessmentUpdated.ts';
import './assessmentFinished.ts';
import { isAbstractType, type GraphQLAbstractType, lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './builder.ts';
import { publishedDirectives } from './directives.ts';

/** The whole API: the modules above register its fields. */
export const schema = builder.toSchema({ directives: publishedDirectives });

/** The text of `schema.graphql`. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;

/** The text of `possible-types.json`: the types of each interface and union, as normalised caches take them. */
export function printedPossibleTypes(): string {
  const sorted = lexicographicSortSchema(schema);
  const abstract = Object.values(sorted.getTypeMap()).filter(isAbstractType);
  const namesOf = (type: GraphQLAbstractType): string[] => sorted.getPossibleTypes(type).map(({ name }) => name);
  const possibleTypes = Object.fromEntries(abstract.map((type) => [type.name, namesOf(type)]));
  return `${JSON.stringify({ possibleTypes }, null, 2)}\n`;
}
