import type { Session } from '../assessments/sessions.ts';
import { builder } from './builder.ts';
import { SessionType } from './types/session.ts';

const SessionTransportType = builder.enumType('SessionTransport', {
  values: {
    COOKIE: { value: 'cookie', description: 'For browsers. A valid cookie returns its session instead of a new one.' },
    BEARER: { value: 'bearer', description: 'For clients without cookies: `token` goes into `Authorization: Bearer`.' },
  } as const,
});

const StartSessionPayload = builder
  .objectRef<{ session: Session; token: string | null }>('StartSessionPayload')
  .implement({
    fields: (t) => ({
      session: t.field({ type: SessionType, resolve: ({ session }) => session }),
      token: t.exposeString('token', { nullable: true, description: 'Shown this once, and only for BEARER.' }),
    }),
  });

builder.mutationField('startSession', (t) =>
  t.field({
    type: StartSessionPayload,
    args: { transport: t.arg({ type: SessionTransportType, defaultValue: 'cookie' }) },
    resolve: (_root, { transport }, context) => context.startSession(transport ?? 'cookie'),
  }),
);
