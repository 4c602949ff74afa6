import { join } from 'node:path';
import { createCancel } from '../assessments/cancel.ts';
import { createDeleting, deletionProofs, type DeletionProofs } from '../assessments/deleting.ts';
import { createImages } from '../assessments/images.ts';
import { watchQueueDepth } from '../assessments/queue-depth.ts';
import { networkLimit, networksBy } from '../assessments/networks.ts';
import { byMinute, type Rates } from '../assessments/rates.ts';
import { createRetry } from '../assessments/retry.ts';
import { createSessions, type Sessions } from '../assessments/sessions.ts';
import { submitRate } from '../assessments/submit-rate.ts';
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
import { operatorsBy, WRONG_TOKENS_PER_MINUTE } from '../server/http/operators.ts';
import { openWebPage } from '../server/http/rest/web-page.ts';
import { SocketServer } from '../server/sockets/websocket.ts';
import { urlOf } from './health.ts';
import { ROOT, type Parts } from './parts.ts';

/** Serves HTTP and WebSockets; resolves to the address. */
export async function openApi(parts: Parts): Promise<string> {
  const { config, log, metrics, database, rates } = parts;
  const sessions = createSessions(database.sessions, config.sessionTtlMs);
  const networksOf = await openNetworks(parts);
  const proofs = deletionProofs(await database.secret('deletions'));
  const services = createServices(parts, proofs);
  const graphql = createGraphQL({
    introspection: config.graphiql,
    queryRate: networkLimit(rates, 'queries', byMinute(config.queryCostPerMinute)),
    log,
    metrics,
  });
  const channels = new LiveChannels({
    perSessionMax: config.socketsPerSessionMax,
    perAddressMax: config.socketsPerAddressMax,
    onHeld: (bytes) => metrics.heldBytes.set(bytes),
  });
  const closeSessions = (ids: readonly string[]): void => {
    for (const id of ids) sessions.forget(id);
    sockets.closeSessions(ids);
  };
  const credentials = openCredentials(parts, rates, sessions, closeSessions);
  const sockets = new SocketServer({
    graphql,
    channels,
    services,
    sessions,
    tokenOf: (request, authorization) => credentials.tokenOf(request, authorization),
    socketsPerSessionMax: config.socketsPerSessionMax,
    networksOf,
    log,
    metrics,
  });
  await followEnds(parts, { services, proofs, sessions, openSessions: () => sockets.sessions(), closeSessions });
  const requireOperator = operatorsBy({
    tokens: config.operatorTokens,
    wrongTokenRate: networkLimit(rates, 'operators', byMinute(WRONG_TOKENS_PER_MINUTE)),
    log,
  });
  return await serve(parts, { graphql, channels, services, credentials, requireOperator, sockets, networksOf });
}

/** The networks of a request's client. Their keys are hashed by a secret of the fleet, so that all processes count the same. */
async function openNetworks({ config, database, log }: Parts): Promise<HttpDeps['networksOf']> {
  const addressOf = clientAddress(config.trustedProxies, () => log.warn(NO_TRUSTED_PROXIES));
  const networksOf = networksBy(await database.secret('networks'));
  return (request) => networksOf(addressOf(request));
}

/** The use cases behind the schema and REST, with what they deliver by. */
function createServices(parts: Parts, proofs: DeletionProofs): Services {
  const {
    config,
    log,
    metrics,
    database,
    broker,
    questionnaires,
    translations,
    operatorTexts,
    lifecycle,
    rates,
    budgets,
    turns,
  } = parts;
  const { reading } = database;
  const hub = new Hub({ reading, metrics, log });
  const feeds = new SessionFeeds({ reading, sweeping: database.sweeping, metrics, log });
  const places = watchPlaces({ store: database.placing, hub, log });
  lifecycle.onClose('places', () => places.stop());
  const queueDepth = watchQueueDepth(database.reconciling, config.maxQueueDepth, log);
  lifecycle.onClose('queue depth', () => queueDepth.stop());
  const countSubmission = submitRate({
    rates,
    perMinute: config.submitsPerMinute,
    perMinutePerAddress: config.submitsPerMinutePerAddress,
    perDayPerAddress: config.dailyAssessmentsPerAddress,
  });
  const openMax = { ofNetwork: config.openPerAddressMax, ofSession: config.openPerSessionMax };
  const submit = createSubmit({
    submitting: database.submitting,
    reading,
    broker,
    questionnaires,
    translations,
    countSubmission,
    openMax,
    queueDepth,
    expect: (id, sessionId) => hub.expect(id, sessionId),
    metrics,
    log,
  });
  const deleting = createDeleting({ deleting: database.deleting, proofs, broker, turns, metrics, log });
  lifecycle.onClose('deletions', () => deleting.stop());
  return {
    submit,
    deleting,
    cancel: createCancel({
      cancelling: database.cancelling,
      reading,
      untold: database.untold,
      broker,
      turns,
      metrics,
      log,
    }),
    retry: createRetry({
      retrying: database.retrying,
      reading,
      turns,
      caps: database.turns,
      openMax,
      countSubmission,
      queueDepth,
      log,
    }),
    reading,
    questionnaires,
    translations,
    operatorTexts,
    images: createImages(database.images, questionnaires),
    hub,
    feeds,
    placeOf: places.of,
    budgetResetsAt: () => budgets.resetsAt(),
  };
}

