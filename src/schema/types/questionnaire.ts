import { questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { builder } from '../builder.ts';

type Page = QuestionnaireContent['pages'][number];
type Area = QuestionnaireContent['scoring']['areas'][number];

/** A schema has up to 50 KB, and a document can select it many times by aliases: 20 times at most, so 1 MB. */
const SCHEMA_COMPLEXITY = 620;

const PageType = builder.objectRef<Page>('QuestionnairePage').implement({
  description: 'Questions that are shown together.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'Heading of the page, in the language of the questionnaire.' }),
    items: t.exposeStringList('items', { description: 'Names of properties of `schema`, in the order on screen.' }),
  }),
});

const AreaType = builder.objectRef<Area>('QuestionnaireArea').implement({
  description: 'An area that the questionnaire measures. An area with a parent is one of its facets.',
  fields: (t) => ({
    key: t.string({
      description:
        'Its name, such as `sleep`: unique only within this version. `Score.area` and `Recommendation.area` have it.',
      resolve: ({ id }) => id,
    }),
    parent: t.string({
      nullable: true,
      description: 'Key of the area that this one is a facet of. Null if it is none.',
      resolve: ({ parent }) => parent,
    }),
    title: t.exposeString('title', { description: 'Its name for people, in the language of the questionnaire.' }),
  }),
});

export const QuestionnaireType = builder.objectRef<QuestionnaireContent>('Questionnaire').implement({
  description: 'One registered version of a questionnaire. It never changes.',
  fields: (t) => ({
    id: t.id({ description: '`slug@version`, such as `wellbeing-check@1`.', resolve: questionnaireId }),
    slug: t.exposeString('slug', { description: 'Its name in addresses, such as `wellbeing-check`.' }),
    version: t.exposeInt('version', { description: 'From 1. Another version may have other questions.' }),
    language: t.exposeString('language', { description: 'Language of all its texts, by BCP 47, such as `en`.' }),
    title: t.exposeString('title', { description: 'Its name for people.' }),
    description: t.exposeString('description', { description: 'A sentence or two for people who choose.' }),
    minutes: t.exposeInt('minutes', { description: 'Rough time to answer it, in minutes, such as 3.' }),
    schema: t.field({
      type: 'JSON',
      complexity: SCHEMA_COMPLEXITY,
      description:
        'JSON Schema (2020-12) of the answers: an object with one member for each question. The order of the questions is in `pages`.',
      resolve: ({ schema }) => schema,
    }),
    pages: t.field({
      type: [PageType],
      description: 'All questions, in the order on screen.',
      resolve: ({ pages }) => pages,
    }),
    areas: t.field({
      type: [AreaType],
      description: 'The areas that scores are computed for.',
      resolve: ({ scoring }) => scoring.areas,
    }),
  }),
});
