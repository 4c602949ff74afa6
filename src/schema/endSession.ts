import { builder } from './builder.ts';

builder.mutationField('endSession', (t) =>
  t.boolean({
    description: 'Ends the session and closes its sockets. Its assessments go on. False if there was none.',
    resolve: (_root, _args, context) => context.endSession(),
  }),
);
