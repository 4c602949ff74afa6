import type { Sql } from '../../../src/adapters/database/sql.ts';
import { UnavailableError } from '../../../src/errors.ts';
import { wellbeingAnswers } from '../../support/questionnaires.ts';
import type { Clock, Process } from './clock.ts';
import { wayMs } from './random.ts';
import { Rows } from './rows.ts';
import { statements } from './statements.ts';

/**
 * What goes wrong with one statement. `before`: it never reached the server. `after`: it was carried out, and nobody
 * heard of it. `late`: given up by who asked, and carried out then. `slow`: it takes its time. `stale`: its answer does.
 */
export type StatementFault = { nth: number; kind: 'before' | 'after' | 'late' | 'slow' | 'stale' };

/** A disturbance that may explain that a worker lost a claim: how long it kept the worker from its leases. */
export type Mark = { at: number; process: Process | undefined; forMs: number };

export type StoreOptions = { clock: Clock; faults: StatementFault[]; onFault: (mark: Mark) => void };

const QUERY_TIMEOUT_MS = 7_000;
const SLOW_MS = 4_000;
/** A lease is renewed as often; a renewal that fails leaves a gap of one more. */
const RENEWAL_MS = 5_000;
/** One row in so many is locked by somebody else in the moment of a claim. */
const LOCKED = 0.02;

/** Ids come as the text of an array (src/adapters/database/arrays.ts). */
const parsed = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('{') ? value.slice(1, -1).split(',') : value;

/** A database of which every statement may fail, before or after it was carried out, and which may be away. */
export class Store {
  readonly rows = new Rows();
  readonly #options: StoreOptions;
  #count = 0;
  #awayUntil = 0;
  #upSince = Number.NEGATIVE_INFINITY;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  get isAway(): boolean {
    return this.#options.clock.now < this.#awayUntil;
  }

  /** Away for everybody; `restarts` is what a server does that was down, a network that was down does not. */
  goAway(forMs: number, restarts: boolean): void {
    const { clock, onFault } = this.#options;
    this.#awayUntil = Math.max(this.#awayUntil, clock.now + forMs);
    if (restarts) this.#upSince = this.#awayUntil;
    onFault({ at: clock.now, process: undefined, forMs });
  }

  /** The way of one process to the database: what the program's own statements run over. */
  connect(process: Process): Sql {
    const { clock } = this.#options;
    return <Found>(name: string, _text: string, values: unknown[] = [], { withinMs = QUERY_TIMEOUT_MS } = {}) =>
      new Promise<Found[]>((resolve, reject) => {
        const fault = this.#nextFault(process);
        const tell = (outcome: 'not-done' | 'unknown') => () => reject(new UnavailableError('database', outcome));
        if (this.isAway) {
          // A refused connection, or one that nobody answers.
          clock.after(clock.random() < 0.5 ? 1 : 2_000, process, tell('not-done'));
          return;
        }
        const wayThereMs = wayMs(clock.random) + (fault === 'slow' ? SLOW_MS : 0);
        clock.after(withinMs, process, tell('unknown'));
        if (fault === 'before') {
          clock.after(wayThereMs, process, tell(clock.random() < 0.5 ? 'not-done' : 'unknown'));
          return;
        }
        const isLate = fault === 'late';
        if (isLate) clock.after(wayThereMs, process, tell('unknown'));
        clock.after(isLate ? wayThereMs + clock.random() * QUERY_TIMEOUT_MS : wayThereMs, undefined, () => {
          if (this.isAway) return clock.after(1, process, tell('unknown'));
          const answer = this.#carryOut(name, values);
          const lost = (): boolean => fault === 'after' || this.isAway;
          return clock.after(wayMs(clock.random) + (fault === 'stale' ? SLOW_MS : 0), process, () =>
            lost() ? tell('unknown')() : resolve(answer as Found[]),
          );
        });
      });
  }

  #nextFault(process: Process): StatementFault['kind'] | undefined {
    const { faults, onFault, clock } = this.#options;
    const nth = this.#count++;
    const fault = faults.find((one) => one.nth === nth)?.kind;
    if (fault !== undefined)
      onFault({ at: clock.now, process, forMs: RENEWAL_MS + (fault === 'slow' || fault === 'stale' ? SLOW_MS : 0) });
    return fault;
  }

  #carryOut(name: string, values: unknown[]): unknown[] {
    const { clock } = this.#options;
    const statement = statements[name];
    if (statement === undefined) throw new Error(`the simulation does not know the statement ${name}`);
    const isLocked = (): boolean => clock.random() < LOCKED;
    const answer = statement(this.rows, values.map(parsed) as never, {
      now: clock.now,
      upSince: this.#upSince,
      isLocked,
    });
    return name === 'claim' ? answer.map((row) => ({ ...(row as object), answers: wellbeingAnswers })) : answer;
  }
}
