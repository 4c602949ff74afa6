import { createInbox, nanos, type Msg, type NatsConnection, type Subscription } from 'nats';
import { idOfSubject, versionOfPayload, type Wire } from '../../events.ts';

/** One delivery of a work message. Its subject names the assessment; the payload decides nothing. */
export type WorkMessage = {
  /** Undefined where the subject carries no UUID: a foreign message. */
  assessmentId: string | undefined;
  /** The payload's version; undefined where the payload has none. */
  payloadVersion: number | undefined;
  /** Deliveries of this message so far, this one included. */
  deliveries: number;
  traceparent: string | undefined;
  ack(): void;
  /** Not done: deliver it again, to any worker, after this many milliseconds. */
  nak(delayMs: number): void;
  /** Work goes on: restarts the time until a redelivery. */
  working(): void;
};

/**
 * A pull request that was not filled ends after this time and is made again. On a cluster, messages for a request that came
 * over a frozen node are sent to that node; the request ends before the stream has another leader.
 */
const PULL_EXPIRES_MS = 4_000;
/** While a request waits, the server sends a heartbeat at this interval. */
const HEARTBEAT_MS = 300;
/** Two missed heartbeats: the server has dropped the request, the consumer has no or another leader, or the connection is half-open. */
const SILENCE_MAX_MS = 3 * HEARTBEAT_MS;
const CHECK_MS = 300;
/** After a refusal (consumer or stream missing), a request at once would only be refused again. */
const REFUSED_PAUSE_MS = 500;
/** Redelivery delay of messages that arrive after `stop`. */
const HAND_BACK_MS = 100;

export type WorkQueueOptions = {
  /** Free slots: how many more messages can be worked on now. */
  slots: () => number;
  onMessage: (message: WorkMessage) => void;
  /** The server refused a request: consumer or stream may be missing. */
  onRefused: () => void;
};

/**
 * Pulls exactly as many messages as there are free slots. The client's own `consume()` fills a buffer: a message in a busy
 * worker's buffer is kept from idle workers while its ack time runs out (docs/decisions/0009).
 */
export class WorkQueue {
  readonly #connection: NatsConnection;
  readonly #subject: string;
  readonly #options: WorkQueueOptions;
  readonly #check: NodeJS.Timeout;
  #inbox: Subscription;
  /** Requested messages that were neither delivered nor declined. */
  #outstanding = 0;
  #heardAt = performance.now();
  #pausedUntil = 0;
  #scheduled = false;
  #stopped = false;

  /** @param api first tokens of the subjects of JetStream's API */
  constructor(connection: NatsConnection, wire: Wire, options: WorkQueueOptions, api = '$JS.API') {
    this.#connection = connection;
    this.#subject = `${api}.CONSUMER.MSG.NEXT.${wire.workStream}.${wire.consumer}`;
    this.#options = options;
    this.#inbox = this.#openInbox();
    this.#check = setInterval(() => this.#checkSilence(), CHECK_MS);
    this.#check.unref();
    this.pull();
  }

  /** Requests messages for the free slots, soon. Call it whenever their number changes. */
  pull(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#request();
    });
  }

  /** Drops the open requests, as the server does at a reconnect, and makes new ones. */
  reset(): void {
    if (this.#stopped) return;
    this.#withdraw();
    this.pull();
  }

  /** Makes no further requests. Messages that still arrive are handed back. */
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

  /** Ends all requests by a new inbox: the server drops a request whose reply subject has no subscriber. */
  #withdraw(): void {
    drain(this.#inbox);
    this.#inbox = this.#openInbox();
    this.#outstanding = 0;
    this.#heardAt = performance.now();
  }

  #request(): void {
    if (this.#stopped || this.#connection.isClosed() || performance.now() < this.#pausedUntil) return;
    const slots = Math.max(0, this.#options.slots());
    // More was requested than there are slots (the worker pauses): the messages would only be handed back.
    if (this.#outstanding > slots) this.#withdraw();
    const batch = slots - this.#outstanding;
    // Waits until more slots are free than messages are outstanding, so that several share a request.
    if (batch <= this.#outstanding) return;
    if (this.#outstanding === 0) this.#heardAt = performance.now();
    const [expires, idle_heartbeat] = [nanos(PULL_EXPIRES_MS), nanos(HEARTBEAT_MS)];
    const body = JSON.stringify({ batch, expires, idle_heartbeat });
    this.#connection.publish(this.#subject, body, { reply: this.#inbox.getSubject() });
    this.#outstanding += batch;
  }

  /** `isCurrent` is false for a message of a withdrawn request. */
  #receive(message: Msg, isCurrent: boolean): void {
    this.#heardAt = performance.now();
    // By the reply subject, since a publisher may forge status headers: only a delivery can be acknowledged.
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
    // Without a count every outstanding message is in doubt.
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

/** Ends a subscription after the messages that the server has sent so far. */
function drain(subscription: Subscription): void {
  subscription.drain().catch(() => {}); // the connection is closed, and the subscription with it
}

/**
 * The delivery count in the reply subject; undefined where the message is no delivery.
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
