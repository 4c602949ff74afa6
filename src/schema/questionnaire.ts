import { builder } from './builder.ts';
import { QuestionnaireType } from './types/questionnaire.ts';

builder.queryField('questionnaire', (t) =>
  t.field({
    type: QuestionnaireType,
    nullable: true,
    args: {
      slug: t.arg.string({ required: true }),
      version: t.arg.int({ description: 'Default: the newest version that is not withdrawn.' }),
    },
    resolve: (_root, { slug, version }, { services }) => services.questionnaires.find(slug, version),
  }),
);
