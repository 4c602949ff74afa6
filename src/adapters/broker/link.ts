import { setTimeout } from 'node:timers/promises';
import {
  connect,
  credsAuthenticator,
  ErrorCode,
  Events,
  nkeyAuthenticator,
  type ConnectionOptions,
  type NatsConnection,
  type TlsOptions,
} from 'nats';
import { explainTls } from './tls-trouble.ts';
import { explain, ReportedError, withReason } from './trouble.ts';

export type BrokerAddress = {
  url: string;
  name: string;
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  credentials?: Uint8Array | undefined;
  /** Of an nkey. */
  seed?: Uint8Array | undefined;
  /** PEM texts. Undefined: encrypted only if the server wants it. */
  tls?: { ca?: string | undefined; cert?: string | undefined; key?: string | undefined } | undefined;
};

export type LinkState = 'connecting' | 'connected' | 'reconnecting' | 'closed';

type LinkOptions = {
  address: BrokerAddress;
  /** Runs after each connect and reconnect, before the link counts as ready; tried again until it succeeds. */
  prepare: (connection: NatsConnection) => Promise<void>;
  /** `again`: the link was ready before, so messages may have been missed in between. */
  onReady: (connection: NatsConnection, again: boolean) => void;
  /** The connection is up again, and the server has dropped what it had requested. It is prepared after that. */
  onReconnected: () => void;
  /** In words for an operator; called at each failed try. */
  onTrouble: (what: string, error: unknown) => void;
};

const RETRY_MS = 500;
const RETRY_MAX_MS = 5_000;

/**
 * This process's link to the broker: connects, prepares streams and consumer, and does both again after each outage, until
 * it is closed. The client's own defaults would give up after 20 s of outage, notice a dead connection after four
 * minutes, and end for good at the second refused password.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  #connection: NatsConnection | undefined;
  #state: LinkState = 'connecting';
  #ready = false;
  #wasReady = false;
  #preparing = 0;
  readonly #finished: Promise<void>;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#finished = this.#keepConnected();
  }

  /** The link is connected and prepared. */
  get ready(): boolean {
    return this.#ready;
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Undefined until the first connect. While it is disconnected, publishes wait or fail. */
  get connection(): NatsConnection | undefined {
    return this.#connection;
  }

  /** Runs `prepare` again, for a stream or consumer that was found missing. */
  async prepareAgain(): Promise<void> {
    if (this.#connection !== undefined) await this.#prepare(this.#connection);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#ready = false;
    const connection = this.#connection;
    if (connection !== undefined && !connection.isClosed()) {
      // A drain sends buffered messages; it would wait for an unavailable server.
      if (this.#state === 'connected') await Promise.race([connection.drain().catch(() => {}), pause(DRAIN_MAX_MS)]);
      if (!connection.isClosed()) await connection.close();
    }
    await this.#finished;
    this.#state = 'closed';
  }

  get #isClosing(): boolean {
    return this.#closing.signal.aborted;
  }

  async #keepConnected(): Promise<void> {
    for (let wait = RETRY_MS; !this.#isClosing; wait = Math.min(wait * 2, RETRY_MAX_MS)) {
      try {
        this.#connection = await connect(connectionOptions(this.#options.address));
        wait = RETRY_MS;
        await this.#watch(this.#connection);
      } catch (error) {
        const words =
          explainTls(error) ?? explain(error, 'can not connect to the broker: trying again; check NATS_URL');
        this.#options.onTrouble(words, error);
      }
      this.#ready = false;
      if (!this.#isClosing) {
        this.#state = 'connecting';
        await pause(wait, this.#closing.signal);
      }
    }
  }

  /** Resolves when the connection is closed for good. */
  async #watch(connection: NatsConnection): Promise<void> {
    if (this.#isClosing) return await connection.close();
    this.#state = 'connected';
    void this.#prepare(connection);
    void this.#followStatus(connection);
    const error = await connection.closed();
    if (error instanceof Error && !this.#isClosing) this.#options.onTrouble('the broker closed the connection', error);
  }

  async #followStatus(connection: NatsConnection): Promise<void> {
    for await (const { type, data, permissionContext } of connection.status()) {
      if (type === Events.Disconnect) {
        this.#ready = false;
        this.#state = 'reconnecting';
      } else if (type === Events.Reconnect) {
        this.#state = 'connected';
        this.#options.onReconnected();
        void this.#prepare(connection);
      } else if (type === Events.Error) {
        const error = new ReportedError(data, permissionContext);
        this.#options.onTrouble(explain(error, 'the broker reports an error'), error);
      }
    }
  }

  async #prepare(connection: NatsConnection): Promise<void> {
    // Only the newest run counts: a reconnect makes an older one pointless.
    const run = ++this.#preparing;
    const current = (): boolean => run === this.#preparing && !this.#isClosing && this.#state === 'connected';
    for (let wait = RETRY_MS; current(); wait = Math.min(wait * 2, RETRY_MAX_MS)) {
      try {
        await this.#options.prepare(connection);
        if (!current()) return;
        const again = this.#wasReady;
        [this.#ready, this.#wasReady] = [true, true];
        this.#options.onReady(connection, again);
        return;
      } catch (error) {
        if (!current()) return;
        this.#ready = false;
        this.#options.onTrouble(explain(error, unprepared(error)), withReason(error));
        await pause(wait, this.#closing.signal);
      }
    }
  }
}

const unprepared = (error: unknown): string =>
  (error as { code?: unknown } | null)?.code === ErrorCode.Timeout
    ? 'the work stream does not answer, as on a cluster without more than half of its nodes: trying again'
    : 'can not prepare streams and consumer: trying again';

/** Buffered messages are sent at once or, to a silent server, never. */
const DRAIN_MAX_MS = 2_000;

function connectionOptions(address: BrokerAddress): ConnectionOptions {
  const { url, name, user, password, token, credentials, seed, tls } = address;
  return {
    servers: url.split(',').map((server) => server.trim()),
    name,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
    ...(credentials === undefined ? {} : { authenticator: credsAuthenticator(credentials) }),
    ...(seed === undefined ? {} : { authenticator: nkeyAuthenticator(seed) }),
    // With it, the client refuses a server without TLS before it says who it is.
    ...(tls === undefined ? {} : { tls: tlsOptions(tls) }),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    // Otherwise a connect to a silent address would take 20 s.
    timeout: 3_000,
    // A frozen server is noticed after three of them, before the streams that it led have another leader (4 s at least).
    pingInterval: 1_000,
    maxPingOut: 2,
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
  };
}

/** Without keys that are undefined, which the client would hand on. */
const tlsOptions = ({ ca, cert, key }: NonNullable<BrokerAddress['tls']>): TlsOptions => ({
  ...(ca === undefined ? {} : { ca }),
  ...(cert === undefined ? {} : { cert }),
  ...(key === undefined ? {} : { key }),
});

/** Resolves after the time, or as soon as the link is closed. */
const pause = (ms: number, signal?: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => {});
