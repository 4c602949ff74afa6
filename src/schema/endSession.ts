import { builder } from './builder.ts';

builder.mutationField('endSession', (t) =>
  t.boolean({
    description:
      'Ends the session and closes its WebSockets and event streams. Open assessments are still worked on. False if there was no session.',
    resolve: (_root, _args, context) => context.endSession(),
  }),
);
