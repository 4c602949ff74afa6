import { builder } from './builder.ts';

const DeleteMyDataPayload = builder.objectRef<{ assessments: number }>('DeleteMyDataPayload').implement({
  description: 'What is gone, with the session itself.',
  fields: (t) => ({
    assessments: t.exposeInt('assessments', { description: 'The number of assessments that were deleted.' }),
  }),
});

builder.mutationField('deleteMyData', (t) =>
  t.field({
    type: DeleteMyDataPayload,
    description:
      'Deletes all assessments of the session as `deleteAssessment` does, then the session with its cookie, for good. WebSockets and event streams of the session are closed. If it fails, repeat it.',
    resolve: async (_root, _args, context) => {
      const { deleting } = context.services;
      const session = await context.requireSession();
      const assessments = await deleting.all(session, context.trace);
      await context.endSession('remove');
      deleting.later(session, context.trace);
      return { assessments };
    },
  }),
);
