import type { Finished } from '../delivery/session-feeds.ts';
import { InvalidCursorError } from '../errors.ts';
import { builder } from './builder.ts';
import { AssessmentType } from './types/assessment.ts';
import { InvalidCursorErrorType } from './types/user-error.ts';

const AssessmentFinishedType = builder.objectRef<Finished>('AssessmentFinished').implement({
  description: 'The end of an assessment of the session.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', {
      description:
        'Pass it as `after` to resume after a disconnect. An event may come twice then: compare `id` and `version`.',
    }),
    assessment: t.field({
      type: AssessmentType,
      description: 'The assessment, which is COMPLETED, FAILED or CANCELLED.',
      resolve: ({ assessment }) => assessment,
    }),
  }),
});

const AssessmentFinishedEventType = builder.unionType('AssessmentFinishedEvent', {
  description: 'An end, or that the subscription can not be resumed.',
  types: [AssessmentFinishedType, InvalidCursorErrorType],
  resolveType: (event) => ('error' in event ? event.error.name : 'AssessmentFinished'),
});

builder.subscriptionField('assessmentFinished', (t) =>
  t.field({
    type: AssessmentFinishedEventType,
    nullable: true,
    description:
      'Every end of an assessment of this session; the subscription stays open. With `after`, first the ends since that cursor. In an event stream the header `Last-Event-ID` takes precedence over `after`.',
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
      if (event.kind === 'invalid-cursor') return { error: new InvalidCursorError() };
      context.event.id = event.cursor;
      return event;
    },
  }),
);
