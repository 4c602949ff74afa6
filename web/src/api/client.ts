import { cacheExchange, createClient, fetchExchange, mapExchange, stringifyDocument, type Client } from 'urql';
import { createLive, type Live } from '../live/index.ts';
import type { Store } from '../store.ts';
import { liveStateOf, type LiveState } from './live-state.ts';
import { isAbsent, isSessionGone } from './errors.ts';
import { askAgainWithWorker } from './offline.ts';

/** Longer than any response of the server takes. Without it a dead connection would look like a slow one. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Queries and mutations over HTTP, subscriptions over one WebSocket. Belongs to one session, so that a new session starts with an empty cache. */
export interface ApiClient {
  client: Client;
  live: Live;
}

interface ApiClientOptions {
  liveState: Store<LiveState>;
  /** Called for each response or close code that shows that the session has ended. */
  onSessionEnded: () => void;
  /** Called for each response in which the server has recognised the session. */
  onSessionSeen: () => void;
}

export const createApiClient = (options: ApiClientOptions): ApiClient => ({
  client: openHttp(options),
  live: openSocket(options),
});

const openHttp = ({ onSessionEnded, onSessionSeen }: ApiClientOptions): Client =>
  createClient({
    url: '/graphql',
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetch: fetchWithTimeout,
    exchanges: [
      cacheExchange,
      mapExchange({
        onResult: (result) => {
          if (isSessionGone(result.error) || isAbsent(result, 'session')) onSessionEnded();
          if (result.data?.session || result.data?.assessment) onSessionSeen();
        },
      }),
      fetchExchange,
    ],
  });

/** Opens the live client, and keeps `liveState` up to date with its status. */
const openSocket = ({ liveState, onSessionEnded }: ApiClientOptions): Live => {
  const live = createLive({ url: '/graphql', print: stringifyDocument });
  live.status.subscribe(() => {
    const status = live.status.get();
    liveState.set(liveStateOf(status, liveState.get()));
    if (status.state === 'ended' && status.reason === 'session ended') onSessionEnded();
  });
  return live;
};

const fetchWithTimeout: typeof fetch = (input, init) => {
  if (init) askAgainWithWorker(input, init);
  const timeout = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
  return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
};
