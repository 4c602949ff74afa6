import { builder } from './builder.ts';
import { inLanguage, LANGUAGE } from './in-language.ts';
import { QuestionnaireType } from './types/questionnaire.ts';

builder.queryField('questionnaires', (t) =>
  t.field({
    type: [QuestionnaireType],
    nullable: true,
    description: 'The newest version of each questionnaire, without withdrawn versions, in the order of their slugs.',
    args: { language: t.arg.string({ description: LANGUAGE }) },
    resolve: (_root, { language }, context) =>
      context.services.questionnaires.list().map((content) => inLanguage(content, language, context)),
  }),
);
