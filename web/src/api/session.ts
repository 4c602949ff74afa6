import { CombinedError, type Client } from 'urql';
import { graphql } from '../gql/index.ts';
import { beginOnDevice } from '../form/begin-on-device.ts';
import type { Live } from '../live/index.ts';
import { createStore, type Store } from '../store.ts';
import { createApiClient, type ApiClient } from './client.ts';
import type { LiveState } from './live-state.ts';
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
  | { phase: 'ready'; client: Client; live: Live; sessionId: string; renewed: boolean };

export interface SessionKeeper {
  state: Pick<Store<SessionState>, 'get' | 'subscribe'>;
  liveState: Pick<Store<LiveState>, 'get' | 'subscribe'>;
  /** Opens the session. Call it again after `failed`. */
  start: () => void;
  dismissNotice: () => void;
}

/** A session that ends sooner was not kept by the browser. Without this limit the page would start sessions for ever. */
const SHORTEST_SESSION_MS = 5_000;

/** Holds the one session of this page, and starts a new one when the server says that it has ended. */
export const createSessionKeeper = (): SessionKeeper => {
  const state = createStore<SessionState>({ phase: 'starting' });
  const liveState = createStore<LiveState>('idle');
  let current: ApiClient | undefined;
  let currentId: string | undefined;
  let opening = false;
  let openedAt = Number.NEGATIVE_INFINITY;

  const open = async (renewed: boolean) => {
    if (opening) return;
    opening = true;
    const api = createApiClient({ liveState, onSessionEnded: () => renew(api) });
    try {
      const sessionId = await ensureSession(api.client);
      beginOnDevice(sessionId, renewed ? currentId : undefined);
      currentId = sessionId;
      current?.live.close();
      current = api;
      openedAt = performance.now();
      state.set({ phase: 'ready', ...api, sessionId, renewed });
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
    liveState,
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

/** One tab of the browser at a time, otherwise two new tabs would start two sessions. */
const ensureSession = (client: Client): Promise<string> =>
  exclusively('assay-session', async () => {
    const found = await client.query(CurrentSession, {}, { requestPolicy: 'network-only' });
    if (found.data?.session) return found.data.session.id;
    if (found.error && errorCode(found.error) !== 'UNAUTHENTICATED') throw found.error;
    const started = await client.mutation(StartSession, {});
    if (started.error) throw started.error;
    if (!started.data) throw new Error('The server started no session.');
    return started.data.startSession.session.id;
  });

const exclusively = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  // Browsers have no locks over plain HTTP (but on localhost). Two tabs may then start two sessions.
  'locks' in navigator ? navigator.locks.request(name, work) : work();
