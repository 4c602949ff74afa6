import {
  connect,
  credsAuthenticator,
  Events,
  type ConnectionOptions,
  type JetStreamManager,
  type NatsConnection,
} from 'nats';

export type BrokerAddress = {
  url: string;
  name: string;
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  credentials?: Uint8Array | undefined;
};

/** What a process tells of its link to the broker. */
export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'closed';

type LinkOptions = {
  address: BrokerAddress;
  /** Runs after each connect and reconnect, before the link counts as ready; tried again until it succeeds. */
  prepare: (jsm: JetStreamManager) => Promise<void>;
  onReady: (connection: NatsConnection, again: boolean) => void;
  onTrouble: (what: string, error: unknown) => void;
};

const RETRY_MS = 500;
const RETRY_MAX_MS = 5_000;

/**
 * A connection that is kept for the life of the process. The client's own defaults give up after 20 s of outage, notice
 * a dead link after four minutes, and end for good on the second refused password.
 */
export class Link {
  readonly #options: LinkOptions;
  #connection: NatsConnection | undefined;
  #state: LinkState = 'connecting';
  #ready = false;
  #closing = false;
  #preparing = 0;
  readonly #finished: Promise<void>;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#finished = this.#keepConnected();
  }

  /** Connected and prepared. */
  get ready(): boolean {
    return this.#ready;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Undefined until the first connect. It may be disconnected: publishes then wait or fail. */
  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  /** Runs `prepare` again, because something was found missing. */
  async prepareAgain(): Promise<void> {
    if (this.#connection !== undefined) await this.#prepare(this.#connection, true);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#ready = false;
    const connection = this.#connection;
    if (connection !== undefined && !connection.isClosed()) {
      // A drain sends what is buffered; with the server away there is nobody to drain to.
      if (this.#state === 'connected') await Promise.race([connection.drain().catch(() => {}), pause(2_000)]);
      if (!connection.isClosed()) await connection.close();
    }
    await this.#finished;
    this.#state = 'closed';
  }

  async #keepConnected(): Promise<void> {
    for (let wait = RETRY_MS; !this.#closing; wait = Math.min(wait * 2, RETRY_MAX_MS)) {
      try {
        this.#connection = await connect(connectionOptions(this.#options.address));
        wait = RETRY_MS;
        await this.#watch(this.#connection);
      } catch (error) {
        this.#options.onTrouble('can not connect to the broker', error);
      }
      this.#ready = false;
      if (!this.#closing) {
        this.#state = 'connecting';
        await pause(wait);
      }
    }
  }

  /** Resolves when the connection is closed for good. */
  async #watch(connection: NatsConnection): Promise<void> {
    if (this.#closing) return await connection.close();
    this.#state = 'connected';
    void this.#prepare(connection, false);
    void this.#followStatus(connection);
    const error = await connection.closed();
    if (error instanceof Error && !this.#closing) this.#options.onTrouble('the broker closed the connection', error);
  }

  async #followStatus(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === Events.Disconnect) {
        this.#ready = false;
        this.#state = 'reconnecting';
      } else if (type === Events.Reconnect) {
        this.#state = 'connected';
        void this.#prepare(connection, true);
      }
    }
  }

  async #prepare(connection: NatsConnection, again: boolean): Promise<void> {
    // Only the newest attempt counts: a reconnect makes an older one pointless.
    const turn = ++this.#preparing;
    const current = (): boolean => turn === this.#preparing && !this.#closing && this.#state === 'connected';
    for (let wait = RETRY_MS; current(); wait = Math.min(wait * 2, RETRY_MAX_MS)) {
      try {
        // `checkAPI` tells a server without JetStream apart from a missing stream.
        await this.#options.prepare(await connection.jetstreamManager({ timeout: 3_000 }));
        if (!current()) return;
        this.#ready = true;
        this.#options.onReady(connection, again);
        return;
      } catch (error) {
        if (!current()) return;
        this.#ready = false;
        this.#options.onTrouble('can not prepare streams and consumer', error);
        await pause(wait);
      }
    }
  }
}

function connectionOptions({ url, name, user, password, token, credentials }: BrokerAddress): ConnectionOptions {
  return {
    servers: url.split(',').map((server) => server.trim()),
    name,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(credentials) }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    // A dial into a black hole would otherwise hang for 20 s.
    timeout: 3_000,
    pingInterval: 5_000,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
  };
}

const pause = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms).unref());
