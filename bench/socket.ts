import { WebSocket, type RawData } from 'ws';

const COMPLETED = `subscription Completed($id: ID!) { recommendationCompleted(assessmentId: $id) { assessment {
  id status version result { summary recommendations { title rationale action area priority }
  scores { area value level } } failure { code message retryable } } } }`;

/** The message before, between and after the ids. */
const [BEFORE_ID = '', BETWEEN = '', AFTER = ''] = JSON.stringify({
  id: '<operation>',
  type: 'subscribe',
  payload: { query: COMPLETED, variables: { id: '<assessment>' } },
}).split(/<operation>|<assessment>/);

const HANDSHAKE_MS = 30_000;

export type SocketEvents = {
  /** Called at the end of an assessment; `at` is a time of `performance.now()`. */
  onPush: (assessmentId: string, at: number) => void;
  /** Called for unexpected messages and closes. */
  onTrouble: (reason: string) => void;
};

type Message = {
  type: 'connection_ack' | 'next' | 'error' | 'complete' | 'ping' | 'pong';
  id?: string;
  payload?: { data?: { recommendationCompleted?: { assessment?: { status?: string } } | null }; errors?: unknown };
};

/** A minimal client of `graphql-transport-ws`: a library's client would cost as much CPU as the server. */
export class Socket {
  readonly #socket: WebSocket;
  readonly #events: SocketEvents;
  #closing = false;

  private constructor(socket: WebSocket, events: SocketEvents) {
    this.#socket = socket;
    this.#events = events;
  }

  /** Resolves when the server has accepted the session. */
  static open(url: string, token: string, events: SocketEvents): Promise<Socket> {
    const address = `${url.replace('http', 'ws')}/graphql`;
    const options = { perMessageDeflate: false, skipUTF8Validation: true, handshakeTimeout: HANDSHAKE_MS };
    const ws = new WebSocket(address, 'graphql-transport-ws', options);
    const socket = new Socket(ws, events);
    return new Promise((resolve, reject) => {
      ws.once('open', () =>
        ws.send(JSON.stringify({ type: 'connection_init', payload: { Authorization: `Bearer ${token}` } })),
      );
      ws.on('message', (data) => socket.#hear(data, () => resolve(socket)));
      ws.on('error', reject);
      ws.once('close', (code) => {
        reject(new Error(`the socket was closed with ${code}`));
        if (!socket.#closing) events.onTrouble(`a socket was closed with ${code}`);
      });
    });
  }

  subscribe(assessmentId: string): void {
    // The id of the operation is the assessment's id, which identifies its pushes.
    this.#socket.send(BEFORE_ID + assessmentId + BETWEEN + assessmentId + AFTER);
  }

  close(): void {
    this.#closing = true;
    this.#socket.terminate();
  }

  #hear(data: RawData, onAccepted: () => void): void {
    const at = performance.now();
    // oxlint-disable-next-line typescript/no-base-to-string -- a Buffer, as `ws` has it by default
    const { type, id = '', payload }: Message = JSON.parse(data.toString());
    if (type === 'next') this.#take(id, payload, at);
    else if (type === 'error') this.#events.onTrouble(`subscription: ${JSON.stringify(payload).slice(0, 300)}`);
    else if (type === 'ping') this.#socket.send('{"type":"pong"}');
    else if (type === 'connection_ack') onAccepted();
  }

  #take(id: string, payload: Message['payload'], at: number): void {
    const status = payload?.data?.recommendationCompleted?.assessment?.status;
    if (status === 'COMPLETED') this.#events.onPush(id, at);
    else this.#events.onTrouble(`ended without a result: ${JSON.stringify(payload).slice(0, 300)}`);
  }
}
