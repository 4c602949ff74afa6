import { setTimeout as sleep } from 'node:timers/promises';
import { ErrorCode, type JetStreamManager, type NatsConnection } from 'nats';
import { UnavailableError } from '../../errors.ts';
import { fewLines } from '../../few-lines.ts';
import { NoStreamError } from './acknowledged-publish.ts';
import { toQueueInfo, type QueueInfo } from './queue-info.ts';
import { Topology, type ServerInfo, type StreamKind, type Tell, type TopologyOptions } from './topology.ts';
import { errCodeOf, explain, isNotFound, reasonOf, TopologyError, withReason, type Reason } from './trouble.ts';

/** `unknown` until something has happened that shows it. `why` is for an operator. */
export type StreamState = { state: 'ok' | 'unknown' | Reason; why?: string };
type OtherKind = Exclude<StreamKind, 'work'>;
export type StreamStates = Readonly<Record<StreamKind, StreamState>>;

type StreamsOptions = TopologyOptions & {
  /** A JetStream domain; by default that of the server. */
  domain?: string | undefined;
  /** The connection while it is up. */
  connection: () => NatsConnection | undefined;
  /** Stream or consumer is missing, changed, or of another installation. */
  onRepair: () => void;
  /** The work stream belongs to another installation: its messages are not to be used. */
  onForeign: () => void;
  /** The work stream can be used again. */
  onUsable: () => void;
  tell: Tell;
  /** @defaultValue a minute */
  raiseEveryMs?: number;
};

/** How often each process asks whether the streams are there and have a leader. */
const LOOK_EVERY_MS = 2_000;
const LOOK_WITHIN_MS = 1_500;
/** The same while the work stream has none: a request from before the election is never answered. */
const LOOK_AGAIN_MS = 500;
const LOOK_AGAIN_WITHIN_MS = 750;
/** How often streams of a cluster get the replicas for which nodes were missing before. */
const RAISE_EVERY_MS = 60_000;
/** A change that is refused is not tried at each look. */
const MEND_EVERY_MS = 8_000;
const REQUEST_WITHIN_MS = 2_000;
const AGAIN_MS = 500;
const AGAIN_MAX_MS = 2_000;
/** The same words are told again after this time. */
const TOLD_FOR_MS = 10 * 60_000;

