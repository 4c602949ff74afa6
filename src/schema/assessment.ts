import { builder } from './builder.ts';
import { ASSESSMENT_ID, checkId } from './ids.ts';
import { AssessmentType } from './types/assessment.ts';

builder.queryField('assessment', (t) =>
  t.field({
    type: AssessmentType,
    nullable: true,
    description: 'An assessment of your session; null for any other id.',
    args: { id: t.arg.id(ASSESSMENT_ID) },
    resolve: async (_root, { id }, context) => {
      const session = await context.requireSession();
      const view = await context.services.reading.byId(checkId(id));
      return view?.sessionId === session.id ? view : null;
    },
  }),
);
