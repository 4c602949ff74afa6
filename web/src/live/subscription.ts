import type { LiveSocket, Request, Result } from './socket.ts';
import type { Cancel, Environment } from './environment.ts';
import { graphqlError, retryAfterMs, type LiveError, type ServerError } from './errors.ts';
import type { SocketKeeper, Operation } from './socket-keeper.ts';
import { BackOff } from './retry-wait.ts';

export interface SubscriptionHandlers {
  /** Called for each socket, so that the variables can be the newest, such as a cursor. */
  request: () => Request;
  next: (result: Result) => void;
  errored: (errors: readonly ServerError[]) => void;
  completed: () => void;
  /** The subscription is over. */
  failed: (error: LiveError) => void;
}

/** One subscription over any number of sockets. It runs until `stop`, or until it has failed. */
export class Subscription implements Operation {
  readonly #keeper: SocketKeeper;
  readonly #handlers: SubscriptionHandlers;
  readonly #environment: Environment;
  readonly #backOff: BackOff;
  #socket: LiveSocket | undefined;
  #stopRun: (() => void) | undefined;
  #cancelWait: Cancel | undefined;
  /** True while it waits for the next try or prepares it: a new socket does not start it then. */
  #isHeld = false;
  #isOver = false;

  constructor(keeper: SocketKeeper, environment: Environment, handlers: SubscriptionHandlers) {
    this.#keeper = keeper;
    this.#environment = environment;
    this.#handlers = handlers;
    this.#backOff = new BackOff(environment);
  }

  /** Not in the constructor, because the handlers refer to the subscription. */
  open(): void {
    this.#keeper.attach(this);
  }

  stop(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#keeper.detach(this);
  }

  /** Starts again after a wait and `prepare`. If `prepare` fails, both are repeated. */
  again(prepare: () => Promise<void> = async () => {}, atLeastMs = 0): void {
    this.#halt();
    this.#isHeld = true;
    const waitMs = Math.max(atLeastMs, this.#backOff.nextMs());
    this.#cancelWait = this.#environment.after(waitMs, () => {
      prepare().then(
        () => this.#release(),
        () => this.#isOver || this.again(prepare),
      );
    });
  }

  /** Starts again after a temporary error, and fails after any other. */
  retryOrFail(errors: Result['errors']): void {
    const waitMs = retryAfterMs(errors);
    if (waitMs === undefined) this.fail(graphqlError(errors));
    else this.again(undefined, waitMs);
  }

  fail(error: LiveError): void {
    this.stop();
    this.#handlers.failed(error);
  }

  start(socket: LiveSocket): void {
    this.#socket = socket;
    this.#run();
  }

  lost(): void {
    this.#socket = undefined;
    this.#stopRun = undefined;
  }

  failed(error: LiveError): void {
    this.#finish();
    this.#handlers.failed(error);
  }

  #run(): void {
    if (!this.#socket || this.#isHeld) return;
    this.#backOff.begun();
    this.#stopRun = this.#socket.subscribe(this.#handlers.request(), {
      next: this.#handlers.next,
      error: this.#handlers.errored,
      complete: this.#handlers.completed,
    });
  }

  #release(): void {
    if (this.#isOver) return;
    this.#isHeld = false;
    this.#run();
  }

  #halt(): void {
    this.#cancelWait?.();
    this.#stopRun?.();
    this.#stopRun = undefined;
  }

  #finish(): void {
    this.#isOver = true;
    this.#halt();
  }
}
