import type { StoredResult } from '../../entities/assessment-view.ts';
import type { Recommendation } from '../../entities/result.ts';
import type { Score } from '../../entities/scoring.ts';
import { builder } from '../builder.ts';

const PriorityType = builder.enumType('Priority', {
  description: 'How much a recommendation matters, as the model sees it.',
  values: {
    HIGH: { description: 'Begin with it.' },
    MEDIUM: { description: 'Worth doing next.' },
    LOW: { description: 'If there is time.' },
  },
});
const LevelType = builder.enumType('Level', {
  description: 'The part of the range that a score is in. The limits are those of the questionnaire.',
  values: {
    LOW: { value: 'LOW', description: 'Below the lower limit.' },
    MEDIUM: { value: 'MID', description: 'From the lower limit to below the upper one.' },
    HIGH: { value: 'HIGH', description: 'From the upper limit on.' },
  } as const,
});

export const RecommendationType = builder.objectRef<Recommendation>('Recommendation').implement({
  description: 'One recommendation. Its texts are plain text, written by the model: never render it as HTML.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'A few words, at most 200 characters.' }),
    rationale: t.exposeString('rationale', { description: 'Why it is recommended to this person.' }),
    action: t.exposeString('action', { description: 'One thing to do this week.' }),
    area: t.exposeString('area', {
      nullable: true,
      description: 'Key of the area that it is about, as in `Score.area`. Null if it is about none.',
    }),
    priority: t.field({
      type: PriorityType,
      description: 'How much it matters.',
      resolve: ({ priority }) => priority,
    }),
  }),
});

const ScoreType = builder.objectRef<Score>('Score').implement({
  description: 'The score of one area, computed from the answers by the questionnaire, not by the model.',
  fields: (t) => ({
    area: t.exposeString('area', { description: 'Key of the area, such as `sleep`; see `Questionnaire.areas`.' }),
    parent: t.exposeString('parent', {
      nullable: true,
      description: 'Key of the area that this one is a facet of. Null if it is none.',
    }),
    title: t.exposeString('title', { description: 'Name of the area for people.' }),
    value: t.exposeFloat('value', { description: 'From 0 to 100, such as 62.5.' }),
    level: t.field({ type: LevelType, description: 'The value in a word.', resolve: ({ level }) => level }),
  }),
});

export const AssessmentResultType = builder.objectRef<StoredResult>('AssessmentResult').implement({
  description: 'The end of an assessment that is COMPLETED. It never changes within a round.',
  fields: (t) => ({
    summary: t.exposeString('summary', { description: 'Plain text, written by the model: never render it as HTML.' }),
    recommendations: t.field({
      type: [RecommendationType],
      description: 'In the order of the model, at least one.',
      resolve: ({ recommendations }) => recommendations,
    }),
    scores: t.field({
      type: [ScoreType],
      description: 'One for each area that the answers suffice for.',
      resolve: ({ scores }) => scores,
    }),
    model: t.exposeString('model', { description: 'The model that wrote it; `assay-demo` is built in.' }),
    promptVersion: t.exposeString('promptVersion', {
      description: 'The version of the prompt that the model was given.',
    }),
  }),
});
