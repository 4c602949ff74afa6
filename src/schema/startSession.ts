import type { Session } from '../assessments/sessions.ts';
import { builder } from './builder.ts';
import { payloadOf, withErrors, type Payload } from './payload.ts';
import { SessionType } from './types/session.ts';

const SessionTransportType = builder.enumType('SessionTransport', {
  description: 'How a client sends the token of its session.',
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

const StartSessionPayload =
  builder.objectRef<Payload<{ session: Session; token: string | null }>>('StartSessionPayload');
StartSessionPayload.implement({
  description: 'The session that a client has from now on.',
  fields: (t) => ({
    session: t.field({
      type: SessionType,
      nullable: true,
      description: 'The session. Null where `errors` says why.',
      resolve: ({ value }) => value?.session,
    }),
    token: t.string({
      nullable: true,
      description: 'Only for BEARER, and only in this response: the service keeps a hash. Null for COOKIE.',
      resolve: ({ value }) => value?.token,
    }),
  }),
});
withErrors(StartSessionPayload);

builder.mutationField('startSession', (t) =>
  t.field({
    type: StartSessionPayload,
    nullable: true,
    description: 'Begins a session, to which assessments belong.',
    args: {
      transport: t.arg({
        type: SessionTransportType,
        defaultValue: 'cookie',
        description: 'COOKIE for a page in a browser, BEARER for other clients.',
      }),
    },
    resolve: (_root, { transport }, context) => payloadOf(() => context.startSession(transport ?? 'cookie')),
  }),
);
