import type { StoredResult } from '../../entities/assessment-view.ts';
import type { Recommendation } from '../../entities/result.ts';
import type { Score } from '../../entities/scoring.ts';
import { builder } from '../builder.ts';

const PriorityType = builder.enumType('Priority', { values: ['HIGH', 'MEDIUM', 'LOW'] as const });
const LevelType = builder.enumType('Level', { values: ['LOW', 'MID', 'HIGH'] as const });

export const RecommendationType = builder.objectRef<Recommendation>('Recommendation').implement({
  description: 'Plain text, written by the model: never render it as HTML.',
  fields: (t) => ({
    title: t.exposeString('title'),
    rationale: t.exposeString('rationale'),
    action: t.exposeString('action', { description: 'One thing to do this week.' }),
    area: t.exposeString('area', {
      nullable: true,
      description: 'The area of the score that it is about; null if it is about none.',
    }),
    priority: t.field({ type: PriorityType, resolve: ({ priority }) => priority }),
  }),
});

const ScoreType = builder.objectRef<Score>('Score').implement({
  description: 'Computed from the answers by the questionnaire, not by the model.',
  fields: (t) => ({
    area: t.exposeID('area'),
    parent: t.exposeID('parent', { nullable: true }),
    title: t.exposeString('title'),
    value: t.exposeFloat('value', { description: 'From 0 to 100.' }),
    level: t.field({ type: LevelType, resolve: ({ level }) => level }),
  }),
});

export const AssessmentResultType = builder.objectRef<StoredResult>('AssessmentResult').implement({
  fields: (t) => ({
    summary: t.exposeString('summary'),
    recommendations: t.field({ type: [RecommendationType], resolve: ({ recommendations }) => recommendations }),
    scores: t.field({ type: [ScoreType], resolve: ({ scores }) => scores }),
    model: t.exposeString('model', { description: 'The model that wrote it; `assay-demo` is built in.' }),
    promptVersion: t.exposeString('promptVersion'),
  }),
});
