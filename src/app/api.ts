import { join } from 'node:path';
import { createCancel } from '../assessments/cancel.ts';
import { watchQueueDepth } from '../assessments/queue-depth.ts';
import { exchangeRates } from '../assessments/exchange-rates.ts';
import { networkLimit, networksBy } from '../assessments/networks.ts';
import { Rates } from '../assessments/rates.ts';
import { createRetry } from '../assessments/retry.ts';
import { createSessions } from '../assessments/sessions.ts';
import { ADDRESS_BURST_MINUTES, submitRate } from '../assessments/submit-rate.ts';
import { createSubmit } from '../assessments/submit.ts';
import { Hub } from '../delivery/hub.ts';
import { watchPlaces } from '../delivery/places.ts';
import { checkSessionEnds } from '../delivery/session-ends.ts';
import { SessionFeeds } from '../delivery/session-feeds.ts';
import { startSweep } from '../delivery/sweep.ts';
import { clientAddress } from '../server/http/address.ts';
import { createGraphQL } from '../server/graphql/graphql.ts';
import { createHttp } from '../server/http/http.ts';
import { isLoopbackAddress } from '../server/http/host.ts';
import { LiveChannels } from '../server/graphql/live-channels.ts';
import { createOriginCheck } from '../server/http/origin.ts';
import { createCredentials } from '../server/http/credentials.ts';
import { openWebPage } from '../server/http/rest/web-page.ts';
import { SocketServer } from '../server/sockets/websocket.ts';
import { ROOT, type Parts } from './parts.ts';

/** Serves HTTP and WebSockets; resolves to the address. */
export async function openApi(parts: Parts): Promise<string> {
  const { config, log, metrics, database, broker, questionnaires, lifecycle, health } = parts;
  const { reading } = database;
  const sessions = createSessions(database.sessions, config.sessionTtlMs);
  const hub = new Hub({ reading, metrics, log });
  const feeds = new SessionFeeds({ reading, sweeping: database.sweeping, metrics, log });
  const places = watchPlaces({ store: database.placing, hub, log });
  lifecycle.onClose('places', () => places.stop());
  const queueDepth = watchQueueDepth(database.reconciling, config.maxQueueDepth, log);
  lifecycle.onClose('queue depth', () => queueDepth.stop());
  const rates = new Rates();
  const exchange = exchangeRates({ rates, store: database.rates, log });
  lifecycle.onClose('rates', () => exchange.stop());
  const networksOf = networksBy(await database.secret('networks'));
  const countSubmission = submitRate({
    rates,
    perMinute: config.submitsPerMinute,
    perMinutePerAddress: config.submitsPerMinutePerAddress,
  });
  const retry = createRetry({ retrying: database.retrying, reading, broker, countSubmission, queueDepth, log });
  const submit = createSubmit({
    submitting: database.submitting,
    reading,
    broker,
    questionnaires,
    countSubmission,
    queueDepth,
    expect: (id, sessionId) => hub.expect(id, sessionId),
    metrics,
    log,
  });
  const cancel = createCancel({ cancelling: database.cancelling, reading, broker, metrics, log });
  const services = {
    submit,
    cancel,
    retry,
    deadLetters: database.retrying,
    reading,
    questionnaires,
    hub,
    feeds,
    placeOf: places.of,
  };
  let port = config.port;
  const { allowedOrigins, publicUrl } = config;
  const checkOrigin = createOriginCheck({
    allowed: allowedOrigins,
    ownPort: publicUrl === undefined ? () => port : undefined,
  });
  const sessionOver = (ids: readonly string[]): void => {
    for (const id of ids) sessions.forget(id);
    sockets.closeSessions(ids);
  };
  const credentials = createCredentials({
    sessions,
    secureCookies: config.secureCookies,
    sessionRate: networkLimit(rates, 'sessions', {
      burst: config.sessionsPerMinute * ADDRESS_BURST_MINUTES,
      perMinute: config.sessionsPerMinute,
    }),
    operatorToken: config.operatorToken,
    onEnded: (id) => {
      sessionOver([id]);
      broker.announceSessionEnded(id);
    },
  });
  const { socketsPerSessionMax } = config;
  const channels = new LiveChannels(socketsPerSessionMax);
  const graphql = createGraphQL({ introspection: config.graphiql, log, metrics });
  const sockets = new SocketServer({
    graphql,
    channels,
    services,
    sessions,
    tokenOf: (request, authorization) => credentials.tokenOf(request, authorization),
    socketsPerSessionMax,
    log,
    metrics,
  });
  const sweeper = await startSweep({
    store: database.sweeping,
    sessions: database.sessions,
    onSwept: (found) => {
      hub.swept(found.ends);
      feeds.swept(found);
    },
    openSessions: () => sockets.sessions(),
    onSessionsOver: sessionOver,
    log,
  });
  lifecycle.onClose('sweep', () => sweeper.stop());
  const sessionEnds = checkSessionEnds({
    sessions: database.sessions,
    openSessions: () => sockets.sessions(),
    onSessionsOver: sessionOver,
    log,
  });
  lifecycle.onClose('session ends', () => sessionEnds.stop());
  broker.listen({
    onHint: ({ kind, id, sessionId }) => {
      if (kind === 'session-ended') {
        // At most the next request asks the database for it: the message may be forged.
        sessions.forget(id);
        return sessionEnds.hint(id);
      }
      hub.hint(id);
      feeds.hint(sessionId, id);
    },
    onProgress: (id, payload) => hub.progress(id, payload),
    onReconnect: () => sweeper.soon(),
  });
  const http = createHttp({
    graphql,
    channels,
    sockets,
    services,
    credentials,
    addressOf: clientAddress(config.trustedProxies),
    networksOf,
    checkOrigin,
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
  // Before the server: with 1001 and not with a broken connection.
  lifecycle.onClose('sockets', () => sockets.close());
  return `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
}
