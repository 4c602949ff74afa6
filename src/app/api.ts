import { join } from 'node:path';
import { createCancel } from '../assessments/cancel.ts';
import { watchQueueDepth } from '../assessments/queue-depth.ts';
import { rateLimit } from '../assessments/rate-limit.ts';
import { createRetry } from '../assessments/retry.ts';
import { createSessions, type Sessions } from '../assessments/sessions.ts';
import { createSubmit } from '../assessments/submit.ts';
import { Hub } from '../delivery/hub.ts';
import { watchPlaces } from '../delivery/places.ts';
import { checkSessionEnds } from '../delivery/session-ends.ts';
import { SessionFeeds } from '../delivery/session-feeds.ts';
import { startSweep } from '../delivery/sweep.ts';
import type { Services } from '../schema/context.ts';
import { clientAddress } from '../server/http/address.ts';
import { createGraphQL } from '../server/graphql/graphql.ts';
import { createHttp, type HttpDeps } from '../server/http/http.ts';
import { isLoopbackAddress } from '../server/http/host.ts';
import { LiveChannels } from '../server/graphql/live-channels.ts';
import { createOriginCheck } from '../server/http/origin.ts';
import { createCredentials } from '../server/http/credentials.ts';
import { openWebPage } from '../server/http/rest/web-page.ts';
import { SocketServer } from '../server/sockets/websocket.ts';
import { ROOT, type Parts } from './parts.ts';

/** Serves HTTP and WebSockets; resolves to the address. */
export async function openApi(parts: Parts): Promise<string> {
  const { config, log, metrics, database } = parts;
  const sessions = createSessions(database.sessions, config.sessionTtlMs);
  const services = createServices(parts);
  const graphql = createGraphQL({ introspection: config.graphiql, log, metrics });
  const channels = new LiveChannels(config.socketsPerSessionMax);
  const closeSessions = (ids: readonly string[]): void => {
    for (const id of ids) sessions.forget(id);
    sockets.closeSessions(ids);
  };
  const credentials = openCredentials(parts, sessions, closeSessions);
  const sockets = new SocketServer({
    graphql,
    channels,
    services,
    sessions,
    tokenOf: (request, authorization) => credentials.tokenOf(request, authorization),
    socketsPerSessionMax: config.socketsPerSessionMax,
    log,
    metrics,
  });
  await followEnds(parts, { services, sessions, openSessions: () => sockets.sessions(), closeSessions });
  return await serve(parts, { graphql, channels, services, credentials, sockets });
}

/** The use cases behind the schema and REST, with what they deliver by. */
function createServices({ config, log, metrics, database, broker, questionnaires, lifecycle }: Parts): Services {
  const { reading } = database;
  const hub = new Hub({ reading, metrics, log });
  const feeds = new SessionFeeds({ reading, sweeping: database.sweeping, metrics, log });
  const places = watchPlaces({ store: database.placing, hub, log });
  lifecycle.onClose('places', () => places.stop());
  const queueDepth = watchQueueDepth(database.reconciling, config.maxQueueDepth, log);
  lifecycle.onClose('queue depth', () => queueDepth.stop());
  const sessionRate = rateLimit(config.submitsPerMinute);
  const submit = createSubmit({
    submitting: database.submitting,
    reading,
    broker,
    questionnaires,
    sessionRate,
    queueDepth,
    expect: (id, sessionId) => hub.expect(id, sessionId),
    metrics,
    log,
  });
  return {
    submit,
    cancel: createCancel({ cancelling: database.cancelling, reading, broker, metrics, log }),
    retry: createRetry({ retrying: database.retrying, reading, broker, sessionRate, queueDepth, log }),
    deadLetters: database.retrying,
    reading,
    questionnaires,
    hub,
    feeds,
    placeOf: places.of,
  };
}

type CloseSessions = (ids: readonly string[]) => void;

const openCredentials = ({ config, broker }: Parts, sessions: Sessions, closeSessions: CloseSessions) =>
  createCredentials({
    sessions,
    secureCookies: config.secureCookies,
    addressRate: rateLimit(config.sessionsPerMinute),
    operatorToken: config.operatorToken,
    onEnded: (id) => {
      closeSessions([id]);
      broker.announceSessionEnded(id);
    },
  });

type Followed = {
  services: Pick<Services, 'hub' | 'feeds'>;
  sessions: Sessions;
  openSessions: () => string[];
  closeSessions: CloseSessions;
};

/** Takes up ends of assessments and of sessions: those that the sweep finds, and sooner those that the broker hints at. */
async function followEnds({ database, broker, lifecycle, log }: Parts, followed: Followed): Promise<void> {
  const { services, sessions, openSessions, closeSessions } = followed;
  const { hub, feeds } = services;
  const sweeper = await startSweep({
    store: database.sweeping,
    sessions: database.sessions,
    onSwept: (found) => {
      hub.swept(found.ends);
      feeds.swept(found);
    },
    openSessions,
    onSessionsOver: closeSessions,
    log,
  });
  lifecycle.onClose('sweep', () => sweeper.stop());
  const sessionEnds = checkSessionEnds({
    sessions: database.sessions,
    openSessions,
    onSessionsOver: closeSessions,
    log,
  });
  lifecycle.onClose('session ends', () => sessionEnds.stop());
  broker.listen({
    onHint: ({ kind, id, sessionId }) => {
      if (kind === 'session-ended') {
        // The message may be forged, so nothing is closed yet: the next request reads the session from the database.
        sessions.forget(id);
        return sessionEnds.hint(id);
      }
      hub.hint(id);
      feeds.hint(sessionId, id);
    },
    onProgress: (id, payload) => hub.progress(id, payload),
    onReconnect: () => sweeper.soon(),
  });
}

type Served = Pick<HttpDeps, 'graphql' | 'channels' | 'services' | 'credentials'> & { sockets: SocketServer };

/** Listens for HTTP and WebSockets; resolves to the address. */
async function serve({ config, log, metrics, lifecycle, health }: Parts, served: Served): Promise<string> {
  let port = config.port;
  const { allowedOrigins, publicUrl } = config;
  const http = createHttp({
    ...served,
    addressOf: clientAddress(config.trustedProxies),
    checkOrigin: createOriginCheck({
      allowed: allowedOrigins,
      ownPort: publicUrl === undefined ? () => port : undefined,
    }),
    loopbackOnly: publicUrl === undefined && isLoopbackAddress(config.host),
    allowedOrigins,
    webPage: openWebPage(join(ROOT, 'dist/web')),
    graphiql: config.graphiql,
    secure: config.secureCookies,
    readiness: health.readiness,
    log,
    metrics,
  });
  port = await http.listen(config.port, config.host);
  lifecycle.onStop(() => http.stop(config.shutdownGraceMs));
  lifecycle.onClose('http', () => http.close());
  // Before the HTTP server: clients get close code 1001 instead of a broken connection.
  lifecycle.onClose('sockets', () => served.sockets.close());
  return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
}
