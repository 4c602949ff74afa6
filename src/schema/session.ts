import { builder } from './builder.ts';
import { SessionType } from './types/session.ts';

builder.queryField('session', (t) =>
  t.field({
    type: SessionType,
    nullable: true,
    description: 'The session of the cookie or bearer token; null before `startSession`.',
    resolve: (_root, _args, context) => context.session(),
  }),
);
