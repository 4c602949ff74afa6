import type { PublishOutcome, QueueInfo, Submission } from '../../../src/adapters/broker.ts';
import { wire } from '../../../src/events.ts';
import type { Clock } from './clock.ts';
import { DurableConsumer } from './consumer.ts';

export const names = wire('sim');

/** A message of the work stream. */
type Stored = { sequence: number; subject: string; payload: string };
/** A pull request of a worker's inbox. */
export type Pull = {
  batch: number;
  expiresAt: number;
  /** Whether the server knows that the inbox has no subscriber any more. */
  isOver: () => boolean;
  deliver: (message: Stored & { deliveries: number }) => void;
  /** Ends the request with this number of messages not delivered. */
  expire: (declined: number) => void;
  heartbeat: () => void;
};

/** The server's immediate error: no stream for the subject, or no consumer. */
export class NotThereError extends Error {
  override readonly name = 'NotThereError';
}

const DUPLICATES_MS = 120_000;
const HEARTBEAT_MS = 1_500;

/**
 * The work queue of a broker: delivers at least once, stores a message id once within the duplicate window, stores only
 * if the subject has no message if the publisher asks for that, and redelivers messages that were not acked in time.
 */
export class JetStream {
  /** The stored messages, except first submissions. */
  readonly dispatches: { id: string; at: number }[] = [];
  recreated = 0;
  /** Naks without a delay, which would make a loop at the speed of the network. */
  bareNaks = 0;
  readonly #clock: Clock;
  readonly #ackWaitMs: number;
  #stream: { last: number; messages: Map<number, Stored>; ids: Map<string, number> } | undefined;
  #consumer: DurableConsumer | undefined;
  #pulls: Pull[] = [];

  constructor(clock: Clock, ackWaitMs: number) {
    this.#clock = clock;
    this.#ackWaitMs = ackWaitMs;
    this.ensure();
  }

  get messages(): number {
    return this.#stream?.messages.size ?? 0;
  }

  /** Creates stream and consumer where they are missing. */
  ensure(): void {
    this.#stream ??= { last: 0, messages: new Map(), ids: new Map() };
    this.#consumer ??= new DurableConsumer(this.#clock, this.#ackWaitMs, () => this.#serve());
  }

  recreateConsumer(): void {
    this.recreated++;
    this.loseConsumer();
    this.ensure();
  }

