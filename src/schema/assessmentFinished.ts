import type { Finished, InvalidCursor } from '../delivery/session-feeds.ts';
import { builder } from './builder.ts';
import { AssessmentType } from './types/assessment.ts';
import { UserErrorInterface } from './types/user-error.ts';

const AssessmentFinishedType = builder.objectRef<Finished>('AssessmentFinished').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      description:
        'Pass it as `after` to resume after a disconnect. An event may come twice then: compare `id` and `version`.',
    }),
    assessment: t.field({ type: AssessmentType, resolve: ({ assessment }) => assessment }),
  }),
});

const INVALID_CURSOR =
  'The cursor is unknown, too many assessments have ended since it was given, or one was deleted. Read "session { cursor assessments }" and subscribe with that cursor.';

/** A plain object and not an `Error`, because GraphQL treats every `Error` that a source yields as an exception. */
const InvalidCursorErrorType = builder.objectRef<InvalidCursor & { message: string }>('InvalidCursorError').implement({
  description: 'The subscription can not be resumed from this cursor. It completes.',
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
      'Every end of an assessment of this session; the subscription stays open. With `after`, first the ends since that cursor. In an event stream the header `Last-Event-ID` takes precedence over `after`.',
    args: { after: t.arg.string({ description: 'The cursor of an earlier event, or `Session.cursor`.' }) },
    subscribe: async (_root, { after }, context) => {
      const session = await context.requireSession();
      return context.services.feeds.open(session.id, context.lastEventId ?? after ?? undefined, context.room());
    },
    resolve: async (event, _args, context) => {
      await context.readyToSend();
      if (event.kind === 'invalid-cursor') return { ...event, message: INVALID_CURSOR };
      context.event.id = event.cursor;
      return event;
    },
  }),
);
