import { CombinedError, type Client } from 'urql';
import { graphql } from '../gql/index.ts';
import { beginOnDevice, endOnDevice } from '../form/begin-on-device.ts';
import type { Live } from '../live/index.ts';
import { createStore, type Store } from '../store.ts';
import { createApiClient, type ApiClient } from './client.ts';
import type { Words } from '../texts/server-words.ts';
import type { SessionEnd } from './endings.ts';
import type { LiveState } from './live-state.ts';
import {
  codeText,
  COOKIES_REFUSED,
  errorCode,
  errorText,
  isSessionGone,
  NETWORK_ERROR,
  requestIdOf,
} from './errors.ts';
import { forgetSession, knownSession, rememberSession } from './known-session.ts';

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
  /** `kept`: the server has seen the browser's cookie. */
  | { phase: 'ready'; client: Client; live: Live; sessionId: string; kept: boolean; notice: SessionNotice | undefined }
  /** Its person has deleted it with so many assessments. There is none until `retry`. */
  | { phase: 'gone'; assessments: number };

/** Why the session before this one has ended: by itself while the page was open, or because its person has left. */
export type SessionNotice = 'renewed' | 'left';

export interface SessionKeeper {
  state: Pick<Store<SessionState>, 'get' | 'subscribe'>;
  liveState: Pick<Store<LiveState>, 'get' | 'subscribe'>;
  /** Opens a session after `failed` and `gone`. */
  retry: () => void;
  dismissNotice: () => void;
  /** Ends the session, drops what this device has of it, and begins another one. @returns why it did not work */
  leave: () => Promise<Words | undefined>;
  /** Deletes all of the session and the session itself. @returns why it did not work */
  deleteAll: () => Promise<Words | undefined>;
}

/** The name of the lock that all tabs share. */
const SESSION_LOCK = 'assay-session';

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
  /** Of the session that could not be opened yet: a retry opens it with the same notice. */
  let pending: SessionNotice | undefined;
  let openedAt = Number.NEGATIVE_INFINITY;

  const open = async (api: ApiClient, notice?: SessionNotice) => {
    opening = true;
    pending = notice;
    try {
      const sessionId = await startSession(api.client);
      // First: other tabs look there for answers that move on.
      rememberSession(sessionId);
      beginOnDevice(sessionId, notice === 'renewed' ? currentId : undefined);
      enter(api, { sessionId, kept: false, notice });
    } catch (error) {
      const sessionId = isOffline(error) && notice === undefined ? knownSession() : undefined;
      // Its forms can be filled in. Once online, the server says whether it has ended.
      if (sessionId !== undefined) {
        beginOnDevice(sessionId, undefined);
        return enter(api, { sessionId, kept: true, notice });
      }
      api.live.close();
      state.set({ phase: 'failed', ...failureOf(error) });
    } finally {
      opening = false;
    }
  };

  const enter = (api: ApiClient, entered: { sessionId: string; kept: boolean; notice: SessionNotice | undefined }) => {
    currentId = entered.sessionId;
    pending = undefined;
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
    if (now.kept || performance.now() - openedAt > SHORTEST_SESSION_MS) void open(connect(), 'renewed');
    // Otherwise the page would start sessions for ever.
    else state.set({ phase: 'failed', message: codeText(COOKIES_REFUSED) });
  };

  const begin = (notice?: SessionNotice) => {
    const api = connect();
    state.set({ phase: 'starting', ...api });
    void open(api, notice);
  };

  /** Undefined if there is no session to end now. */
  const finish = async (how: 'endSession' | 'deleteMyData'): Promise<SessionEnd | undefined> => {
    const api = current;
    if (!api || opening || state.get().phase !== 'ready') return undefined;
    opening = true;
    // Another tab learns of the end at once: its new cookie must not come before this one is taken back.
    const ended = await exclusively(SESSION_LOCK, async () => (await loadEndings())?.[how](api.client));
    opening = false;
    if (ended === undefined) return { problem: codeText(NETWORK_ERROR), error: undefined };
    if ('problem' in ended) {
      if (isSessionGone(ended.error)) renew(api);
      return ended;
    }
    current = undefined;
    api.live.close();
    liveState.set('idle');
    endOnDevice();
    forgetSession();
    return ended;
  };

  void open(first);
  return {
    state,
    liveState,
    retry: () => {
      if (!opening) begin(pending);
    },
    dismissNotice: () => {
      const now = state.get();
      if (now.phase === 'ready') state.set({ ...now, notice: undefined });
    },
    leave: async () => {
      const ended = await finish('endSession');
      if (ended === undefined || 'problem' in ended) return ended?.problem;
      begin('left');
      return undefined;
    },
    deleteAll: async () => {
      const ended = await finish('deleteMyData');
      if (ended === undefined || 'problem' in ended) return ended?.problem;
      state.set({ phase: 'gone', ...ended });
      return undefined;
    },
  };
};

/** Undefined if it can't be loaded now. Few people end a session, so it is no part of the first load. */
const loadEndings = () => import('./endings.ts').catch(() => undefined);

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
  exclusively(SESSION_LOCK, async () => {
    const { data, error } = await client.mutation(StartSession, {});
    const session = data?.startSession?.session;
    if (!session) throw error ?? new Error('There is no session.');
    return session.id;
  });

const exclusively = <T>(name: string, work: () => Promise<T>): Promise<T> =>
  // Browsers have no locks over plain HTTP (but on localhost). Two tabs may then start two sessions.
  'locks' in navigator ? navigator.locks.request(name, work) : work();
