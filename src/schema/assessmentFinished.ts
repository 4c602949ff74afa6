import type { Finished } from '../delivery/session-feeds.ts';
import { InvalidCursorError } from '../errors.ts';
import { builder } from './builder.ts';
import { withErrors, type Payload } from './payload.ts';
import { AssessmentType } from './types/assessment.ts';

const AssessmentFinishedType = builder.objectRef<Payload<Finished>>('AssessmentFinished');
AssessmentFinishedType.implement({
  description: 'The end of an assessment of the session, or the errors that keep the subscription from going on.',
  fields: (t) => ({
    assessment: t.field({
      type: AssessmentType,
      nullable: true,
      description: 'The assessment, which is COMPLETED, FAILED or CANCELLED. Null where `errors` says why.',
      resolve: ({ value }) => value?.assessment,
    }),
    cursor: t.string({
      nullable: true,
      description:
        'Pass it as `after` to resume after a disconnect. An event may come twice then: compare `id` and `version`. Null where `errors` says why.',
      resolve: ({ value }) => value?.cursor,
    }),
  }),
});
withErrors(AssessmentFinishedType);

builder.subscriptionField('assessmentFinished', (t) =>
  t.field({
    type: AssessmentFinishedType,
    nullable: true,
    description:
      'Every end of an assessment of this session; the subscription stays open. With `after`, first the ends since that cursor. After an event with an error it completes. In an event stream the header `Last-Event-ID` takes precedence over `after`.',
    args: {
      after: t.arg.string({
        description: 'The cursor of an earlier event, or `Session.cursor`. Default: only ends from now on.',
      }),
    },
    subscribe: async (_root, { after }, context) => {
      const session = await context.requireSession();
      return context.services.feeds.open(session.id, context.lastEventId ?? after ?? undefined, context.room());
    },
    resolve: async (event, _args, context) => {
      await context.readyToSend();
      if (event.kind === 'invalid-cursor') return { value: null, errors: [new InvalidCursorError()] };
      context.event.id = event.cursor;
      return { value: event, errors: [] };
    },
  }),
);
