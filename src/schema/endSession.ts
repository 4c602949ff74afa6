import { builder } from './builder.ts';
import { payloadOf, withErrors, type Payload } from './payload.ts';

const EndSessionPayload = builder.objectRef<Payload<boolean>>('EndSessionPayload');
EndSessionPayload.implement({
  description: 'The outcome of the end of a session.',
  fields: (t) => ({
    ended: t.boolean({
      nullable: true,
      description: 'False if there was no session. Null where `errors` says why.',
      resolve: ({ value }) => value,
    }),
  }),
});
withErrors(EndSessionPayload);

builder.mutationField('endSession', (t) =>
  t.field({
    type: EndSessionPayload,
    nullable: true,
    description:
      'Ends the session and closes its WebSockets and event streams. Open assessments are still worked on. Start another session to go on.',
    resolve: (_root, _args, context) => payloadOf(() => context.endSession()),
  }),
);
