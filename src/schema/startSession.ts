import type { Session } from '../assessments/sessions.ts';
import { builder } from './builder.ts';
import { SessionType } from './types/session.ts';

const SessionTransportType = builder.enumType('SessionTransport', {
  values: {
    COOKIE: {
      value: 'cookie',
      description: 'For browsers. With a valid cookie its session is returned, and no new one begins.',
    },
    BEARER: {
      value: 'bearer',
      description: 'For clients without cookies: send `token` in the header `Authorization: Bearer`.',
    },
  } as const,
});

const StartSessionPayload = builder
  .objectRef<{ session: Session; token: string | null }>('StartSessionPayload')
  .implement({
    fields: (t) => ({
      session: t.field({ type: SessionType, resolve: ({ session }) => session }),
      token: t.exposeString('token', {
        nullable: true,
        description: 'Only for BEARER, and only in this response: the service keeps a hash.',
      }),
    }),
  });

builder.mutationField('startSession', (t) =>
  t.field({
    type: StartSessionPayload,
    description: 'Begins a session, to which assessments belong.',
    args: { transport: t.arg({ type: SessionTransportType, defaultValue: 'cookie' }) },
    resolve: (_root, { transport }, context) => context.startSession(transport ?? 'cookie'),
  }),
);
