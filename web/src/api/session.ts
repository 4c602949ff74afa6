import { CombinedError, type Client } from 'urql';
import { graphql } from '../gql/index.ts';
import { beginOnDevice } from '../form/begin-on-device.ts';
import type { Live } from '../live/index.ts';
import { createStore, type Store } from '../store.ts';
import { createApiClient, type ApiClient } from './client.ts';
import type { LiveState } from './live-state.ts';
import { codeText, COOKIES_REFUSED, errorCode, errorText, NETWORK_ERROR, requestIdOf } from './errors.ts';
import { knownSession, rememberSession } from './known-session.ts';

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
  /** The session is being opened. What needs none is asked for meanwhile. */
  | { phase: 'starting'; client: Client; live: Live }
  | { phase: 'failed'; message: string; requestId?: string }
  /** `kept`: the server has seen the browser's cookie. `renewed`: an earlier session ended while the page was open. */
  | { phase: 'ready'; client: Client; live: Live; sessionId: string; kept: boolean; renewed: boolean };

export interface SessionKeeper {
  state: Pick<Store<SessionState>, 'get' | 'subscribe'>;
  liveState: Pick<Store<LiveState>, 'get' | 'subscribe'>;
  /** Opens the session again after `failed`. */
  retry: () => void;
  dismissNotice: () => void;
}

/** A session that ends sooner, and was never seen with a request, was not kept by the browser. */
const SHORTEST_SESSION_MS = 60_000;

/** Opens the one session of this page, and another one when the server says that it has ended. */
export const createSessionKeeper = (): SessionKeeper => {
  const liveState = createStore<LiveState>('idle');
  const connect = (): ApiClient => {
    const api = createApiClient({ liveState, onSessionEnded: () => renew(api), onSessionSeen: () => confirm(api) });
    return api;
  };
  const first = connect();
  const state = createStore<SessionState>({ phase: 'starting', ...first });
  let current: ApiClient | undefined;
  let currentId: string | undefined;
  let opening = false;
  let openedAt = Number.NEGATIVE_INFINITY;

  const open = async (api: ApiClient, renewed: boolean) => {
    opening = true;
    try {
      const sessionId = await startSession(api.client);
      beginOnDevice(sessionId, renewed ? currentId : undefined);
      rememberSession(sessionId);
      enter(api, { sessionId, kept: false, renewed });
    } catch (error) {
      const sessionId = isOffline(error) && !renewed ? knownSession() : undefined;
      // Its forms can be filled in. Once online, the server says whether it has ended.
      if (sessionId !== undefined) {
        beginOnDevice(sessionId, undefined);
        return enter(api, { sessionId, kept: true, renewed: false });
      }
      api.live.close();
      state.set({ phase: 'failed', ...failureOf(error) });
    } finally {
      opening = false;
    }
  };

  const enter = (api: ApiClient, entered: { sessionId: string; kept: boolean; renewed: boolean }) => {
    currentId = entered.sessionId;
    current?.live.close();
    current = api;
    openedAt = performance.now();
    state.set({ phase: 'ready', ...api, ...entered });
  };

  const confirm = (from: ApiClient) => {
    const now = state.get();
    if (from === current && now.phase === 'ready' && !now.kept) state.set({ ...now, kept: true });
  };

  const renew = (from: ApiClient) => {
    const now = state.get();
    if (from !== current || opening || now.phase !== 'ready') return;
    if (now.kept || performance.now() - openedAt > SHORTEST_SESSION_MS) void open(connect(), true);
    // Otherwise the page would start sessions for ever.
    else state.set({ phase: 'failed', message: codeText(COOKIES_REFUSED) });
  };

  void open(first, false);
  return {
    state,
    liveState,
    retry: () => {
      if (opening) return;
      const api = connect();
      state.set({ phase: 'starting', ...api });
      void open(api, false);
    },
    dismissNotice: () => {
      const now = state.get();
      if (now.phase === 'ready') state.set({ ...now, renewed: false });
    },
  };
};

const isOffline = (error: unknown): boolean => error instanceof CombinedError && errorCode(error) === NETWORK_ERROR;

const failureOf = (error: unknown) =>
  error instanceof CombinedError
    ? { message: errorText(error), requestId: requestIdOf(error) }
    : { message: codeText('') };

/**
 * Begins a session, or goes on with that of a valid cookie. One tab of the browser at a time, otherwise two new tabs would
 * start two sessions.
 */
const startSession = (client: Client): Promise<string> =>
  exclusively('assay-session', async () => {
    const { data, error } = await client.mutation(StartSession, {});
    const session = data?.startSession?.session;
    if (!session) throw error ?? new Error('There is no session.');
    return session.id;
  });

const exclusively = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  // Browsers have no locks over plain HTTP (but on localhost). Two tabs may then start two sessions.
  'locks' in navigator ? navigator.locks.request(name, work) : work();
