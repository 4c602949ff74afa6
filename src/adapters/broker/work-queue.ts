import { createInbox, nanos, type Msg, type NatsConnection, type Subscription } from 'nats';
import { idOfSubject, versionOfPayload, type Wire } from '../../events.ts';

/** One delivery of a hint that an assessment waits. The subject says which; the payload decides nothing. */
export type WorkMessage = {
  /** Undefined where the subject carries no UUID: a message that is none of ours. */
  assessmentId: string | undefined;
  /** The payload's version; undefined where it can't be read. */
  payloadVersion: number | undefined;
  traceparent: string | undefined;
  ack(): void;
  /** Not done: deliver it again, to whomever, after this many milliseconds. */
  nak(delayMs: number): void;
  /** Still at it: the time until a redelivery begins anew. */
  working(): void;
};

/** A request that was not filled ends after this time and is made again. */
const PULL_EXPIRES_MS = 30_000;
/** While a request waits, the server says this often that it still knows of it. */
const HEARTBEAT_MS = 5_000;
/** Two heartbeats missed: the server has forgotten us, or the link is dead. */
const SILENCE_MAX_MS = 2 * HEARTBEAT_MS + 1_000;
const CHECK_MS = 1_000;
/** After a refusal (consumer or stream missing) asking again at once would only spin. */
const REFUSED_PAUSE_MS = 500;

type WorkQueueOptions = {
  /** How many more messages can be worked on right now. */
  slots: () => number;
  onMessage: (message: WorkMessage) => void;
  /** The server turned a request down: consumer or stream may be missing. */
  onRefused: () => void;
};

/**
 * Pulls exactly as much as can be worked on. The client's own `consume()` keeps a buffer filled, and what waits in a
 * busy worker's buffer is kept from an idle one while its time runs out (docs/decisions/0009).
 */
export class WorkQueue {
  readonly #connection: NatsConnection;
  readonly #subject: string;
  readonly #options: WorkQueueOptions;
  readonly #check: NodeJS.Timeout;
  #inbox: Subscription;
  /** Messages that were asked for and have neither come nor been declined. */
  #outstanding = 0;
  #heardAt = performance.now();
  #pausedUntil = 0;
  #scheduled = false;
  #stopped = false;

  constructor(connection: NatsConnection, wire: Wire, options: WorkQueueOptions) {
    this.#connection = connection;
    this.#subject = `$JS.API.CONSUMER.MSG.NEXT.${wire.workStream}.${wire.consumer}`;
    this.#options = options;
    this.#inbox = this.#openInbox();
    this.#check = setInterval(() => this.#checkSilence(), CHECK_MS);
    this.#check.unref();
    this.pull();
  }

  /** Asks for as many messages as there are free slots. To be called whenever a slot becomes free. */
  pull(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#request();
    });
  }

  /** Forgets what was asked for: after a reconnect the server has forgotten it too. */
  reset(): void {
    this.#inbox.unsubscribe();
    this.#inbox = this.#openInbox();
    this.#outstanding = 0;
    this.#heardAt = performance.now();
    if (!this.#stopped) this.pull();
  }

  /** No further requests. A message that still comes is handed back by the server, since nobody listens any more. */
  stop(): void {
    this.#stopped = true;
    clearInterval(this.#check);
    this.#inbox.unsubscribe();
  }

  #openInbox(): Subscription {
    return this.#connection.subscribe(createInbox(), {
      callback: (error, message) => {
        if (error === null) this.#receive(message);
      },
    });
  }

  #request(): void {
    const batch = this.#options.slots() - this.#outstanding;
    if (this.#stopped || batch <= 0 || performance.now() < this.#pausedUntil || this.#connection.isClosed()) return;
    if (this.#outstanding === 0) this.#heardAt = performance.now();
    const [expires, idle_heartbeat] = [nanos(PULL_EXPIRES_MS), nanos(HEARTBEAT_MS)];
    const body = JSON.stringify({ batch, expires, idle_heartbeat });
    this.#connection.publish(this.#subject, body, { reply: this.#inbox.getSubject() });
    this.#outstanding += batch;
  }

  #receive(message: Msg): void {
    this.#heardAt = performance.now();
    const status = message.data.length === 0 ? (message.headers?.code ?? 0) : 0;
    if (status === HEARTBEAT) return;
    if (status === 0) {
      this.#outstanding = Math.max(0, this.#outstanding - 1);
      this.#options.onMessage(toWorkMessage(message));
      return;
    }
    const declined = Number(message.headers?.get('Nats-Pending-Messages') ?? Number.NaN);
    // Without a count the whole of what was asked for is in doubt.
    this.#outstanding = Number.isInteger(declined) ? Math.max(0, this.#outstanding - declined) : 0;
    if (status !== EXPIRED) {
      this.#pausedUntil = performance.now() + REFUSED_PAUSE_MS;
      this.#options.onRefused();
    }
    this.pull();
  }

  #checkSilence(): void {
    if (this.#outstanding > 0 && performance.now() - this.#heardAt > SILENCE_MAX_MS) this.reset();
    this.pull();
  }
}

/** Status codes in the header of a message without data (NATS ADR-13). */
const HEARTBEAT = 100;
const EXPIRED = 408;

function toWorkMessage(message: Msg): WorkMessage {
  return {
    assessmentId: idOfSubject(message.subject),
    payloadVersion: versionOfPayload(message.string()),
    traceparent: message.headers?.get('traceparent'),
    ack: () => void message.respond('+ACK'),
    nak: (delayMs) => void message.respond(`-NAK {"delay":${Math.max(0, Math.round(delayMs)) * 1_000_000}}`),
    working: () => void message.respond('+WPI'),
  };
}
