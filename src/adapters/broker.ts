import type { NatsConnection } from 'nats';
import { UnavailableError } from '../errors.ts';
import {
  PAYLOAD_VERSION,
  type AssessmentProgress,
  type AssessmentSubmitted,
  type DeadLetterNotice,
  type RecommendationCompleted,
  type Wire,
} from '../events.ts';
import { acknowledgedPublish, type PublishOptions, type PublishOutcome } from './broker/acknowledged-publish.ts';
import { Link, type BrokerAddress, type LinkState } from './broker/link.ts';
import { messageHeaders } from './broker/headers.ts';
import { subscribeToCancels, subscribeToHints, type HintListener } from './broker/hints.ts';
import type { QueueInfo } from './broker/queue-info.ts';
import { Streams, type StreamStates } from './broker/streams.ts';
import type { StreamKind, TopologyOptions } from './broker/topology.ts';
import { isNotFound, withReason } from './broker/trouble.ts';
import { WorkQueue, type WorkMessage } from './broker/work-queue.ts';

export { readCredentials, readSeed } from './broker/credentials.ts';
export type StreamRoom = NonNullable<TopologyOptions['usualRoom']>;
export type { BrokerAddress } from './broker/link.ts';
export type { QueueInfo } from './broker/queue-info.ts';
export type { StreamState, StreamStates } from './broker/streams.ts';
export type { PublishOutcome } from './broker/acknowledged-publish.ts';
export type { WorkMessage } from './broker/work-queue.ts';

export type BrokerOptions = Omit<TopologyOptions, 'wire'> & {
  address: BrokerAddress;
  wire: Wire;
  /** A JetStream domain, for a server that is a leaf node of the one with the streams. */
  domain?: string | undefined;
  /** See Streams. */
  raiseEveryMs?: number;
  onTrouble: (what: string, error: unknown) => void;
};

export type Submission = {
  assessmentId: string;
  sessionId: string;
  dispatchNo: number;
  traceparent?: string | undefined;
  /** Publish only if the stream holds no message for this assessment. */
  onlyIfAbsent?: boolean;
};

