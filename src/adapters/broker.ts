import { headers, type JetStreamManager, type NatsConnection } from 'nats';
import { UnavailableError } from '../errors.ts';
import {
  idOfSubject,
  PAYLOAD_VERSION,
  type AssessmentSubmitted,
  type DeadLetterNotice,
  type RecommendationCompleted,
  type Wire,
} from '../events.ts';
import {
  acknowledgedPublish,
  NoStreamError,
  type AcknowledgedPublish,
  type PublishOutcome,
} from './broker/acknowledged-publish.ts';
import { Link, type BrokerAddress, type LinkState } from './broker/connection.ts';
import { ensureTopology, isNotFound, recreateConsumer, type TopologyOptions } from './broker/topology.ts';
import { WorkQueue, type WorkMessage } from './broker/work-queue.ts';

export type { BrokerAddress } from './broker/connection.ts';
export type { PublishOutcome } from './broker/acknowledged-publish.ts';
export type { WorkMessage } from './broker/work-queue.ts';

export type BrokerOptions = Omit<TopologyOptions, 'wire'> & {
  address: BrokerAddress;
  wire: Wire;
  onTrouble: (what: string, error: unknown) => void;
};

export type Submission = {
  assessmentId: string;
  sessionId: string;
  dispatchNo: number;
  traceparent?: string | undefined;
  /** Only where the stream holds no message for this assessment. */
  onlyIfAbsent?: boolean;
};

/** How work stream and consumer stand to each other. */
export type QueueInfo = {
  messages: number;
  firstSequence: number;
  lastSequence: number;
  pending: number;
  ackPending: number;
  deliveredSequence: number;
  /** Everything up to it is acknowledged, so that a work queue holds nothing below it. */
  ackFloorSequence: number;
};

type Hint = { kind: 'completed' | 'session-ended'; id: string; sessionId: string };

/** NATS with JetStream: at-least-once hints between api and workers. Everything here may be lost or repeated. */
export class Broker {
  readonly #options: BrokerOptions;
  readonly #link: Link;
  #publisher: ReturnType<typeof acknowledgedPublish> | undefined;
  #queue: WorkQueue | undefined;
  #consume: { slots: () => number; onMessage: (message: WorkMessage) => void } | undefined;
  #hinted: ((hint: Hint) => void) | undefined;
  #reconnected: (() => void)[] = [];
  #waiting: (() => void)[] = [];
  #repair: Promise<void> | undefined;
  #attached: NatsConnection | undefined;

