import { CombinedError, type Client } from 'urql';
import { graphql } from '../gql/index.ts';
import type { Live } from '../live/index.ts';
import { createStore, type Store } from '../store.ts';
import { createApiClient, type ApiClient } from './client.ts';
import type { Connection } from './connection.ts';
import { codeText, COOKIES_REFUSED, errorCode, errorText } from './errors.ts';

const CurrentSession = graphql(`
  query CurrentSession {
    session {
      id
    }
  }
`);

const StartSession = graphql(`
  mutation StartSession {
    startSession {
      session {
        id
      }
    }
  }
`);

export type SessionState =
  | { phase: 'starting' }
  | { phase: 'failed'; message: string }
  /** `renewed`: an earlier session ended while the page was open. */
  | { phase: 'ready'; client: Client; live: Live; renewed: boolean };

export interface SessionKeeper {
  state: Pick<Store<SessionState>, 'get' | 'subscribe'>;
  connection: Pick<Store<Connection>, 'get' | 'subscribe'>;
  /** Opens the session; also the way on after `failed`. */
  start: () => void;
  dismissNotice: () => void;
}

/** A session that ends again so soon was never kept: without this limit the page would start sessions for ever. */
const SHORTEST_SESSION_MS = 5_000;

/** Holds the one session of this page, and starts a new one when the server says that it has ended. */
export const createSessionKeeper = (): SessionKeeper => {
  const state = createStore<SessionState>({ phase: 'starting' });
  const connection = createStore<Connection>('idle');
  let current: ApiClient | undefined;
  let opening = false;
  let openedAt = Number.NEGATIVE_INFINITY;

  const open = async (renewed: boolean) => {
    if (opening) return;
    opening = true;
    const api = createApiClient({ connection, onSessionEnded: () => renew(api) });
    try {
      await ensureSession(api.client);
      current?.live.close();
      current = api;
      openedAt = performance.now();
      state.set({ phase: 'ready', ...api, renewed });
    } catch (error) {
      api.live.close();
      state.set({ phase: 'failed', message: error instanceof CombinedError ? errorText(error) : codeText('') });
    } finally {
      opening = false;
    }
  };

  const renew = (from: ApiClient) => {
    if (from !== current) return;
    if (performance.now() - openedAt > SHORTEST_SESSION_MS) void open(true);
    else state.set({ phase: 'failed', message: codeText(COOKIES_REFUSED) });
  };

  return {
    state,
    connection,
    start: () => {
      state.set({ phase: 'starting' });
      void open(false);
    },
    dismissNotice: () => {
      const now = state.get();
      if (now.phase === 'ready') state.set({ ...now, renewed: false });
    },
  };
};

/** Only one tab of the browser at a time looks and starts, otherwise two new tabs would make two sessions. */
const ensureSession = (client: Client): Promise<void> =>
  exclusively('assay-session', async () => {
    const found = await client.query(CurrentSession, {}, { requestPolicy: 'network-only' });
    if (found.data?.session) return;
    if (found.error && errorCode(found.error) !== 'UNAUTHENTICATED') throw found.error;
    const started = await client.mutation(StartSession, {});
    if (started.error) throw started.error;
  });

const exclusively = (name: string, work: () => Promise<void>): Promise<void> =>
  // Over plain HTTP on another host than localhost browsers have no locks; two sessions are then the lesser evil.
  'locks' in navigator ? navigator.locks.request(name, work) : work();
