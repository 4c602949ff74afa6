import { once } from 'node:events';
import { WebSocket } from 'ws';
import { socketUrl, type Loose } from '../support/client.ts';
import { until } from '../support/wait.ts';

export type Closed = { code: number; reason: string };

/** A `ws` client without a library for the protocol, so that a test can break it. */
export type RawSocket = {
  ws: WebSocket;
  /** All received messages, parsed. */
  messages: Loose[];
  send: (message: unknown) => void;
  subscribe: (id: string, query: string, variables?: unknown) => void;
  /** Resolves with the first matching message, earlier ones included. */
  message: (fits: (message: Loose) => boolean) => Promise<Loose>;
  /** The received messages with this id. */
  of: (id: string) => Loose[];
  closed: Promise<Closed>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type SocketOptions = {
  cookie?: string;
  headers?: Record<string, string>;
  protocol?: string | string[];
  /** The payload of `connection_init`; opening waits for its acknowledgement. null: none is sent. */
  init?: unknown;
};

export async function openSocket(url: string, options: SocketOptions = {}): Promise<RawSocket> {
  const { cookie, headers = {}, protocol = 'graphql-transport-ws', init } = options;
  const ws = new WebSocket(socketUrl(url), protocol, {
    headers: { ...(cookie === undefined ? {} : { cookie }), ...headers },
  });
  const messages: Loose[] = [];
  ws.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
  const closed = new Promise<Closed>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  ws.on('error', () => {}); // `closed` resolves, and a failed handshake rejects below
  const send = (message: unknown): void => ws.send(JSON.stringify(message));
  const socket: RawSocket = {
    ws,
    messages,
    send,
    subscribe: (id, query, variables) => send({ id, type: 'subscribe', payload: { query, variables } }),
    message: (fits) => until(() => messages.find(fits), { label: `a message like ${fits.toString()}` }),
    of: (id) => messages.filter((message) => message.id === id),
    closed,
    async [Symbol.asyncDispose]() {
      ws.terminate();
      await closed;
    },
  };
  await once(ws, 'open');
  if (init !== null) {
    send({ type: 'connection_init', ...(init === undefined ? {} : { payload: init }) });
    await Promise.race([socket.message(({ type }) => type === 'connection_ack'), closed]);
  }
  return socket;
}
