import type { Clock, Process } from './clock.ts';
import { JetStream } from './jetstream.ts';
import { wayMs } from './random.ts';

export type ServerOptions = {
  clock: Clock;
  ackWaitMs: number;
  /** The numbers of the messages between server and processes that are lost. */
  lost: number[];
};

/** A hint that a worker has published, for every api process. */
export type Hinted = { assessmentId: string; sessionId: string };

/** The broker's server and its network: messages may be lost, and the server may be away. */
export class Server {
  readonly jetStream: JetStream;
  /** The messages in the streams for other services, as `<id>:<version>`. */
  readonly told = { events: new Set<string>(), dead: new Set<string>() };
  /** The acked messages: when they were delivered, and when they were acked. */
  readonly acknowledged: { id: string; givenAt: number; at: number }[] = [];
  readonly options: ServerOptions;
  readonly #lost: Set<number>;
  readonly #connections = new Set<Wire>();
  /** Messages of the work stream are gone that nobody has acked. */
  hasLostWork = false;
  #count = 0;
  #awayUntil = 0;
  readonly #streamAwayUntil = { events: 0, dead: 0 };

  constructor(options: ServerOptions) {
    this.options = options;
    this.#lost = new Set(options.lost);
    this.jetStream = new JetStream(options.clock, options.ackWaitMs);
  }

  get isAway(): boolean {
    return this.options.clock.now < this.#awayUntil;
  }

  /** Messages in flight are lost. The connections notice after a while, at the latest when the server is back. */
  goAway(forMs: number): void {
    const { clock } = this.options;
    this.#awayUntil = Math.max(this.#awayUntil, clock.now + forMs);
    this.jetStream.forgetPulls();
    for (const connection of this.#connections) connection.break();
    clock.after(forMs, undefined, () => {
      if (!this.isAway) for (const connection of this.#connections) connection.reconnect();
    });
  }

  /** A stream for other services has no leader: it stores nothing and confirms nothing. */
  loseLeader(stream: 'events' | 'dead', forMs: number): void {
    this.#streamAwayUntil[stream] = Math.max(this.#streamAwayUntil[stream], this.options.clock.now + forMs);
  }

  /** Whether the stream for other services has stored it, which is what it confirms. */
  tellOthers(stream: 'events' | 'dead', end: string): boolean {
    if (this.options.clock.now < this.#streamAwayUntil[stream]) return false;
    this.told[stream].add(end);
    return true;
  }

  connect(process: Process, on: Wire['on']): Wire {
    const wire = new Wire(this, process, on);
    this.#connections.add(wire);
    return wire;
  }

  /** Core NATS: delivers to the processes that are subscribed at this moment. */
  tellAll(hint: Hinted): void {
    for (const connection of this.#connections) connection.down(() => connection.on.hint(hint));
  }

  tellCancelled(assessmentId: string): void {
    for (const connection of this.#connections) connection.down(() => connection.on.cancelled(assessmentId));
  }

  forget(wire: Wire): void {
    this.#connections.delete(wire);
  }

  isNextLost(): boolean {
    return this.#lost.has(this.#count++);
  }
}

const NOTICED_MAX_MS = 10_000;
const RECONNECT_MAX_MS = 2_000;
/** How long a server takes to notice that a client is gone. */
const GONE_MAX_MS = 20_000;

/** The connection of one process: it keeps the order in both directions, and may be down. */
export class Wire {
  /** The state as the process knows it. */
  state: 'connected' | 'reconnecting' = 'connected';
  readonly on: { hint: (hint: Hinted) => void; cancelled: (assessmentId: string) => void; reconnect: () => void };
  readonly #server: Server;
  readonly #process: Process;
  #epoch = 0;
  #isUp = true;
  #upAt = 0;
  #downAt = 0;
  #goneAt: number | undefined;
  /** The buffer of the client, sent as soon as it is connected again. */
  #buffered: (() => void)[] = [];

  constructor(server: Server, process: Process, on: Wire['on']) {
    this.#server = server;
    this.#process = process;
    this.on = on;
    if (server.isAway) this.break();
  }

  /** Sends from the process to the server, where the function runs. */
  up(arrive: () => void): void {
    if (this.state === 'reconnecting') {
      this.#buffered.push(arrive);
      return;
    }
    const { clock } = this.#server.options;
    if (!this.#isUp || this.#server.isNextLost()) return;
    const epoch = this.#epoch;
    this.#upAt = Math.max(this.#upAt, clock.now + wayMs(clock.random));
    clock.after(this.#upAt - clock.now, undefined, () => {
      if (epoch === this.#epoch) arrive();
    });
  }

  /** Sends from the server to the process, where the function runs. */
  down(arrive: () => void): void {
    const { clock } = this.#server.options;
    if (!this.#isUp || this.#server.isNextLost()) return;
    const epoch = this.#epoch;
    this.#downAt = Math.max(this.#downAt, clock.now + wayMs(clock.random));
    clock.after(this.#downAt - clock.now, this.#process, () => {
      if (epoch === this.#epoch) arrive();
    });
  }

  /** Whether the server knows that the process is gone. */
  get isKnownGone(): boolean {
    const { clock } = this.#server.options;
    if (this.#process.state !== 'dead') return false;
    this.#goneAt ??= clock.now + clock.random() * GONE_MAX_MS;
    return clock.now >= this.#goneAt;
  }

  /** The number of the connection: the server forgets the requests of an earlier one. */
  get epoch(): number {
    return this.#epoch;
  }

  break(): void {
    const { clock } = this.#server.options;
    this.#isUp = false;
    const epoch = ++this.#epoch;
    clock.after(clock.random() * NOTICED_MAX_MS, this.#process, () => {
      if (epoch === this.#epoch) this.state = 'reconnecting';
    });
  }

  reconnect(): void {
    const { clock } = this.#server.options;
    if (this.#isUp) return;
    // The server refuses the requests of an old connection, which ends it at once.
    const epoch = ++this.#epoch;
    clock.after(0, this.#process, () => {
      if (epoch === this.#epoch) this.state = 'reconnecting';
    });
    clock.after(clock.random() * RECONNECT_MAX_MS, this.#process, () => {
      if (epoch !== this.#epoch) return;
      this.#isUp = true;
      this.state = 'connected';
      for (const arrive of this.#buffered.splice(0)) this.up(arrive);
      this.on.reconnect();
    });
  }
}
