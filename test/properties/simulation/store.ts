import type { Sql } from '../../../src/adapters/database/sql.ts';
import { UnavailableError } from '../../../src/errors.ts';
import { wellbeingAnswers } from '../../support/questionnaires.ts';
import type { Clock, Process } from './clock.ts';
import { wayMs } from './random.ts';
import { Rows } from './rows.ts';
import { statements } from './statements.ts';

/**
 * The fault of one statement. `before`: it did not reach the server. `after`: it was carried out, and its result was lost.
 * `late`: it was carried out after its time-out. `slow`: it takes long. `stale`: its result takes long.
 */
export type StatementFault = { nth: number; kind: 'before' | 'after' | 'late' | 'slow' | 'stale' };

/** A fault that may explain a worker's lost claim: it kept the worker from renewing leases for this time. */
export type Mark = { at: number; process: Process | undefined; forMs: number };

export type StoreOptions = { clock: Clock; faults: StatementFault[]; onFault: (mark: Mark) => void };

const QUERY_TIMEOUT_MS = 7_000;
const SLOW_MS = 4_000;
/** Time between two renewals. A failed renewal makes the gap one longer. */
const RENEWAL_MS = 5_000;
/** One row in so many is locked by another statement during a claim. */
const LOCKED = 0.02;

/** Ids come as the text of an array (src/adapters/database/arrays.ts). */
const parsed = (value: unknown): unknown =>
  typeof value === 'string' && value.startsWith('{') ? value.slice(1, -1).split(',') : value;

/** A database that may be away, and whose statements may fail before or after they were carried out. */
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

  /** Makes it unreachable for all. `restarts`: the server was down, and not the network. */
  goAway(forMs: number, restarts: boolean): void {
    const { clock, onFault } = this.#options;
    this.#awayUntil = Math.max(this.#awayUntil, clock.now + forMs);
    if (restarts) this.#upSince = this.#awayUntil;
    onFault({ at: clock.now, process: undefined, forMs });
  }

  /** The connection of one process, over which the program's statements run. */
  connect(process: Process): Sql {
    const { clock } = this.#options;
    return <Found>(name: string, _text: string, values: unknown[] = [], { withinMs = QUERY_TIMEOUT_MS } = {}) =>
      new Promise<Found[]>((resolve, reject) => {
        const fault = this.#nextFault(process);
        const tell = (outcome: 'not-done' | 'unknown') => () => reject(new UnavailableError('database', outcome));
        if (this.isAway) {
          // The connection is refused, or gets no response.
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
          const result = this.#carryOut(name, values);
          const lost = (): boolean => fault === 'after' || this.isAway;
          return clock.after(wayMs(clock.random) + (fault === 'stale' ? SLOW_MS : 0), process, () =>
            lost() ? tell('unknown')() : resolve(result as Found[]),
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
    const result = statement(this.rows, values.map(parsed) as never, {
      now: clock.now,
      upSince: this.#upSince,
      isLocked,
    });
    return name === 'claim' ? result.map((row) => ({ ...(row as object), answers: wellbeingAnswers })) : result;
  }
}
