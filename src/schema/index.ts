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
import { lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './builder.ts';
import { publishedDirectives } from './directives.ts';

/** The whole API. What is imported above is what there is. */
export const schema = builder.toSchema({ directives: publishedDirectives });

/** As committed in `schema.graphql`. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
