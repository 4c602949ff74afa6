import { createClient, type Client } from 'graphql-ws';
import type { Store } from '../store.ts';
import { retryWaitMs } from './retry-wait.ts';

/** `idle`: nobody listens. `lost`: somebody listens, and the socket is being opened again. */
export type Connection = 'idle' | 'connected' | 'lost';

/** The server closes with it when the session has ended; it would refuse every further try with the same cookie. */
const UNAUTHORIZED = 4401;
const NORMAL_CLOSURE = 1000;
const KEEP_ALIVE_MS = 12_000;
/** A server that does not answer a ping in this time is gone; otherwise a pulled cable would look like a long wait. */
const PONG_WAIT_MS = 5_000;

interface SocketOptions {
  connection: Store<Connection>;
  onSessionEnded: () => void;
}

/** Subscriptions over graphql-transport-ws. Tries again for ever, except after the end of the session. */
export const openSocket = ({ connection, onSessionEnded }: SocketOptions): Client => {
  let pongTimer: ReturnType<typeof setTimeout> | undefined;
  const client = createClient({
    url: () => new URL('/graphql', location.href.replace(/^http/, 'ws')).href,
    keepAlive: KEEP_ALIVE_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    // A connection that was refused arrives as a plain error event, which the default would not try again.
    shouldRetry: () => true,
    retryWait,
    on: {
      connected: () => connection.set('connected'),
      ping: (received) => {
        if (!received) pongTimer = setTimeout(() => client.terminate(), PONG_WAIT_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pongTimer);
      },
      closed: (event) => {
        clearTimeout(pongTimer);
        const code = closeCode(event);
        connection.set(code === NORMAL_CLOSURE || code === UNAUTHORIZED ? 'idle' : 'lost');
        if (code === UNAUTHORIZED) onSessionEnded();
      },
    },
  });
  return client;
};

const closeCode = (event: unknown): unknown =>
  typeof event === 'object' && event !== null && 'code' in event ? event.code : undefined;

/** Waits its time, or less if the browser notices that the network is back. */
const retryWait = (retry: number): Promise<void> =>
  new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      window.removeEventListener('online', over);
      resolve();
    };
    const timer = setTimeout(over, retryWaitMs(retry));
    window.addEventListener('online', over);
  });
