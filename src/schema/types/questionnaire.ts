import { questionnaireId, type QuestionnaireContent } from '../../entities/questionnaire-content.ts';
import { builder } from '../builder.ts';

type Page = QuestionnaireContent['pages'][number];
type Area = QuestionnaireContent['scoring']['areas'][number];

/** A schema has up to 50 KB, and a document can select it many times by aliases: 20 times at most, so 1 MB. */
const SCHEMA_COMPLEXITY = 620;

const PageType = builder.objectRef<Page>('QuestionnairePage').implement({
  fields: (t) => ({
    title: t.exposeString('title'),
    items: t.exposeStringList('items', { description: 'Names of properties of `schema`, in the order on screen.' }),
  }),
});

const AreaType = builder.objectRef<Area>('QuestionnaireArea').implement({
  description: 'An area that the questionnaire measures. An area with a parent is one of its facets.',
  fields: (t) => ({
    id: t.exposeID('id'),
    parent: t.id({ nullable: true, resolve: ({ parent }) => parent ?? null }),
    title: t.exposeString('title'),
  }),
});

export const QuestionnaireType = builder.objectRef<QuestionnaireContent>('Questionnaire').implement({
  description: 'One published version of a questionnaire. Its content never changes.',
  fields: (t) => ({
    id: t.id({ description: '`slug@version`', resolve: questionnaireId }),
    slug: t.exposeString('slug'),
    version: t.exposeInt('version'),
    language: t.exposeString('language'),
    title: t.exposeString('title'),
    description: t.exposeString('description'),
    withdrawn: t.boolean({
      description: 'It takes no answers any more. Results of earlier answers stay.',
      resolve: (content, _args, { services }) => services.questionnaires.isWithdrawn(content),
    }),
    minutes: t.exposeInt('minutes', { description: 'Rough time to answer it.' }),
    schema: t.field({
      type: 'JSON',
      complexity: SCHEMA_COMPLEXITY,
      description: 'JSON Schema (2020-12) of the answers. The order of the questions is in `pages`.',
      resolve: ({ schema }) => schema,
    }),
    pages: t.field({ type: [PageType], resolve: ({ pages }) => pages }),
    areas: t.field({ type: [AreaType], resolve: ({ scoring }) => scoring.areas }),
  }),
});
