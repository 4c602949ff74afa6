import { builder } from './builder.ts';
import { payloadOf, withErrors, type Payload } from './payload.ts';

const DeleteMyDataPayload = builder.objectRef<Payload<{ assessments: number }>>('DeleteMyDataPayload');
DeleteMyDataPayload.implement({
  description: 'What is gone, with the session itself.',
  fields: (t) => ({
    assessments: t.int({
      nullable: true,
      description: 'The number of assessments that were deleted, such as 3. Null where `errors` says why.',
      resolve: ({ value }) => value?.assessments,
    }),
  }),
});
withErrors(DeleteMyDataPayload);

builder.mutationField('deleteMyData', (t) =>
  t.field({
    type: DeleteMyDataPayload,
    nullable: true,
    description:
      'Deletes all assessments of the session as `deleteAssessment` does, then the session with its cookie, for good. WebSockets and event streams of the session are closed. If it fails, repeat it.',
    resolve: async (_root, _args, context) => {
      const { deleting } = context.services;
      const session = await context.requireSession();
      return payloadOf(async () => {
        const assessments = await deleting.all(session, context.trace);
        await context.endSession('remove');
        deleting.later(session, context.trace);
        return { assessments };
      });
    },
  }),
);
