import { builder } from './builder.ts';
import { inLanguage, LANGUAGE } from './in-language.ts';
import { QuestionnaireType } from './types/questionnaire.ts';

builder.queryField('questionnaire', (t) =>
  t.field({
    type: QuestionnaireType,
    nullable: true,
    args: {
      slug: t.arg.string({ required: true }),
      version: t.arg.int({ description: 'Default: the newest version.' }),
      language: t.arg.string({ description: LANGUAGE }),
    },
    resolve: async (_root, { slug, version, language }, context) => {
      const content = await context.services.questionnaires.find(slug, version);
      return content && inLanguage(content, language, context);
    },
  }),
);
