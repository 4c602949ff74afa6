import { builder } from './builder.ts';
import { inLanguage, LANGUAGE } from './in-language.ts';
import { QuestionnaireType } from './types/questionnaire.ts';

builder.queryField('questionnaires', (t) =>
  t.field({
    type: [QuestionnaireType],
    description: 'The newest version of each questionnaire.',
    args: { language: t.arg.string({ description: LANGUAGE }) },
    resolve: (_root, { language }, context) =>
      context.services.questionnaires.list().map((content) => inLanguage(content, language, context)),
  }),
);