/**
 * The streams of a process: what it needs to work (the work stream and its consumer), and what other services read, which is
 * ensured behind and stops nothing. Knows their state by what has happened.
 */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #topology: Topology;
  readonly #states: Record<StreamKind, StreamState> = {
    work: { state: 'unknown' },
    events: { state: 'unknown' },
    dead: { state: 'unknown' },
  };
  readonly #ensuring = new Set<StreamKind>();
  readonly #lines = fewLines({ everyMs: TOLD_FOR_MS });
  readonly #stopped = new AbortController();
  readonly #timers: NodeJS.Timeout[];
  #isLooking = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #mendedAt = Number.NEGATIVE_INFINITY;
  #isForeign = false;

  constructor(options: StreamsOptions) {
    this.#options = options;
    this.#topology = new Topology(options, (what, error) => this.#tellOnce(what, error));
    this.#timers = [
      setInterval(() => void this.#look(), LOOK_AGAIN_MS),
      setInterval(() => void this.#raise(), options.raiseEveryMs ?? RAISE_EVERY_MS),
    ];
    for (const timer of this.#timers) timer.unref();
  }

  get states(): StreamStates {
    return { ...this.#states };
  }

  /** False while the work stream is known not to take or give messages. */
  get canWork(): boolean {
    return this.#states.work.state === 'ok';
  }

  /** The work stream belongs to another installation. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  stop(): void {
    this.#stopped.abort();
    for (const timer of this.#timers) clearInterval(timer);
  }

  /** Makes the work stream and its consumer ready. @throws TopologyError, or what the client throws */
  async prepare(connection: NatsConnection): Promise<void> {
    try {
      await this.#topology.ensureWork(await this.#manager(connection), serverOf(connection));
      this.#isForeign = false;
      this.#note('work', { state: 'ok' });
    } catch (error) {
      this.#note('work', stateBy(error, this.#nameOf('work')));
      if (error instanceof TopologyError) this.#setForeign();
      throw error;
    }
  }

  /** Begins to ensure the streams for other services, until they are there. */
  ensureOthers(): void {
    void this.#ensureOther('events');
    void this.#ensureOther('dead');
  }

  /** The outcome of a publish to the stream: `undefined` if it was stored. */
  published(kind: StreamKind, error?: unknown): void {
    if (error === undefined) {
      if (this.#states[kind].state !== 'ok' && kind !== 'work') this.#note(kind, { state: 'ok' });
      return;
    }
    const cause = error instanceof UnavailableError ? error.cause : error;
    if (errCodeOf(cause) !== undefined) this.#note(kind, stateBy(cause, this.#nameOf(kind)));
    if (kind === 'work') {
      if (cause instanceof NoStreamError) this.#options.onRepair();
    } else if (errCodeOf(cause) === undefined && this.#options.connection() !== undefined) void this.#ensureOther(kind);
  }

  /** @throws what the client throws */
  async queueInfo(connection: NatsConnection): Promise<QueueInfo> {
    const { workStream, consumer } = this.#options.wire;
    const jsm = await this.#manager(connection, LOOK_WITHIN_MS);
    const [stream, info] = await Promise.all([jsm.streams.info(workStream), jsm.consumers.info(workStream, consumer)]);
    const isDue = performance.now() - this.#mendedAt >= MEND_EVERY_MS;
    if (this.#options.mends !== false && isDue && this.#topology.needsMending(stream, info)) {
      this.#mendedAt = performance.now();
      this.#options.onRepair();
    }
    return toQueueInfo(stream, info);
  }

  /** See Topology. @throws what the client throws */
  async recreateConsumer(connection: NatsConnection): Promise<void> {
    await this.#topology.recreateConsumer(await this.#manager(connection));
  }

  async #manager(connection: NatsConnection, timeout = REQUEST_WITHIN_MS): Promise<JetStreamManager> {
    const { domain } = this.#options;
    return await connection.jetstreamManager({ checkAPI: false, timeout, ...(domain === undefined ? {} : { domain }) });
  }

  async #look(): Promise<void> {
    const connection = this.#options.connection();
    // While it is prepared, that says what there is to say.
    if (this.#isLooking || connection === undefined || this.#states.work.state === 'unknown') return;
    if (!this.#lacksLeader && performance.now() - this.#lookedAt < LOOK_EVERY_MS) return;
    this.#isLooking = true;
    this.#lookedAt = performance.now();
    await Promise.all([
      this.#lookAtWork(connection),
      this.#lookAtOther('events', connection),
      this.#lookAtOther('dead', connection),
    ]);
    this.#isLooking = false;
  }

  get #lacksLeader(): boolean {
    return this.#states.work.state === 'no leader';
  }

  async #lookAtWork(connection: NatsConnection): Promise<void> {
    const name = this.#nameOf('work');
    const withinMs = this.#lacksLeader ? LOOK_AGAIN_WITHIN_MS : LOOK_WITHIN_MS;
    try {
      const stream = await (await this.#manager(connection, withinMs)).streams.info(name);
      if (this.#topology.isOfAnother(stream)) {
        this.#setForeign();
        this.#options.onRepair();
      } else if (this.#isForeign) return;
      else if (stream.cluster !== undefined && stream.cluster.leader === undefined) this.#note('work', noLeader(name));
      else this.#note('work', { state: 'ok' });
    } catch (error) {
      // Lost meanwhile: the link knows that.
      if (this.#options.connection() !== connection) return;
      if (isNotFound(error)) this.#options.onRepair();
      this.#note('work', stateBy(error, name));
    }
  }

  async #lookAtOther(kind: OtherKind, connection: NatsConnection): Promise<void> {
    // While it is ensured, that says what there is to say.
    if (this.#ensuring.has(kind) || this.#states[kind].state === 'unknown') return;
    try {
      await (await this.#manager(connection, LOOK_WITHIN_MS)).streams.info(this.#nameOf(kind));
    } catch (error) {
      if (this.#options.connection() !== connection) return;
      // A missing stream is made again, and told only if that fails.
      if (isNotFound(error)) this.#note(kind, stateBy(error, this.#nameOf(kind)));
      else this.#noteRefusal(kind, error);
      void this.#ensureOther(kind);
    }
  }

  async #raise(): Promise<void> {
    const connection = this.#options.connection();
    if (connection === undefined || this.#options.mends === false || !this.canWork) return;
    const server = serverOf(connection);
    if (server.cluster === undefined && this.#options.replicas === undefined) return;
    this.ensureOthers();
    // The next look says what is wrong.
    await this.#topology.raiseWork(await this.#manager(connection), server).catch(() => {});
  }

  #setForeign(): void {
    if (this.#isForeign) return;
    this.#isForeign = true;
    if (this.#states.work.state === 'ok') this.#note('work', foreign(this.#options.wire.workStream));
    this.#options.onForeign();
  }

  async #ensureOther(kind: OtherKind): Promise<void> {
    if (this.#ensuring.has(kind)) return;
    this.#ensuring.add(kind);
    const { signal } = this.#stopped;
    for (let wait = AGAIN_MS; !signal.aborted; wait = Math.min(2 * wait, AGAIN_MAX_MS)) {
      const connection = this.#options.connection();
      // After a reconnect it is begun again.
      if (connection === undefined) break;
      try {
        await this.#topology.ensureForOthers(await this.#manager(connection), serverOf(connection), kind);
        this.#note(kind, { state: 'ok' });
        break;
      } catch (error) {
        if (!signal.aborted && this.#options.connection() === connection) this.#noteRefusal(kind, error);
      }
      await sleep(wait, undefined, { signal, ref: false }).catch(() => {});
    }
    this.#ensuring.delete(kind);
  }

  #noteRefusal(kind: OtherKind, error: unknown): void {
    const name = this.#nameOf(kind);
    const state = stateBy(error, name);
    this.#note(kind, state);
    this.#tellOnce(
      `the stream ${name} for other services can't be used (work goes on without it, and its messages are sent later): ${state.why}`,
      withReason(error),
    );
  }

  #nameOf(kind: StreamKind): string {
    const { workStream, eventsStream, deadStream } = this.#options.wire;
    return { work: workStream, events: eventsStream, dead: deadStream }[kind];
  }

  #note(kind: StreamKind, state: StreamState): void {
    const before = this.#states[kind];
    this.#states[kind] = state;
    if (kind === 'work' && state.state !== 'ok' && before.state === 'ok' && state.why !== undefined)
      this.#options.tell(state.why);
    if (kind === 'work' && state.state === 'ok' && before.state !== 'ok') this.#options.onUsable();
  }

  #tellOnce(what: string, error?: unknown): void {
    if (this.#lines(what) !== undefined) this.#options.tell(what, error);
  }
}

const serverOf = ({ info }: NatsConnection): ServerInfo => ({ version: info?.version ?? '', cluster: clusterOf(info) });

/** A server that is alone has no name of a cluster. */
const clusterOf = (info: NatsConnection['info']): string | undefined => {
  const { cluster } = (info ?? {}) as { cluster?: unknown };
  return typeof cluster === 'string' && cluster !== '' ? cluster : undefined;
};

const isTimeout = (error: unknown): boolean => (error as { code?: unknown } | null)?.code === ErrorCode.Timeout;

const noLeader = (stream: string): StreamState => ({
  state: 'no leader',
  why: `the stream ${stream} has no leader: look at the nodes of the NATS cluster. It goes on when more than half of those of the stream run`,
});

const foreign = (stream: string): StreamState => ({
  state: 'foreign',
  why: `the stream ${stream} belongs to another installation, which has another database: set NATS_PREFIX to another word for one of the two`,
});

/** A stream without a leader does not answer. */
function stateBy(error: unknown, stream: string): StreamState {
  if (isTimeout(error)) return noLeader(stream);
  return { state: reasonOf(error), why: explain(error, 'the broker refuses it, or does not answer') };
}
