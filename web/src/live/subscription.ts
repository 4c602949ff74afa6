import type { Connection, Request, Result } from './connection.ts';
import type { Cancel, Environment } from './environment.ts';
import { graphqlError, retryAfterMs, type LiveError, type ServerError } from './errors.ts';
import type { Link, Operation } from './link.ts';
import { BackOff } from './retry-wait.ts';

export interface Course {
  /** Asked for each connection anew: what is known by then belongs into it. */
  request: () => Request;
  next: (result: Result) => void;
  errored: (errors: readonly ServerError[]) => void;
  completed: () => void;
  /** The subscription is over. */
  failed: (error: LiveError) => void;
}

/** One subscription that outlives its connections. It runs until `stop`, or until it has failed. */
export class Subscription implements Operation {
  readonly #link: Link;
  readonly #course: Course;
  readonly #environment: Environment;
  readonly #backOff: BackOff;
  #connection: Connection | undefined;
  #stopRun: (() => void) | undefined;
  #cancelWait: Cancel | undefined;
  /** Neither before the next try is due, nor while it is prepared. */
  #isHeld = false;
  #isOver = false;

  constructor(link: Link, environment: Environment, course: Course) {
    this.#link = link;
    this.#environment = environment;
    this.#course = course;
    this.#backOff = new BackOff(environment);
  }

  /** Apart from the constructor, so that the course can speak of its subscription. */
  open(): void {
    this.#link.attach(this);
  }

  stop(): void {
    if (this.#isOver) return;
    this.#finish();
    this.#link.detach(this);
  }

  /** Begins anew, after a wait and what `prepare` has to do; if that fails, it is repeated after another wait. */
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

  /** Begins anew where the server asks to come again, and ends everywhere else. */
  retryOrFail(errors: Result['errors']): void {
    const waitMs = retryAfterMs(errors);
    if (waitMs === undefined) this.fail(graphqlError(errors));
    else this.again(undefined, waitMs);
  }

  fail(error: LiveError): void {
    this.stop();
    this.#course.failed(error);
  }

  start(connection: Connection): void {
    this.#connection = connection;
    this.#run();
  }

  lost(): void {
    this.#connection = undefined;
    this.#stopRun = undefined;
  }

  failed(error: LiveError): void {
    this.#finish();
    this.#course.failed(error);
  }

  #run(): void {
    if (!this.#connection || this.#isHeld) return;
    this.#backOff.begun();
    this.#stopRun = this.#connection.subscribe(this.#course.request(), {
      next: this.#course.next,
      error: this.#course.errored,
      complete: this.#course.completed,
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
