import './types/scalars.ts';
import './types/user-error.ts';
import './session.ts';
import './questionnaires.ts';
import './questionnaire.ts';
import './texts.ts';
import './assessment.ts';
import './startSession.ts';
import './endSession.ts';
import './submitAssessment.ts';
import './cancelAssessment.ts';
import './retryAssessment.ts';
import './deleteAssessment.ts';
import './deleteMyData.ts';
import './deadLetters.ts';
import './replayDeadLetters.ts';
import './recommendationCompleted.ts';
import './assessmentUpdated.ts';
import './assessmentFinished.ts';
import { lexicographicSortSchema, printSchema } from 'graphql';
import { builder } from './builder.ts';
import { publishedDirectives } from './directives.ts';

/** The whole API: the modules above register its fields. */
export const schema = builder.toSchema({ directives: publishedDirectives });

/** The text of `schema.graphql`. */
export const printedSchema = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;
