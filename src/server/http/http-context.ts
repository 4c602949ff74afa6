import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Network } from '../../assessments/networks.ts';
import { required, type Session } from '../../assessments/sessions.ts';
import type { Holding } from '../graphql/held-bytes.ts';
import type { LiveChannels } from '../graphql/live-channels.ts';
import type { Context, Services } from '../../schema/context.ts';
import { continueTrace } from '../../trace.ts';
import { acceptedLanguages } from './accept-language.ts';
import type { Exchange } from './exchange.ts';
import { forbidCompression } from './compressed.ts';
import type { Credentials } from './credentials.ts';
import type { RequireOperator } from './operators.ts';

/** The context of an operation over HTTP. Yoga adds the request and the response. */
export type HttpGraphQLContext = HttpContext & { req: IncomingMessage; res: ServerResponse };

export type HttpContext = Context & {
  /** The memory that the request takes until its response is sent. */
  room: () => Holding;
};

export type HttpContextDeps = {
  channels: Pick<LiveChannels, 'held'>;
  services: Services;
  credentials: Credentials;
  requireOperator: RequireOperator;
  /** The networks of the client's address, which limits count. */
  networksOf: (request: IncomingMessage) => readonly Network[];
};

/** The context of one HTTP request, with its session by cookie or bearer token. A plain object, because Yoga copies it. */
export function httpContext(
  { channels, services, credentials, requireOperator, networksOf }: HttpContextDeps,
  { request, response, requestId }: Exchange,
): HttpContext {
  const { headers } = request;
  let session: Promise<Session | undefined> | undefined;
  const current = (): Promise<Session | undefined> => (session ??= found());
  const found = async (): Promise<Session | undefined> => {
    const known = await credentials.sessionOf(request);
    if (known === undefined || response.headersSent) return known;
    // The next request tries again.
    const renewed = await credentials.renew(known, request).catch(() => undefined);
    if (renewed?.cookie !== undefined && !response.headersSent) response.appendHeader('set-cookie', renewed.cookie);
    return renewed?.session ?? known;
  };
  let known: readonly Network[] | undefined;
  const networks = (): readonly Network[] => (known ??= networksOf(request));
  let accepted: readonly string[] | undefined;
  const languages = (): readonly string[] => {
    if (accepted === undefined && !response.headersSent) response.appendHeader('vary', 'accept-language');
    return (accepted ??= acceptedLanguages(headers['accept-language']));
  };
  let holding: Holding | undefined;
  const open = (): Holding => {
    const opened = channels.held.open(networks());
    response.once('close', () => opened.close());
    if (response.destroyed) opened.close();
    return opened;
  };
  const become = (next: Session | undefined, cookie: string | undefined): void => {
    session = Promise.resolve(next);
    if (cookie !== undefined) response.appendHeader('set-cookie', cookie);
  };
  return {
    requestId,
    trace: continueTrace(single(headers['traceparent']), requestId),
    services,
    event: {},
    lastEventId: single(headers['last-event-id']),
    idempotencyKey: single(headers['idempotency-key']),
    session: async () => (await current()) ?? null,
    requireSession: async () => required(await current()),
    networks,
    languages,
    room: () => (holding ??= open()),
    requireOperator: () => requireOperator(request, { networks: networks(), requestId }),

    async startSession(transport) {
      const existing = transport === 'cookie' ? await current() : undefined;
      if (existing !== undefined) return { session: existing, token: null };
      const { cookie, ...started } = await credentials.start(transport, networks());
      // The later fields of the same operation act in the new session.
      if (cookie !== undefined) become(started.session, cookie);
      if (started.token !== null) forbidCompression(response);
      return started;
    },

    async endSession(how = 'end') {
      const ended = await current();
      if (ended === undefined) return false;
      become(undefined, await credentials.end(ended, request, how));
      return true;
    },

    // An event stream pulls one event after the other, so there is no backlog.
    readyToSend: () => Promise.resolve(),
  };
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;
