import { builder } from './builder.ts';
import { inLanguage, LANGUAGE } from './in-language.ts';
import { QuestionnaireType } from './types/questionnaire.ts';

builder.queryField('questionnaire', (t) =>
  t.field({
    type: QuestionnaireType,
    nullable: true,
    description: 'One version of a questionnaire; null if there is none of that name and version.',
    args: {
      slug: t.arg.string({ required: true, description: 'Its name, such as `wellbeing-check`.' }),
      version: t.arg.int({ description: 'Its version, such as 1. Default: the newest that is not withdrawn.' }),
      language: t.arg.string({ description: LANGUAGE }),
    },
    resolve: async (_root, { slug, version, language }, context) => {
      const content = await context.services.questionnaires.find(slug, version);
      return content && inLanguage(content, language, context);
    },
  }),
);
