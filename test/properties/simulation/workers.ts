import { createReconciling } from '../../../src/adapters/database/reconciling.ts';
import { createWorking } from '../../../src/adapters/database/working.ts';
import { watchUsage } from '../../../src/consumers/usage.ts';
import { runReconciler } from '../../../src/consumers/reconcile.ts';
import { Turns } from '../../../src/assessments/turns.ts';
import { createTurns } from '../../../src/adapters/database/turns.ts';
import { createUntold } from '../../../src/adapters/database/untold.ts';
import { modelBudgets } from '../../../src/assessments/model-budgets.ts';
import { Rates } from '../../../src/assessments/rates.ts';
import { withoutLimit } from '../../../src/consumers/limiter.ts';
import { withoutLooks } from '../../../src/consumers/look.ts';
import { runConsumer, type Consumer } from '../../../src/consumers/run-consumer.ts';
import { UnavailableError } from '../../../src/errors.ts';
import { wellbeing } from '../../support/questionnaires.ts';
import { runIn, type Process } from './clock.ts';
import { openBroker, type SimulatedBroker } from './link.ts';
import { LEASE_MS, log, MAX_ATTEMPTS, metrics, startProcess, type World } from './world.ts';

/** One worker of the fleet, with the parts that src/app/worker.ts puts together. */
export type Worker = {
  process: Process;
  consumer: Consumer;
  reconciler: { stop(): Promise<void> };
  broker: SimulatedBroker;
};

/** Time from a crash, or from the end of the grace time, to the start of the next worker. */
const RESTARTED_MS = 500;
/** How long a worker may need beyond its grace time: a few last statements may each take their time-out. */
const HAND_BACK_MAX_MS = 25_000;
/** Probability that the store of questionnaires can't be read. */
const UNREADABLE = 0.01;

/** The workers of a world: each can crash, freeze or be stopped, and comes back. */
export class Fleet {
  readonly workers: Worker[] = [];
  /** The processes of workers that were stopped gracefully. */
  readonly #stopped: Process[] = [];
  readonly #frozen = new Set<Process>();
  readonly badStops: string[] = [];
  readonly #world: World;
  readonly #concurrency: number;
  #started = 0;

  constructor(world: World, { workers, concurrency }: { workers: number; concurrency: number }) {
    this.#world = world;
    world.provider.kill = (process) => {
      const nth = this.workers.findIndex((worker) => worker.process === process);
      if (nth >= 0) this.crash(nth, 0);
    };
    this.#concurrency = concurrency;
    for (let nth = 0; nth < workers; nth++) this.workers.push(this.#start());
  }

  /** The number of pending timers of stopped workers. */
  get leftBehind(): number {
    return this.#stopped.reduce((sum, process) => sum + this.#world.clock.timersOf(process), 0);
  }

  /** Ends a worker at once. Messages that it has sent may still arrive. */
  crash(nth: number, forMs: number): void {
    this.#replace(nth, forMs, (worker) => {
      worker.process.state = 'dead';
      this.#mark(worker, Number.POSITIVE_INFINITY);
    });
  }

  /** Suspends a worker, which then continues without noticing. */
  freeze(nth: number, forMs: number): void {
    const worker = this.workers[nth % this.workers.length];
    if (worker?.process.state !== 'running') return;
    worker.process.state = 'frozen';
    this.#frozen.add(worker.process);
    this.#mark(worker, forMs);
    this.#world.clock.after(forMs, undefined, () => this.#world.clock.thaw(worker.process));
  }

  /** Stops a worker as for a new version: running calls may end within the grace time, and the rest is handed back. */
  stop(nth: number, graceMs: number): void {
    this.#replace(nth, graceMs, (worker) => {
      this.#world.clock.after(graceMs, undefined, () => this.#mark(worker, Number.POSITIVE_INFINITY));
      void this.#stopGracefully(worker, graceMs);
    });
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.workers.map((worker) => this.#stopGracefully(worker, 0)));
  }

  async #stopGracefully(worker: Worker, graceMs: number): Promise<void> {
    const { process, consumer, reconciler, broker } = worker;
    const { clock } = this.#world;
    const until = clock.now + graceMs + HAND_BACK_MAX_MS;
    await runIn(process, async () => {
      await consumer.stop(graceMs);
      if (consumer.running() > 0) this.badStops.push(`${process.name} stopped with work`);
      if (clock.now > until && !this.#frozen.has(process)) this.badStops.push(`${process.name} took too long to stop`);
      await reconciler.stop();
      broker.close();
      this.#stopped.push(process);
    });
  }

  #replace(nth: number, afterMs: number, remove: (worker: Worker) => void): void {
    const at = nth % this.workers.length;
    const worker = this.workers[at];
    if (worker === undefined || worker.process.state === 'dead') return;
    remove(worker);
    this.#world.clock.after(afterMs + RESTARTED_MS, undefined, () => {
      // The worker may have been replaced already.
      if (this.workers[at] === worker) this.workers[at] = this.#start();
    });
  }

  #mark({ process }: Worker, forMs: number): void {
    this.#world.marks.push({ at: this.#world.now, process, forMs });
  }

  #start(): Worker {
    const { store, server, provider, clock } = this.#world;
    const process = startProcess(`worker ${this.#started++}`);
    return runIn(process, () => {
      const sql = store.connect(process);
      const broker = openBroker(server, process);
      const turns = new Turns({ store: createTurns(sql), broker, metrics, log });
      const untold = createUntold(sql);
      const reconciling = createReconciling(sql, LEASE_MS);
      const reconciler = runReconciler({ store: reconciling, untold, turns, broker, metrics, log });
      const consumer = runConsumer({
        working: createWorking(sql, LEASE_MS),
        untold,
        turns,
        broker,
        model: provider.connect(process),
        looks: withoutLooks,
        limiter: withoutLimit,
        translations: {
          byId: async () => {
            if (clock.random() < UNREADABLE) throw new UnavailableError('database', 'not-done');
            return { content: wellbeing, textHash: null };
          },
        },
        budgets: modelBudgets(new Rates(), { calls: 0, tokens: 0 }),
        usage: watchUsage({ model: { model: 'simulated', host: 'model.example' }, prices: new Map(), metrics, log }),
        metrics,
        log,
        concurrency: this.#concurrency,
        leaseMs: LEASE_MS,
        maxAttempts: MAX_ATTEMPTS,
      });
      return { process, consumer, reconciler, broker };
    });
  }
}
