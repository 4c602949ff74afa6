import { createInbox, nanos, type Msg, type NatsConnection, type Subscription } from 'nats';
import { idOfSubject, versionOfPayload, type Wire } from '../../events.ts';

/** One delivery of a hint that an assessment waits. The subject says which; the payload decides nothing. */
export type WorkMessage = {
  /** Undefined where the subject carries no UUID: a message that is none of ours. */
  assessmentId: string | undefined;
  /** The payload's version; undefined where it can't be read. */
  payloadVersion: number | undefined;
  /** How often this message has been delivered, this time included. */
  deliveries: number;
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
/** What arrives while we stop goes to somebody else, soon. */
const HAND_BACK_MS = 100;

export type WorkQueueOptions = {
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

  /** Asks for messages for the free slots, soon. To be called whenever their number changes. */
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
    if (this.#stopped) return;
    this.#withdraw();
    this.pull();
  }

  /** No further requests. What is on its way nevertheless is handed back. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    clearInterval(this.#check);
    drain(this.#inbox);
  }

  #openInbox(): Subscription {
    const inbox = this.#connection.subscribe(createInbox(), {
      callback: (error, message) => {
        if (error === null) this.#receive(message, inbox === this.#inbox);
      },
    });
    return inbox;
  }

  /** A request lives as long as somebody listens for its answer: a new inbox ends them all. */
  #withdraw(): void {
    drain(this.#inbox);
    this.#inbox = this.#openInbox();
    this.#outstanding = 0;
    this.#heardAt = performance.now();
  }

  #request(): void {
    if (this.#stopped || this.#connection.isClosed() || performance.now() < this.#pausedUntil) return;
    const slots = Math.max(0, this.#options.slots());
    // No slots any more, for a reason other than work: what was asked for would only be sent back.
    if (this.#outstanding > slots) this.#withdraw();
    const batch = slots - this.#outstanding;
    // While as many are still to come, the next ones are gathered: they share a request.
    if (batch <= this.#outstanding) return;
    if (this.#outstanding === 0) this.#heardAt = performance.now();
    const [expires, idle_heartbeat] = [nanos(PULL_EXPIRES_MS), nanos(HEARTBEAT_MS)];
    const body = JSON.stringify({ batch, expires, idle_heartbeat });
    this.#connection.publish(this.#subject, body, { reply: this.#inbox.getSubject() });
    this.#outstanding += batch;
  }

  /** `isCurrent` is false for what was on its way when its request was withdrawn. */
  #receive(message: Msg, isCurrent: boolean): void {
    this.#heardAt = performance.now();
    // Whatever headers a publisher made up: only a delivery can be acknowledged.
    const deliveries = deliveriesOf(message.reply);
    if (deliveries !== undefined) {
      if (isCurrent) this.#outstanding = Math.max(0, this.#outstanding - 1);
      const work = toWorkMessage(message, deliveries);
      if (this.#stopped) work.nak(HAND_BACK_MS);
      else this.#options.onMessage(work);
      this.pull();
    } else if (isCurrent && !this.#stopped) this.#hearStatus(message);
  }

  #hearStatus({ headers }: Msg): void {
    const status = headers?.code ?? 0;
    if (status === HEARTBEAT) return;
    const declined = Number(headers?.get('Nats-Pending-Messages') ?? Number.NaN);
    // Without a count the whole of what was asked for is in doubt.
    if (Number.isInteger(declined)) this.#outstanding = Math.max(0, this.#outstanding - declined);
    else this.#withdraw();
    if (status !== EXPIRED) {
      this.#pausedUntil = performance.now() + REFUSED_PAUSE_MS;
      this.#options.onRefused();
    }
    this.pull();
  }

  #checkSilence(): void {
    if (this.#outstanding > 0 && performance.now() - this.#heardAt > SILENCE_MAX_MS) this.#withdraw();
    this.pull();
  }
}

/** Status codes in the header of a message without data (NATS ADR-13). */
const HEARTBEAT = 100;
const EXPIRED = 408;

/** Ends a subscription, but takes what the server has sent by now. */
function drain(subscription: Subscription): void {
  subscription.drain().catch(() => {}); // the connection is gone, and with it the subscription
}

/**
 * The count in the reply subject of a delivery; undefined where the message is none.
 * `$JS.ACK.<stream>.<consumer>.<deliveries>.…`, or with domain and account before the stream (NATS ADR-15).
 */
function deliveriesOf(reply: string | undefined): number | undefined {
  if (reply === undefined || !reply.startsWith('$JS.ACK.')) return undefined;
  const tokens = reply.split('.');
  const count = Number(tokens.length > 9 ? tokens[6] : tokens[4]);
  return Number.isInteger(count) ? count : 1;
}

const ACK = Buffer.from('+ACK');

function toWorkMessage(message: Msg, deliveries: number): WorkMessage {
  return {
    assessmentId: idOfSubject(message.subject),
    payloadVersion: versionOfPayload(message.string()),
    deliveries,
    traceparent: message.headers?.get('traceparent'),
    ack: () => void message.respond(ACK),
    nak: (delayMs) => void message.respond(`-NAK {"delay":${Math.max(0, Math.round(delayMs)) * 1_000_000}}`),
    working: () => void message.respond('+WPI'),
  };
}
