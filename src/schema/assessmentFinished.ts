import type { Finished } from '../delivery/session-feeds.ts';
import { InvalidCursorError } from '../errors.ts';
import { builder } from './builder.ts';
import { AssessmentType } from './types/assessment.ts';

const AssessmentFinishedType = builder.objectRef<Finished>('AssessmentFinished').implement({
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      description: 'To subscribe with after a disconnect. Some may come again then: know them by id and version.',
    }),
    assessment: t.field({ type: AssessmentType, resolve: ({ assessment }) => assessment }),
  }),
});

const AssessmentFinishedEventType = builder.unionType('AssessmentFinishedEvent', {
  types: [AssessmentFinishedType, InvalidCursorError],
  resolveType: (event) => (event instanceof InvalidCursorError ? 'InvalidCursorError' : 'AssessmentFinished'),
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
      if (event.kind === 'invalid-cursor') return new InvalidCursorError();
      context.event.id = event.cursor;
      return event;
    },
  }),
);
