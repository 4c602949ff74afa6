import type { AssessmentView, StoredResult } from '../../entities/assessment-view.ts';
import type { Recommendation } from '../../entities/result.ts';
import type { Score } from '../../entities/scoring.ts';
import { builder } from '../builder.ts';
import { scoresOf } from '../scores-of.ts';
import { LevelType } from './level.ts';

const PriorityType = builder.enumType('Priority', {
  description: 'How much a recommendation matters, as the model sees it.',
  values: {
    HIGH: { description: 'Begin with it.' },
    MEDIUM: { description: 'Worth doing next.' },
    LOW: { description: 'If there is time.' },
  },
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

const NormType = builder.objectRef<NonNullable<Score['norm']>>('ScoreNorm').implement({
  description: 'A value in the unit of a published norm.',
  fields: (t) => ({
    value: t.exposeFloat('value', { description: 'Such as 52.3.' }),
    unit: t.exposeString('unit', { description: 'Such as "T" or "percentile".' }),
  }),
});

const GivenBandType = builder.objectRef<NonNullable<Score['band']>>('GivenBand').implement({
  description: 'The band that a value is in. `QuestionnaireArea.bands` has its bounds and its text.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Such as `mild`.' }),
    title: t.exposeString('title', { description: 'Such as "mild".' }),
  }),
});

export const ScoreType = builder.objectRef<Score>('Score').implement({
  description: 'Computed from the answers by the questionnaire, not by the model.',
  fields: (t) => ({
    area: t.exposeString('area', { description: 'The key of the area.' }),
    parent: t.exposeString('parent', { nullable: true, description: 'The key of the area above it; null at the top.' }),
    title: t.exposeString('title', { description: 'Name of the area for people.' }),
    value: t.exposeFloat('value', {
      nullable: true,
      description:
        'The place of `raw` between `minimum` and `maximum`, from 0 to 100, for charts. Null with too few answers.',
    }),
    level: t.field({
      type: LevelType,
      nullable: true,
      description: 'Null with too few answers, or without bands.',
      resolve: ({ level }) => level,
    }),
    raw: t.exposeFloat('raw', {
      nullable: true,
      description:
        'The value in its own unit, rounded once: the one to show, and the one that the band goes by. Null with too few answers.',
    }),
    unit: t.exposeString('unit', {
      nullable: true,
      description: 'The unit of `raw`, such as "points"; null if it has none.',
    }),
    minimum: t.exposeFloat('minimum', { description: 'The lowest `raw` that answers can give.' }),
    maximum: t.exposeFloat('maximum', { description: 'The highest `raw` that answers can give.' }),
    band: t.field({
      type: GivenBandType,
      nullable: true,
      description: 'Null with too few answers, or without bands.',
      resolve: ({ band }) => band,
    }),
    norm: t.field({
      type: NormType,
      nullable: true,
      description: 'Null without a published norm for this person.',
      resolve: ({ norm }) => norm,
    }),
    answered: t.exposeInt('answered', { description: 'The answers that the value stands on.' }),
    of: t.exposeInt('of', {
      description: 'The questions that could count: those that a condition hides are left out.',
    }),
  }),
});

/** With what its scores are computed from. */
type Result = StoredResult & Pick<AssessmentView, 'questionnaireId' | 'language' | 'answers'>;

export const AssessmentResultType = builder.objectRef<Result>('AssessmentResult').implement({
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
      description: 'The same as `Assessment.scores`.',
      resolve: (result, _args, { services }) => scoresOf(result, services),
    }),
    model: t.exposeString('model', { description: 'The model that wrote it; `assay-demo` is built in.' }),
    promptVersion: t.exposeString('promptVersion', {
      description: 'The version of the prompt that the model was given.',
    }),
  }),
});
