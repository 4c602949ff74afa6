import { cacheExchange, createClient, fetchExchange, mapExchange, stringifyDocument, type Client } from 'urql';
import { createLive, type Live } from '../live/index.ts';
import type { Store } from '../store.ts';
import { connectionOf, type Connection } from './connection.ts';
import { errorCode } from './errors.ts';

/** Longer than the server takes for anything over HTTP; otherwise a dead connection would look like a slow one. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Queries and mutations over HTTP, subscriptions over one WebSocket. Belongs to one session: a new one has nothing cached. */
export interface ApiClient {
  client: Client;
  live: Live;
}

interface ApiClientOptions {
  connection: Store<Connection>;
  /** Called for each answer that shows that the session is gone. */
  onSessionEnded: () => void;
}

export const createApiClient = (options: ApiClientOptions): ApiClient => ({
  client: openHttp(options),
  live: openSocket(options),
});

const openHttp = ({ onSessionEnded }: ApiClientOptions): Client =>
  createClient({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetch: fetchWithTimeout,
    exchanges: [
      cacheExchange,
      mapExchange({
        onResult: ({ data, error }) => {
          if (errorCode(error) === 'UNAUTHENTICATED' || data?.session === null) onSessionEnded();
        },
      }),
      fetchExchange,
    ],
  });

/** The live client, whose status is told in the words of the page. */
const openSocket = ({ connection, onSessionEnded }: ApiClientOptions): Live => {
  const live = createLive({ url: '/graphql', print: stringifyDocument });
  live.status.subscribe(() => {
    const status = live.status.get();
    connection.set(connectionOf(status, connection.get()));
    if (status.state === 'ended' && status.reason === 'session ended') onSessionEnded();
  });
  return live;
};

const fetchWithTimeout: typeof fetch = (input, init) => {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
};
