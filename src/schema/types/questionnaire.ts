import { answersSchema } from '../../entities/answers-schema.ts';
import { pagesOf, type ItemPage } from '../../entities/item.ts';
import { scalesOf, type AreaScale, type ScaleBand } from '../../entities/scoring.ts';
import { questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { builder } from '../builder.ts';
import { contentOf } from '../scores-of.ts';
import { ItemInterface } from './item.ts';
import { LevelType } from './level.ts';

/** A schema has up to 50 KB, and a document can select it many times by aliases: 20 times at most, so 1 MB. */
const SCHEMA_COMPLEXITY = 620;

/** A page's items have up to 80 KB, as many as the schema. */
const ITEMS_COMPLEXITY = { field: 600, multiplier: 8 };

const PageType = builder.objectRef<ItemPage>('QuestionnairePage').implement({
  description: 'A page of the form.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'The heading.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'An introduction; null if there is none.',
    }),
    shownIf: t.field({
      type: 'JSON',
      nullable: true,
      description: 'The condition under which the page is shown; null: always. As `QuestionnaireItem.shownIf`.',
      resolve: ({ shownIf }) => shownIf,
    }),
    items: t.field({
      type: [ItemInterface],
      complexity: ITEMS_COMPLEXITY,
      description: 'The questions, in the order on screen.',
      resolve: ({ items }) => items,
    }),
  }),
});

const BandType = builder.objectRef<ScaleBand>('ScoreBand').implement({
  description: 'A range of values of an area. Both bounds belong to it.',
  fields: (t) => ({
    key: t.exposeString('key', { description: 'Such as `mild`. Unique within the area.' }),
    title: t.exposeString('title', { description: 'Such as "mild".' }),
    text: t.exposeString('text', { nullable: true, description: 'What the band means; null if it has no text.' }),
    from: t.exposeFloat('from', { description: 'The lowest value of the band.' }),
    to: t.exposeFloat('to', { description: 'The highest value of the band.' }),
    level: t.field({ type: LevelType, description: 'The level by which advice goes.', resolve: ({ level }) => level }),
  }),
});

const ReadingType = builder.enumType('AreaReading', {
  description: 'What a high value means.',
  values: {
    HIGHER_IS_BETTER: { value: 'higher-is-better', description: 'As for wellbeing.' },
    HIGHER_IS_WORSE: { value: 'higher-is-worse', description: 'As for stress.' },
    NEUTRAL: { value: 'neutral', description: 'As for a trait: no end is better.' },
  } as const,
});

const AreaType = builder.objectRef<AreaScale>('QuestionnaireArea').implement({
  description: 'An area that the questionnaire measures. An area with a parent is one of its facets.',
  fields: (t) => ({
    key: t.string({ description: 'Such as `sleep`. Unique within a version.', resolve: ({ area }) => area.id }),
    parent: t.string({
      nullable: true,
      description: 'The key of the area above it; null at the top.',
      resolve: ({ area }) => area.parent ?? null,
    }),
    title: t.string({ description: 'Such as "Sleep".', resolve: ({ area }) => area.title }),
    description: t.string({
      nullable: true,
      description: 'What the area is; null if the questionnaire does not say.',
      resolve: ({ area }) => area.description ?? null,
    }),
    lowPole: t.string({
      nullable: true,
      description: 'A word for a low value, such as "reserved"; null if there is none.',
      resolve: ({ area }) => area.lowPole ?? null,
    }),
    highPole: t.string({
      nullable: true,
      description: 'A word for a high value, such as "outgoing"; null if there is none.',
      resolve: ({ area }) => area.highPole ?? null,
    }),
    reading: t.field({
      type: ReadingType,
      description: 'Whether a higher value is better.',
      resolve: ({ area }) => area.reading ?? 'neutral',
    }),
    unit: t.string({
      nullable: true,
      description: 'The unit of `Score.raw`, such as "points"; null if it has none.',
      resolve: ({ area }) => area.unit ?? null,
    }),
    minimum: t.exposeFloat('minimum', { description: 'The lowest `Score.raw` that answers can give.' }),
    maximum: t.exposeFloat('maximum', { description: 'The highest `Score.raw` that answers can give.' }),
    decimals: t.exposeInt('decimals', { description: 'The decimals that `Score.raw` is rounded to.' }),
    bands: t.field({
      type: [BandType],
      description: 'From the lowest; empty if the area has none.',
      resolve: ({ bands }) => bands,
    }),
    normSource: t.string({
      nullable: true,
      description: 'The publication of the norms; null without norms.',
      resolve: ({ area }) => area.norms?.source ?? null,
    }),
  }),
});

export const QuestionnaireType = builder.objectRef<QuestionnaireContent>('Questionnaire').implement({
  description:
    'One published version of a questionnaire, with its texts in one language. Questions and scores never change; a translation may be corrected.',
  fields: (t) => ({
    id: t.id({
      description: '`slug@version`, such as `wellbeing-check@1`; the same in each language.',
      resolve: questionnaireId,
    }),
    slug: t.exposeString('slug', { description: 'Its name in addresses, such as `wellbeing-check`.' }),
    version: t.exposeInt('version', { description: 'From 1. Another version may have other questions.' }),
    language: t.exposeString('language', { description: 'Language of all its texts, by BCP 47, such as `en`.' }),
    languages: t.stringList({
      description: 'In which it is offered: its own language first.',
      resolve: async (content, _args, { services }) =>
        services.translations.languagesOf(
          await contentOf({ questionnaireId: questionnaireId(content), language: null }, services),
        ),
    }),
    title: t.exposeString('title', { description: 'Its name for people.' }),
    description: t.exposeString('description', { description: 'A sentence or two for people who choose.' }),
    withdrawn: t.boolean({
      description: 'It takes no answers any more. Results of earlier answers stay.',
      resolve: (content, _args, { services }) => services.questionnaires.isWithdrawn(content),
    }),
    minutes: t.exposeInt('minutes', { description: 'Rough time to answer it, in minutes, such as 3.' }),
    schema: t.field({
      type: 'JSON',
      complexity: SCHEMA_COMPLEXITY,
      description: 'JSON Schema (2020-12) of the answers. The order of the questions is in `pages`.',
      resolve: answersSchema,
    }),
    pages: t.field({
      type: [PageType],
      complexity: { field: 1, multiplier: 1 },
      description: 'The form: pages with questions that need no JSON Schema reader.',
      resolve: pagesOf,
    }),
    areas: t.field({
      type: [AreaType],
      description: 'What is scored. Each area comes before its parts.',
      resolve: scalesOf,
    }),
    summary: t.string({
      nullable: true,
      description: 'One sentence for a list; null if it has none.',
      resolve: ({ summary }) => summary ?? null,
    }),
    source: t.string({
      nullable: true,
      description: 'Where it comes from, and its terms of use; null if it does not say.',
      resolve: ({ source }) => source ?? null,
    }),
  }),
});
