import { builder } from './builder.ts';
import { QuestionnaireType } from './types/questionnaire.ts';

builder.queryField('questionnaire', (t) =>
  t.field({
    type: QuestionnaireType,
    nullable: true,
    description: 'One version of a questionnaire; null if there is none of that name and version.',
    args: {
      slug: t.arg.string({ required: true, description: 'Its name, such as `wellbeing-check`.' }),
      version: t.arg.int({ description: 'Its version, such as 1. Default: the newest that is not withdrawn.' }),
    },
    resolve: (_root, { slug, version }, { services }) => services.questionnaires.find(slug, version),
  }),
);
