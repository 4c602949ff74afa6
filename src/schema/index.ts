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
import {
  buildClientSchema,
  introspectionFromSchema,
  isAbstractType,
  type GraphQLAbstractType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { builder } from './builder.ts';
import { publishedDirectives } from './directives.ts';

/** The whole API: the modules above register its fields. */
export const schema = builder.toSchema({ directives: publishedDirectives });

/**
 * The text of `schema.graphql`: the schema as tools get it, whose introspection leaves out `specifiedByURL`. With the directive
 * in the file, code that is generated from the file and from the address would differ.
 */
export function printedSchema(): string {
  const introspection = introspectionFromSchema(schema, { specifiedByUrl: false });
  return `${printSchema(lexicographicSortSchema(buildClientSchema(introspection)))}\n`;
}

/** The text of `possible-types.json`: the types of each interface and union, as normalised caches take them. */
export function printedPossibleTypes(): string {
  const sorted = lexicographicSortSchema(schema);
  const abstract = Object.values(sorted.getTypeMap()).filter(isAbstractType);
  const namesOf = (type: GraphQLAbstractType): string[] => sorted.getPossibleTypes(type).map(({ name }) => name);
  const possibleTypes = Object.fromEntries(abstract.map((type) => [type.name, namesOf(type)]));
  return `${JSON.stringify({ possibleTypes }, null, 2)}\n`;
}
