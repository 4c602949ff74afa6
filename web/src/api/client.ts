import {
  cacheExchange,
  createClient,
  fetchExchange,
  mapExchange,
  subscriptionExchange,
  type Client,
  type SubscriptionForwarder,
} from 'urql';
import type { Live } from '../live/index.ts';
import type { Store } from '../store.ts';
import { errorCode } from './errors.ts';
import { openSocket, type Connection } from './socket.ts';

/** Longer than the server takes for anything over HTTP; otherwise a dead connection would look like a slow one. */
const REQUEST_TIMEOUT_MS = 30_000;

export interface ApiClient {
  client: Client;
  dispose: () => void;
}

interface ApiClientOptions {
  connection: Store<Connection>;
  /** Called for each answer that shows that the session is gone. */
  onSessionEnded: () => void;
}

/** Queries and mutations over HTTP, subscriptions over one WebSocket. Belongs to one session: a new one has nothing cached. */
export const createApiClient = ({ connection, onSessionEnded }: ApiClientOptions): ApiClient => {
  const socket = openSocket({ connection, onSessionEnded });
  const client = createClient({
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
      subscriptionExchange({ forwardSubscription: forwardTo(socket) }),
    ],
  });
  return { client, dispose: socket.close };
};

const fetchWithTimeout: typeof fetch = (input, init) => {
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
};

/** A subscription that completes without an event becomes an error, otherwise its listener would wait for ever. */
const forwardTo =
  (socket: Live): SubscriptionForwarder =>
  ({ query = '', variables, operationName }) => ({
    subscribe: (sink) => {
      let settled = false;
      const unsubscribe = socket.subscribe(
        { query, variables, operationName },
        {
          next: (result) => {
            settled = true;
            sink.next(result);
          },
          error: (error) => sink.error(error.errors ?? error),
          complete: () => {
            if (settled) sink.complete();
            else sink.error(new Error('The subscription ended without an event.'));
          },
        },
      );
      return {
        unsubscribe: () => {
          settled = true;
          unsubscribe();
        },
      };
    },
  });
