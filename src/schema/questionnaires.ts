import { builder } from './builder.ts';
import { QuestionnaireType } from './types/questionnaire.ts';

builder.queryField('questionnaires', (t) =>
  t.field({
    type: [QuestionnaireType],
    nullable: true,
    description: 'The newest version of each questionnaire, without withdrawn versions, in the order of their slugs.',
    resolve: (_root, _args, { services }) => services.questionnaires.list(),
  }),
);
