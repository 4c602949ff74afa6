import type { Finished, InvalidCursor } from '../delivery/session-feeds.ts';
import { builder } from './builder.ts';
import { AssessmentType } from './types/assessment.ts';
import { UserErrorInterface } from './types/user-error.ts';

const AssessmentFinishedType = builder.objectRef<Finished>('AssessmentFinished').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      description: 'To subscribe with after a disconnect. Some may come again then: know them by id and version.',
    }),
    assessment: t.field({ type: AssessmentType, resolve: ({ assessment }) => assessment }),
  }),
});

const INVALID_CURSOR =
  'The cursor is not of this service as it is now, or too much has ended since. Read "session { cursor assessments }" and go on from that cursor.';

/** Comes as an event and not as an error: it is no exception, and GraphQL takes every `Error` for one. */
const InvalidCursorErrorType = builder.objectRef<InvalidCursor & { message: string }>('InvalidCursorError').implement({
  description: 'Nothing can be resumed from there.',
  interfaces: [UserErrorInterface],
});

const AssessmentFinishedEventType = builder.unionType('AssessmentFinishedEvent', {
  types: [AssessmentFinishedType, InvalidCursorErrorType],
  resolveType: (event) => (event.kind === 'finished' ? 'AssessmentFinished' : 'InvalidCursorError'),
});

builder.subscriptionField('assessmentFinished', (t) =>
  t.field({
    type: AssessmentFinishedEventType,
    description:
      'Every end of an assessment in this session. With `after`, first what has ended since that cursor was given; over an event stream `Last-Event-ID` goes before it. Stays open.',
    args: { after: t.arg.string({ description: 'A cursor of an earlier event, or `Session.cursor`.' }) },
    subscribe: async (_root, { after }, context) => {
      const session = await context.requireSession();
      return context.services.feeds.open(session.id, context.lastEventId ?? after ?? undefined);
    },
    resolve: async (event, _args, context) => {
      await context.readyToSend();
      if (event.kind === 'invalid-cursor') return { ...event, message: INVALID_CURSOR };
      context.event.id = event.cursor;
      return event;
    },
  }),
);