/** NATS with JetStream: at-least-once hints between api and workers. Every message may be lost or repeated. */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #link: Link;
  readonly #streams: Streams;
  #publisher: ReturnType<typeof acknowledgedPublish> | undefined;
  #queue: WorkQueue | undefined;
  #consume: { slots: () => number; onMessage: (message: WorkMessage) => void } | undefined;
  readonly #subscriptions: ((connection: NatsConnection) => void)[] = [];
  #reconnected: (() => void)[] = [];
  readonly #waiting = new Set<() => void>();
  #repair: Promise<void> | undefined;
  #attached: NatsConnection | undefined;

  /** Begins to connect and returns at once: an unavailable broker delays only the work. */
  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#streams = new Streams({
      ...options,
      connection: () => this.#connected(),
      onRepair: () => this.#repairTopology(),
      onForeign: () => this.#closeQueue(),
      onUsable: () => this.#tellReady(),
      tell: (what, error) => options.onTrouble(what, error),
    });
    this.#link = new Link({
      address: options.address,
      prepare: (connection) => this.#streams.prepare(connection),
      onReady: (connection, again) => this.#attach(connection, again),
      onReconnected: () => this.#queue?.reset(),
      onTrouble: options.onTrouble,
    });
  }

  /** Work can be dispatched and pulled. */
  get ready(): boolean {
    return this.#link.ready && this.#streams.canWork;
  }

  /** The streams by what has happened. Only `work` is needed to work. */
  get streams(): StreamStates {
    return this.#streams.states;
  }

  get state(): LinkState {
    return this.#link.state;
  }

  /** Resolves to true when the broker is ready, or to false after `withinMs`. */
  async whenReady(withinMs: number): Promise<boolean> {
    if (this.ready) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), withinMs);
    const proceed = (): void => resolve(true);
    this.#waiting.add(proceed);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(proceed);
    }
  }

  /** @throws UnavailableError if JetStream sends no ack within a second */
  publishSubmitted(submission: Submission): Promise<PublishOutcome> {
    const { assessmentId, sessionId, dispatchNo, traceparent, onlyIfAbsent = false } = submission;
    const payload: AssessmentSubmitted = {
      v: PAYLOAD_VERSION,
      assessment_id: assessmentId,
      session_id: sessionId,
      dispatch_no: dispatchNo,
      timestamp: new Date().toISOString(),
    };
    return this.#publish('work', this.#options.wire.submitted(assessmentId), JSON.stringify(payload), {
      messageId: `${assessmentId}:${dispatchNo}`,
      traceparent,
      onlyIfAbsent,
    });
  }

  /**
   * By core NATS at once, for the api processes; the stream for other services has the same subject.
   * @throws UnavailableError if the stream sends no ack within a second
   */
  async publishCompleted(event: RecommendationCompleted, traceparent?: string): Promise<void> {
    const subject = this.#options.wire.completed(event.session_id, event.assessment_id);
    await this.#publish('events', subject, JSON.stringify(event), {
      messageId: `${event.assessment_id}:${event.version}`,
      traceparent,
    });
  }

  /** @throws UnavailableError */
  async publishDeadLetter(notice: DeadLetterNotice): Promise<void> {
    await this.#publish('dead', this.#options.wire.deadLetter, JSON.stringify(notice), {
      messageId: `${notice.assessment_id}:${notice.version}`,
    });
  }

  /** Hints to the other api processes. If the hint is lost, their sweep finds the end of the session. */
  announceSessionEnded(sessionId: string, traceparent?: string): void {
    this.#announce(this.#options.wire.sessionEnded(sessionId), '', traceparent);
  }

  /** Hints to the worker that holds the claim. If the hint is lost, the worker notices when it renews its lease. */
  announceCancelled(assessmentId: string, traceparent?: string): void {
    this.#announce(this.#options.wire.cancelled(assessmentId), '', traceparent);
  }

  /** Lost if the broker is unavailable or has no subscriber; the next progress message replaces it. */
  announceProgress(
    { sessionId, assessmentId }: { sessionId: string; assessmentId: string },
    progress: AssessmentProgress,
    traceparent?: string,
  ): void {
    this.#announce(this.#options.wire.progress(sessionId, assessmentId), JSON.stringify(progress), traceparent);
  }

  /** Subscribes to the hints for the api, also after each reconnect. */
  listen(listener: HintListener & { onReconnect: () => void }): void {
    this.#subscriptions.push((connection) => subscribeToHints(connection, this.#options.wire, listener));
    this.#reconnected.push(listener.onReconnect);
    if (this.#attached !== undefined) subscribeToHints(this.#attached, this.#options.wire, listener);
  }

  /** For the worker: subscribes to cancellations by owners, also after each reconnect. */
  listenForCancels(onCancelled: (assessmentId: string) => void): void {
    this.#subscriptions.push((connection) => subscribeToCancels(connection, this.#options.wire, onCancelled));
    if (this.#attached !== undefined) subscribeToCancels(this.#attached, this.#options.wire, onCancelled);
  }

  /** Begins to pull work. The worker calls `pull` when a slot becomes free. */
  consume(slots: () => number, onMessage: (message: WorkMessage) => void): { pull(): void; stop(): void } {
    this.#consume = { slots, onMessage };
    if (this.#attached !== undefined) this.#openQueue(this.#attached);
    return {
      pull: () => this.#queue?.pull(),
      stop: () => {
        this.#consume = undefined;
        this.#queue?.stop();
        this.#queue = undefined;
      },
    };
  }

  /** @throws UnavailableError */
  queueInfo(): Promise<QueueInfo> {
    return this.#manage((connection) => this.#streams.queueInfo(connection));
  }

  /** Replaces a consumer that does not deliver the messages of its stream. */
  async recreateConsumer(): Promise<void> {
    await this.#manage((connection) => this.#streams.recreateConsumer(connection));
  }

  async close(): Promise<void> {
    this.#streams.stop();
    this.#queue?.stop();
    this.#publisher?.stop();
    await this.#link.close();
  }

  #attach(connection: NatsConnection, again: boolean): void {
    if (this.#attached !== connection) {
      this.#publisher?.stop();
      this.#publisher = acknowledgedPublish(connection);
      this.#queue?.stop();
      this.#queue = undefined;
      this.#attached = connection;
      for (const subscribe of this.#subscriptions) subscribe(connection);
    }
    if (this.#queue === undefined) this.#openQueue(connection);
    else this.#queue.reset();
    this.#streams.ensureOthers();
    if (again) for (const listener of this.#reconnected) listener();
    this.#tellReady();
  }

  #tellReady(): void {
    if (!this.ready) return;
    for (const proceed of this.#waiting) proceed();
  }

  #openQueue(connection: NatsConnection): void {
    if (this.#consume === undefined) return;
    this.#queue?.stop();
    const { wire, domain } = this.#options;
    const options = { ...this.#consume, onRefused: () => this.#repairTopology() };
    this.#queue = new WorkQueue(connection, wire, options, domain === undefined ? '$JS.API' : `$JS.${domain}.API`);
  }

  #closeQueue(): void {
    this.#queue?.stop();
    this.#queue = undefined;
  }

  /** The connection while it is up. */
  #connected(): NatsConnection | undefined {
    return this.#link.state === 'connected' ? this.#link.connection : undefined;
  }

  /** Creates missing streams and the consumer again; one repair at a time. */
  #repairTopology(): void {
    this.#repair ??= this.#link.prepareAgain().finally(() => {
      this.#repair = undefined;
    });
  }

  /** By core NATS: only current subscribers get it. */
  #announce(subject: string, payload: string, traceparent: string | undefined): void {
    const connection = this.#link.connection;
    if (connection === undefined || connection.isClosed()) return;
    const headers = messageHeaders({ traceparent });
    connection.publish(subject, Buffer.from(payload), headers.keys().length === 0 ? {} : { headers });
  }

  async #publish(kind: StreamKind, subject: string, payload: string, options: PublishOptions): Promise<PublishOutcome> {
    if (this.#publisher === undefined || this.#link.state !== 'connected' || this.#streams.isForeign)
      throw new UnavailableError('broker', 'not-done');
    try {
      const outcome = await this.#publisher.publish(subject, payload, options);
      this.#streams.published(kind);
      return outcome;
    } catch (error) {
      this.#streams.published(kind, error);
      throw error;
    }
  }

  async #manage<T>(action: (connection: NatsConnection) => Promise<T>): Promise<T> {
    const connection = this.#connected();
    if (connection === undefined) throw new UnavailableError('broker', 'not-done');
    try {
      return await action(connection);
    } catch (error) {
      if (isNotFound(error)) this.#repairTopology();
      throw new UnavailableError('broker', 'unknown', { cause: withReason(error) });
    }
  }
}