type CloseSessions = (ids: readonly string[]) => void;

const openCredentials = ({ config, broker }: Parts, rates: Rates, sessions: Sessions, closeSessions: CloseSessions) =>
  createCredentials({
    sessions,
    secureCookies: config.secureCookies,
    sessionRate: networkLimit(rates, 'sessions', byMinute(config.sessionsPerMinute)),
    onEnded: (id) => {
      closeSessions([id]);
      broker.announceSessionEnded(id);
    },
  });

type Followed = {
  services: Pick<Services, 'hub' | 'feeds'>;
  proofs: Pick<DeletionProofs, 'isOf'>;
  sessions: Sessions;
  openSessions: () => string[];
  closeSessions: CloseSessions;
};

/** Takes up ends of assessments and of sessions: those that the sweep finds, and sooner those that the broker hints at. */
async function followEnds({ database, broker, lifecycle, log }: Parts, followed: Followed): Promise<void> {
  const { services, proofs, sessions, openSessions, closeSessions } = followed;
  const { hub, feeds } = services;
  const sweeper = await startSweep({
    store: database.sweeping,
    sessions: database.sessions,
    onSwept: (found) => {
      hub.swept(found.ends);
      feeds.swept(found);
    },
    onNewHistory: (begin) => {
      hub.newHistory();
      feeds.newHistory(begin);
    },
    toCheck: () => hub.toCheck(),
    onNotOpen: (ids) => {
      for (const id of ids) hub.hint(id);
    },
    openSessions,
    onSessionsOver: closeSessions,
    log,
  });
  feeds.sweepBy(() => sweeper.now());
  lifecycle.onClose('sweep', () => sweeper.stop());
  const sessionEnds = checkSessionEnds({
    sessions: database.sessions,
    openSessions,
    onSessionsOver: closeSessions,
    log,
  });
  lifecycle.onClose('session ends', () => sessionEnds.stop());
  broker.listen({
    onHint: (hint) => {
      const { id, sessionId } = hint;
      if (hint.kind === 'session-ended') {
        // The message may be forged, so nothing is closed yet: the next request reads the session from the database.
        sessions.forget(id);
        return sessionEnds.hint(id);
      }
      hub.hint(id);
      if (hint.proof !== undefined && proofs.isOf(hint.proof, sessionId, id)) feeds.deleted(sessionId);
      else feeds.hint(sessionId, id);
    },
    onProgress: (id, payload) => hub.progress(id, payload),
    onReconnect: () => sweeper.soon(),
  });
}

type Served = Pick<HttpDeps, 'graphql' | 'channels' | 'services' | 'credentials' | 'requireOperator' | 'networksOf'> & {
  sockets: SocketServer;
};

/** Listens for HTTP and WebSockets; resolves to the address. */
async function serve({ config, log, metrics, lifecycle, health }: Parts, served: Served): Promise<string> {
  let port = config.port;
  const { allowedOrigins, publicUrl } = config;
  const http = createHttp({
    ...served,
    checkOrigin: createOriginCheck({
      allowed: allowedOrigins,
      ownPort: publicUrl === undefined ? () => port : undefined,
    }),
    loopbackOnly: publicUrl === undefined && isLoopbackAddress(config.host),
    allowedOrigins,
    webPage: openWebPage(join(ROOT, 'dist/web'), config),
    graphiql: config.graphiql,
    secure: config.secureCookies,
    readiness: health.readiness,
    log,
    metrics,
  });
  port = await http.listen(config.port, config.host);
  if (config.drainDelayMs > 0) lifecycle.onDrain(() => http.drain(config.drainDelayMs));
  lifecycle.onStop(() => http.stop(config.shutdownGraceMs));
  lifecycle.onClose('http', () => http.close());
  // Before the HTTP server: clients get close code 1001 instead of a broken connection.
  lifecycle.onClose('sockets', () => served.sockets.close());
  return urlOf(config.host, port);
}

const NO_TRUSTED_PROXIES =
  'requests carry X-Forwarded-For, but TRUSTED_PROXIES is not set: if a proxy stands in front, all visitors count as one address. ' +
  'Set TRUSTED_PROXIES to the addresses of the proxy';
