import type { Broker, PublishOutcome, QueueInfo, Submission, WorkMessage } from '../../../src/adapters/broker.ts';
import { WorkQueue } from '../../../src/adapters/broker/work-queue.ts';
import { UnavailableError } from '../../../src/errors.ts';
import type { DeadLetterNotice, RecommendationCompleted } from '../../../src/events.ts';
import type { Server, Wire } from './broker.ts';
import { runIn, type Process } from './clock.ts';
import { names, orNotThere } from './jetstream.ts';
import { workConnection } from './work-connection.ts';

type Consuming = { slots: () => number; onMessage: (message: WorkMessage) => void };
export type HintListener = { onHint: (assessmentId: string) => void; onReconnect: () => void };

const PUBLISH_WITHIN_MS = 1_000;
const MANAGE_WITHIN_MS = 3_000;
const PREPARE_AGAIN_MS = 500;

/** The interface of src/adapters/broker.ts for one process, over the simulated server and the program's own work queue. */
export class SimulatedBroker implements Pick<
  Broker,
  | 'ready'
  | 'announceCancelled'
  | 'announceProgress'
  | 'consume'
  | 'listenForCancels'
  | 'publishCompleted'
  | 'publishDeadLetter'
  | 'publishSubmitted'
  | 'queueInfo'
  | 'recreateConsumer'
  | 'whenReady'
> {
  ready = false;
  readonly #server: Server;
  readonly #wire: Wire;
  readonly #process: Process;
  #listener: HintListener | undefined;
  #onCancelled: (assessmentId: string) => void = () => {};
  #consuming: Consuming | undefined;
  #queue: WorkQueue | undefined;
  #waiting: (() => void)[] = [];
  #isPreparing = false;
  #wasReady = false;
  #isClosed = false;

  constructor(server: Server, process: Process) {
    this.#server = server;
    this.#process = process;
    this.#wire = server.connect(process, {
      hint: ({ assessmentId }) => this.#listener?.onHint(assessmentId),
      cancelled: (assessmentId) => this.#onCancelled(assessmentId),
      reconnect: () => this.#prepare(),
    });
    this.#prepare();
  }

  listen(listener: HintListener): void {
    this.#listener = listener;
  }

  listenForCancels(onCancelled: (assessmentId: string) => void): void {
    this.#onCancelled = onCancelled;
  }

  announceCancelled(assessmentId: string): void {
    this.#wire.up(() => this.#server.tellCancelled(assessmentId));
  }

  consume(slots: Consuming['slots'], onMessage: Consuming['onMessage']): { pull(): void; stop(): void } {
    this.#consuming = { slots, onMessage };
    return {
      pull: () => this.#queue?.pull(),
      stop: () => {
        this.#consuming = undefined;
        this.#queue?.stop();
        this.#queue = undefined;
      },
    };
  }

  publishSubmitted(submission: Submission): Promise<PublishOutcome> {
    return this.#request(PUBLISH_WITHIN_MS, () => this.#server.jetStream.publish(submission));
  }

  publishCompleted(event: RecommendationCompleted): Promise<void> {
    const { assessment_id: assessmentId, session_id: sessionId, version } = event;
    return this.#publishForOthers('events', `${assessmentId}:${version}`, () =>
      this.#server.tellAll({ assessmentId, sessionId }),
    );
  }

  /** There are no subscribers to progress. */
  announceProgress(): void {}

  publishDeadLetter({ assessment_id: id, version }: DeadLetterNotice): Promise<void> {
    return this.#publishForOthers('dead', `${id}:${version}`);
  }

  /** Core NATS delivers the message in any case; the stream confirms it if it has a leader. */
  async #publishForOthers(stream: 'events' | 'dead', end: string, tell = () => {}): Promise<void> {
    await this.#request(
      PUBLISH_WITHIN_MS,
      () => {
        tell();
        return this.#server.tellOthers(stream, end);
      },
      (isStored) => isStored,
    );
  }

  queueInfo(): Promise<QueueInfo> {
    return this.#request(MANAGE_WITHIN_MS, () => this.#server.jetStream.info());
  }

  recreateConsumer(): Promise<void> {
    return this.#request(MANAGE_WITHIN_MS, () => this.#server.jetStream.recreateConsumer());
  }

  close(): void {
    this.#isClosed = true;
    this.#server.forget(this.#wire);
  }

  whenReady(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      this.#waiting.push(() => resolve(true));
      this.#after(withinMs, () => resolve(false));
    });
  }

  /** Prepares streams and consumer, again and again until it succeeds, and then pulls work. */
  #prepare(): void {
    if (this.#isPreparing || this.#isClosed) return;
    this.#isPreparing = true;
    const again = (): void => {
      this.ready = false;
      if (!this.#isClosed) this.#after(PREPARE_AGAIN_MS, attempt);
      else this.#isPreparing = false;
    };
    const attempt = (): void => {
      this.#request(MANAGE_WITHIN_MS, () => this.#server.jetStream.ensure()).then(() => {
        this.#isPreparing = false;
        this.#attach();
      }, again);
    };
    attempt();
  }

  #attach(): void {
    this.ready = true;
    for (const proceed of this.#waiting.splice(0)) proceed();
    if (this.#queue !== undefined) this.#queue.reset();
    else if (this.#consuming !== undefined)
      this.#queue = new WorkQueue(
        workConnection(this.#server, this.#wire, () => this.#isClosed),
        names,
        {
          ...this.#consuming,
          onRefused: () => this.#prepare(),
        },
      );
    if (this.#wasReady) this.#listener?.onReconnect();
    this.#wasReady = true;
  }

  #request<T>(withinMs: number, ask: () => T, isAnswered: (value: T) => boolean = () => true): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#wire.state !== 'connected') {
        reject(new UnavailableError('broker', 'not-done'));
        return;
      }
      this.#after(withinMs, () => reject(new UnavailableError('broker', 'unknown')));
      this.#wire.up(() => {
        const result = orNotThere(ask);
        if (result.ok && !isAnswered(result.value)) return;
        this.#wire.down(() => {
          if (result.ok) return resolve(result.value);
          this.#prepare();
          return reject(new UnavailableError('broker', 'not-done', { cause: result.error }));
        });
      });
    });
  }

  #after(ms: number, run: () => void): void {
    this.#server.options.clock.after(ms, this.#process, run);
  }
}

/** Opens a broker as a part of the process. */
export const openBroker = (server: Server, process: Process): SimulatedBroker =>
  runIn(process, () => new SimulatedBroker(server, process));
