import type { Duplex } from 'node:stream';
import { Hub } from '../../src/delivery/hub.ts';
import type { AssessmentView } from '../../src/entities/assessment-view.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics, type Metrics } from '../../src/metrics.ts';
import type { Services } from '../../src/schema/context.ts';
import { createGraphQL } from '../../src/server/graphql/graphql.ts';
import { createHttp } from '../../src/server/http/http.ts';
import { LiveChannels } from '../../src/server/graphql/live-channels.ts';
import type { Credentials } from '../../src/server/http/credentials.ts';
import { texts as operatorTexts, wellbeing } from '../support/questionnaires.ts';
import { NO_WEB_PAGE, type WebPage } from '../../src/server/http/rest/web-page.ts';
import { SocketServer } from '../../src/server/sockets/websocket.ts';

export const SESSION = { id: 'the-session', createdAt: new Date(0), expiresAt: new Date(8.64e15) };
export const ASSESSMENT_ID = '0190a000-0000-7000-8000-000000000000';

/** Every request is in the one session, and has an operator's rights. */
export const fakeCredentials: Credentials = {
  tokenOf: () => 'a-token',
  sessionOf: async () => SESSION,
  start: async () => ({ session: SESSION, token: 'a-new-token' }),
  renew: async () => undefined,
  end: async () => undefined,
};

/** An assessment with a text of that many characters in its answers. */
export const viewOf = (status: AssessmentView['status'], characters = 10): AssessmentView => ({
  id: ASSESSMENT_ID,
  sessionId: SESSION.id,
  questionnaireId: 'x@1',
  language: null,
  answers: { note: 'x'.repeat(characters) },
  status,
  version: 1,
  round: 1,
  watch: false,
  failureCode: null,
  submittedAt: new Date(0),
  notBefore: null,
  startedAt: null,
  endedAt: null,
  result: null,
});

type Options = {
  pingMs?: number;
  silenceMs?: number;
  introspection?: boolean;
  /** @defaultValue only the hub, with one assessment in memory */
  services?: Services;
  webPage?: WebPage;
  graphiql?: boolean;
};

/** A database with one assessment, and the controls of a test over it. */
function fakeDatabase() {
  let view = viewOf('submitted');
  let gate: Promise<void> = Promise.resolve();
  let isAway = false;
  return {
    byId: async (): Promise<AssessmentView> => {
      await gate;
      if (isAway) throw new UnavailableError('database', 'not-done');
      return view;
    },
    controls: {
      /** Replaces the assessment, without a hint. */
      become: (next: AssessmentView): void => {
        view = next;
      },
      /** Whether the database is unavailable from now on. */
      away: (is: boolean): void => {
        isAway = is;
      },
      /** From now on the database hangs, until the returned function is called. */
      hold(): () => void {
        const { promise, resolve } = Promise.withResolvers<void>();
        gate = promise;
        return resolve;
      },
    },
  };
}

/** The HTTP server over services in memory: a test controls the database, and sees the server's ends of sockets. */
export async function startFakeServer(options: Options = {}) {
  const {
    pingMs = 60_000,
    silenceMs = 30_000,
    introspection = false,
    webPage = NO_WEB_PAGE,
    graphiql = false,
  } = options;
  const metrics = createMetrics();
  const logged: string[] = [];
  const log = createLog('info', 'api', { write: (line) => void logged.push(line) });
  const { byId, controls } = fakeDatabase();
  const hub = new Hub({ reading: { byId }, metrics, log });
  const channels = new LiveChannels({ perSessionMax: 0, perAddressMax: 0 });
  /** The services of resolvers; a test may add to them. */
  const services: Record<string, unknown> = {
    hub,
    translations: { byId: async () => ({ content: wellbeing, textHash: null }) },
    operatorTexts,
    budgetResetsAt: () => undefined,
  };
  const deps = {
    graphql: createGraphQL({ introspection, queryRate: () => [], log, metrics }),
    channels,
    services: options.services ?? (services as never),
    credentials: fakeCredentials,
    checkOrigin: () => {},
    loopbackOnly: false,
    log,
    metrics,
  };
  const sockets = new SocketServer({
    ...deps,
    sessions: { authenticate: async () => SESSION } as never,
    tokenOf: () => 'a-token',
    socketsPerSessionMax: 0,
    networksOf: () => [],
    pingMs,
  });
  const ends: Duplex[] = [];
  const upgrade = sockets.upgrade.bind(sockets);
  sockets.upgrade = (request, stream, head) => {
    ends.push(stream);
    upgrade(request, stream, head);
  };
  const http = createHttp({
    ...deps,
    sockets,
    silenceMs,
    requireOperator: () => 'operator',
    networksOf: () => [],
    allowedOrigins: new Set(),
    webPage,
    graphiql,
    secure: false,
    readiness: () => ({ parts: {}, streams: {} }),
  });
  const port = await http.listen(0, '127.0.0.1');
  return {
    logged,
    services,
    url: `http://127.0.0.1:${port}`,
    hub,
    /** The server's own ends of the sockets, in the order of opening. */
    ends,
    ...controls,
    stop: (graceMs: number): Promise<void> => http.stop(graceMs),
    ...countsOf(metrics),
    async [Symbol.asyncDispose]() {
      await sockets.close();
      await http.close();
    },
  };
}

const countsOf = (metrics: Metrics) => ({
  /** Ended requests, with or without a response. */
  async closed(): Promise<number> {
    const { values } = await metrics.requests.get();
    return values.find(({ metricName }) => metricName?.endsWith('_count') === true)?.value ?? 0;
  },
  /** The gauge of open subscriptions of a transport. */
  async counted(transport: 'websocket' | 'sse'): Promise<number> {
    const { values } = await metrics.subscriptions.get();
    return values.find(({ labels }) => labels.transport === transport)?.value ?? 0;
  },
});
