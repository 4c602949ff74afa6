import { defineEntity, p } from '@mikro-orm/core';
import { Assessment } from './assessment.ts';
import type { Score } from './scoring.ts';

export type Priority = 'HIGH' | 'MEDIUM' | 'LOW';
export type Recommendation = {
  title: string;
  rationale: string;
  action: string;
  /** Id of the questionnaire's area, or null if the recommendation is about the person as a whole. */
  area: string | null;
  priority: Priority;
};

/** The model's reply in one round of an assessment. Written once, together with the assessment's end. */
export const ResultSchema = defineEntity({
  name: 'Result',
  tableName: 'result_test',
  primaryKeys: ['assessment', 'round'],
  properties: {
    assessment: () => p.manyToOne(Assessment).primary().deleteRule('cascade'),
    round: p.integer().primary(),
    summary: p.string().columnType('text'),
    recommendations: p.json<Recommendation[]>().columnType('json'),
    /** As the model was given them. They are computed anew for whoever reads the assessment. */
    scores: p.json<Score[]>().columnType('json'),
    model: p.string().columnType('text'),
    promptVersion: p.string().columnType('text'),
    /** Of the texts in the prompt (`questionnaire_text.hash`); null in the questionnaire's own language. */
    textHash: p.string().columnType('text').nullable(),
    promptTokens: p.integer().nullable(),
    completionTokens: p.integer().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});
export class Result extends ResultSchema.class {}
ResultSchema.setClass(Result);