  /** @throws NotThereError */
  publish({ assessmentId, dispatchNo, onlyIfAbsent = false }: Submission): PublishOutcome {
    const outcome = this.store(names.submitted(assessmentId), {
      messageId: `${assessmentId}:${dispatchNo}`,
      onlyIfAbsent,
      payload: '{"v":1}',
    });
    if (outcome === 'stored' && dispatchNo > 1) this.dispatches.push({ id: assessmentId, at: this.#clock.now });
    return outcome;
  }

  /** @throws NotThereError */
  store(
    subject: string,
    { messageId, onlyIfAbsent = false, payload }: { messageId: string; onlyIfAbsent?: boolean; payload: string },
  ): PublishOutcome {
    const stream = this.#stream;
    if (stream === undefined) throw new NotThereError();
    const { now } = this.#clock;
    // The server checks for a duplicate first, and then the expectation.
    if ((stream.ids.get(messageId) ?? Number.NEGATIVE_INFINITY) > now - DUPLICATES_MS) return 'duplicate';
    if (onlyIfAbsent && stream.messages.values().some((message) => message.subject === subject)) return 'present';
    const sequence = ++stream.last;
    stream.messages.set(sequence, { sequence, subject, payload });
    stream.ids.set(messageId, now);
    this.#serve();
    return 'stored';
  }

  /** @throws NotThereError */
  pull(pull: Pull): void {
    if (this.#consumer === undefined || this.#stream === undefined) throw new NotThereError();
    this.#pulls.push(pull);
    const look = (): void => {
      if (!this.#pulls.includes(pull)) return;
      if (this.#clock.now >= pull.expiresAt) {
        this.#pulls = this.#pulls.filter((other) => other !== pull);
        pull.expire(pull.batch);
      } else {
        pull.heartbeat();
        this.#clock.after(Math.min(HEARTBEAT_MS, pull.expiresAt - this.#clock.now), undefined, look);
      }
    };
    this.#clock.after(HEARTBEAT_MS, undefined, look);
    this.#serve();
  }

  /** An ack of a worker. A late one counts too, since the server checks the sequence number alone. */
  receiveAck(sequence: number, word: string): void {
    const consumer = this.#consumer;
    if (word.startsWith('-NAK') && !/"delay":[1-9]/.test(word)) this.bareNaks++;
    if (consumer?.pending.has(sequence) !== true) return;
    if (word === '+ACK') this.#remove(sequence);
    else if (word === '+WPI') consumer.extend(sequence);
    else {
      const { delay = 0 } = JSON.parse(word.slice('-NAK '.length)) as { delay?: number };
      consumer.redeliverAfter(sequence, delay / 1_000_000);
    }
  }

  /** @throws NotThereError */
  info(): QueueInfo {
    const [stream, consumer] = [this.#stream, this.#consumer];
    if (stream === undefined || consumer === undefined) throw new NotThereError();
    const sequences = [...stream.messages.keys()];
    return {
      messages: sequences.length,
      firstSequence: sequences[0] ?? stream.last + 1,
      lastSequence: stream.last,
      pending: sequences.filter((sequence) => sequence > consumer.delivered).length,
      ackPending: consumer.pending.size,
      deliveredSequence: consumer.delivered,
      ackFloorSequence: consumer.ackFloor,
    };
  }

  /** Replaces the store by an empty one. */
  wipe(): void {
    this.loseConsumer();
    this.#stream = undefined;
  }

  /** Replaces the store by an old one, from before the first message, but keeps the consumer's position. */
  restore(): void {
    if (this.#stream !== undefined) this.#stream = { last: 0, messages: new Map(), ids: new Map() };
    this.#consumer?.forget();
  }

  loseConsumer(): void {
    this.#consumer?.forget();
    this.#consumer = undefined;
    // Pull requests of a deleted consumer get no error and no messages.
    this.#pulls = [];
  }

  /** Removes a message without a trace. */
  loseMessage(nth: number): void {
    const sequences = [...(this.#stream?.messages.keys() ?? [])];
    const sequence = sequences[nth % sequences.length];
    if (sequence !== undefined) this.#remove(sequence);
  }

  /** Delivers a message a second time while a worker has it. */
  duplicate(nth: number): void {
    const sequences = [...(this.#consumer?.pending.keys() ?? [])];
    const sequence = sequences[nth % sequences.length];
    if (sequence !== undefined) this.#consumer?.redeliverAfter(sequence, 0);
  }

  /** Drops the pull requests, which are in the server's memory alone. */
  forgetPulls(): void {
    this.#pulls = [];
  }

  #serve(): void {
    const [stream, consumer] = [this.#stream, this.#consumer];
    if (stream === undefined || consumer === undefined) return;
    for (;;) {
      this.#pulls = this.#pulls.filter(({ batch, isOver }) => batch > 0 && !isOver());
      const [pull] = this.#pulls;
      const [again] = consumer.again;
      const message =
        stream.messages.get(again ?? 0) ??
        stream.messages.values().find(({ sequence }) => sequence > consumer.delivered);
      if (pull === undefined || message === undefined) return;
      pull.batch--;
      pull.deliver({ ...message, deliveries: consumer.give(message.sequence) });
    }
  }

  #remove(sequence: number): void {
    this.#stream?.messages.delete(sequence);
    this.#consumer?.settle(sequence);
  }
}

/** The result of a request to the server, or its error for a missing stream or consumer. */
export function orNotThere<T>(ask: () => T): { ok: true; value: T } | { ok: false; error: NotThereError } {
  try {
    return { ok: true, value: ask() };
  } catch (error) {
    if (error instanceof NotThereError) return { ok: false, error };
    throw error;
  }
}