  /** Begins to connect and returns at once: a broker that is away delays nothing but the work. */
  constructor(options: BrokerOptions) {
    this.#options = options;
    this.#link = new Link({
      address: options.address,
      prepare: (jsm) => ensureTopology(jsm, options),
      onReady: (connection, again) => this.#attach(connection, again),
      onTrouble: options.onTrouble,
    });
  }

  get ready(): boolean {
    return this.#link.ready;
  }

  get state(): LinkState {
    return this.#link.state;
  }

  /** Resolves when it is ready, or to false if it is not within that time. */
  async whenReady(withinMs: number): Promise<boolean> {
    if (this.ready) return true;
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve(true);
      });
    });
  }

  /** @throws UnavailableError where JetStream did not confirm within a second. */
  publishSubmitted(submission: Submission): Promise<PublishOutcome> {
    const { assessmentId, sessionId, dispatchNo, traceparent, onlyIfAbsent = false } = submission;
    const payload: AssessmentSubmitted = {
      v: PAYLOAD_VERSION,
      assessment_id: assessmentId,
      session_id: sessionId,
      dispatch_no: dispatchNo,
      timestamp: new Date().toISOString(),
    };
    return this.#publish(this.#options.wire.submitted(assessmentId), JSON.stringify(payload), {
      messageId: `${assessmentId}:${dispatchNo}`,
      traceparent,
      onlyIfAbsent,
    });
  }

  /** @throws UnavailableError */
  async publishCompleted(event: RecommendationCompleted, traceparent?: string): Promise<void> {
    const subject = this.#options.wire.completed(event.session_id, event.assessment_id);
    await this.#publish(subject, JSON.stringify(event), {
      messageId: `${event.assessment_id}:${event.version}`,
      traceparent,
    });
  }

  /** @throws UnavailableError */
  async publishDeadLetter(notice: DeadLetterNotice): Promise<void> {
    await this.#publish(this.#options.wire.deadLetter, JSON.stringify(notice), {
      messageId: `${notice.assessment_id}:${notice.version}`,
    });
  }

  /** Tells the other processes; lost if the broker is away, and then found by their sweep. */
  announceSessionEnded(sessionId: string, traceparent?: string): void {
    const connection = this.#link.connection;
    if (connection === undefined || connection.isClosed()) return;
    const h = headers();
    if (traceparent !== undefined) h.set('traceparent', traceparent);
    connection.publish(this.#options.wire.sessionEnded(sessionId), '', { headers: h });
  }

  /** Hints for the api: one subscription for the process, taken up again after each reconnect. */
  listen(listener: { onHint: (hint: Hint) => void; onReconnect: () => void }): void {
    this.#hinted = listener.onHint;
    this.#reconnected.push(listener.onReconnect);
    if (this.#attached !== undefined) this.#subscribe(this.#attached);
  }

  /** Begins to pull work. Returns what the worker calls when a slot becomes free, and how to stop. */
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
  async queueInfo(): Promise<QueueInfo> {
    const { workStream, consumer } = this.#options.wire;
    return await this.#manage(async (jsm) => {
      const [{ state }, info] = await Promise.all([
        jsm.streams.info(workStream),
        jsm.consumers.info(workStream, consumer),
      ]);
      return {
        messages: state.messages,
        firstSequence: state.first_seq,
        lastSequence: state.last_seq,
        pending: info.num_pending,
        ackPending: info.num_ack_pending,
        deliveredSequence: info.delivered.stream_seq,
        ackFloorSequence: info.ack_floor.stream_seq,
      };
    });
  }

  /** For a consumer that will not deliver what its stream holds. */
  async recreateConsumer(): Promise<void> {
    await this.#manage((jsm) => recreateConsumer(jsm, this.#options));
  }

  async close(): Promise<void> {
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
      if (this.#hinted !== undefined) this.#subscribe(connection);
    }
    if (this.#queue === undefined) this.#openQueue(connection);
    else this.#queue.reset();
    if (again) for (const listener of this.#reconnected) listener();
    for (const proceed of this.#waiting.splice(0)) proceed();
  }

  #subscribe(connection: NatsConnection): void {
    const { wire } = this.#options;
    const deliver = (subject: string, kind: Hint['kind']): void => {
      const id = idOfSubject(subject);
      if (id === undefined) return;
      const sessionId = kind === 'completed' ? subject.split('.').at(-2) : id;
      this.#hinted?.({ kind, id, sessionId: sessionId ?? id });
    };
    connection.subscribe(wire.completedAll, { callback: (_, message) => deliver(message.subject, 'completed') });
    connection.subscribe(wire.sessionEndedAll, { callback: (_, message) => deliver(message.subject, 'session-ended') });
  }

  #openQueue(connection: NatsConnection): void {
    if (this.#consume === undefined) return;
    this.#queue?.stop();
    this.#queue = new WorkQueue(connection, this.#options.wire, {
      ...this.#consume,
      onRefused: () => this.#repairTopology(),
    });
  }

  /** One repair at a time, whoever notices first that something is missing. */
  #repairTopology(): void {
    this.#repair ??= this.#link.prepareAgain().finally(() => {
      this.#repair = undefined;
    });
  }

  readonly #publish: AcknowledgedPublish = async (subject, payload, options) => {
    if (this.#publisher === undefined || this.#link.state !== 'connected')
      throw new UnavailableError('broker', 'not-done');
    try {
      return await this.#publisher.publish(subject, payload, options);
    } catch (error) {
      if (error instanceof UnavailableError && error.cause instanceof NoStreamError) this.#repairTopology();
      throw error;
    }
  };

  async #manage<T>(action: (jsm: JetStreamManager) => Promise<T>): Promise<T> {
    const connection = this.#link.connection;
    if (connection === undefined || this.#link.state !== 'connected') throw new UnavailableError('broker', 'not-done');
    try {
      return await action(await connection.jetstreamManager({ checkAPI: false, timeout: 3_000 }));
    } catch (error) {
      if (isNotFound(error)) this.#repairTopology();
      throw new UnavailableError('broker', 'unknown', { cause: error });
    }
  }
}
