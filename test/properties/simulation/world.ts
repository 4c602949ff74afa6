import type { Sweep } from '../../../src/adapters/database.ts';
import { createCancelling } from '../../../src/adapters/database/cancelling.ts';
import { createReading } from '../../../src/adapters/database/reading.ts';
import { createRetrying } from '../../../src/adapters/database/retrying.ts';
import { createSweeping } from '../../../src/adapters/database/sweeping.ts';
import { createTurns } from '../../../src/adapters/database/turns.ts';
import { createUntold } from '../../../src/adapters/database/untold.ts';
import { createCancel } from '../../../src/assessments/cancel.ts';
import { Turns } from '../../../src/assessments/turns.ts';
import { Hub } from '../../../src/delivery/hub.ts';
import { startSweep } from '../../../src/delivery/sweep.ts';
import { hasEnded, statesThatTake, type AssessmentStatus } from '../../../src/entities/assessment-state.ts';
import type { AssessmentView } from '../../../src/entities/assessment-view.ts';
import { createLog } from '../../../src/log.ts';
import { createMetrics } from '../../../src/metrics.ts';
import { Server } from './broker.ts';
import { Clock, runIn, type Process } from './clock.ts';
import { openBroker, type SimulatedBroker } from './link.ts';
import { Provider } from './model.ts';
import { FAULTS_END_MS, type Plan } from './plan.ts';
import { Store, type Mark } from './store.ts';

export const LEASE_MS = 15_000;
export const MAX_ATTEMPTS = 5;
/** All assessments come from one network. */
export const NETWORK = 'network';
export const SESSION = '0190a000-0000-7000-8000-00000000cafe';
const OWNER = { id: SESSION, createdAt: new Date(0), expiresAt: new Date(0) };
const TRACE = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

/** Made once for all runs, because each registry observes the whole process. */
export const metrics = createMetrics();
export const log = createLog('silent', 'worker');

/** An owner who waits for the end from the moment of the submission. */
export type Watcher = { id: string; seen: AssessmentView[]; toldAt: number; error: string | undefined };

export const startProcess = (name: string): Process => ({ name, state: 'running', missed: [] });

/** The simulated outside systems, and one api process. The workers are the fleet's. */
export class World {
  readonly clock: Clock;
  readonly store: Store;
  readonly server: Server;
  readonly provider: Provider;
  readonly marks: Mark[] = [];
  readonly accepted: string[] = [];
  readonly watchers: Watcher[] = [];
  readonly api = startProcess('api');
  hub: Hub | undefined;
  readonly #open = Promise.withResolvers<void>();
  #broker: SimulatedBroker | undefined;
  #stopApi: (() => Promise<void>) | undefined;

  constructor({ seed, script, replyMs, statementFaults, lostMessages, workers, concurrency }: Plan) {
    this.clock = new Clock(seed);
    this.store = new Store({
      clock: this.clock,
      faults: statementFaults,
      onFault: (mark) => void this.marks.push(mark),
    });
    this.store.rows.share = workers * concurrency;
    this.server = new Server({ clock: this.clock, ackWaitMs: LEASE_MS, lost: lostMessages });
    this.provider = new Provider({ clock: this.clock, script, replyMs });
  }

  get now(): number {
    return this.clock.now;
  }

  openApi(): void {
    runIn(this.api, () => {
      const sql = this.store.connect(this.api);
      const broker = openBroker(this.server, this.api);
      const hub = new Hub({ reading: createReading(sql), metrics, log });
      [this.#broker, this.hub] = [broker, hub];
      const sessions = { over: async () => [] };
      const onSwept = ({ ends }: Sweep): void => hub.swept(ends);
      const onNotOpen = (ids: string[]): void => ids.forEach((id) => hub.hint(id));
      const deps = {
        store: createSweeping(sql),
        onNewHistory: () => hub.newHistory(),
        toCheck: () => hub.toCheck(),
        onNotOpen,
        sessions,
        onSwept,
        log,
        openSessions: () => [],
        onSessionsOver: () => {},
      };
      // A start that fails without a database is repeated, as a supervisor does.
      const start = (): void => {
        startSweep(deps).then(
          (sweeper) => {
            this.#stopApi = () => sweeper.stop();
            broker.listen({ onHint: (id) => hub.hint(id), onReconnect: () => sweeper.soon() });
            this.#open.resolve();
          },
          () => setTimeout(start, 1_000),
        );
      };
      start();
    });
  }

  /** Stores an assessment, which is then accepted. Its dispatch may be lost. Its owner waits for the end. */
  submit(): void {
    const id = `0190a000-0000-7000-8000-${String(this.accepted.length).padStart(12, '0')}`;
    this.accepted.push(id);
    const { turn } = this.store.rows.insert(id, SESSION, NETWORK, this.now);
    runIn(this.api, () => {
      const submission = { assessmentId: id, sessionId: SESSION, dispatchNo: 1 };
      if (turn === null) this.#broker?.publishSubmitted(submission).catch(() => {});
      const watcher: Watcher = { id, seen: [], toldAt: Number.NaN, error: undefined };
      this.watchers.push(watcher);
      void this.#watch(watcher);
    });
  }

  async #watch(watcher: Watcher): Promise<void> {
    // There are no subscriptions before the api process is open.
    await this.#open.promise;
    try {
      for await (const view of (await this.hub?.followToEnd(watcher.id, SESSION)) ?? []) {
        watcher.seen.push(view);
        watcher.toldAt = this.now;
      }
    } catch (error) {
      watcher.error = String(error);
    }
  }

  /** Cancels an assessment through the program's own use case. */
  cancel(nth: number): void {
    const [id, broker] = [this.accepted[nth % this.accepted.length], this.#broker];
    if (id === undefined || broker === undefined) return;
    runIn(this.api, () => {
      const sql = this.store.connect(this.api);
      const stores = { cancelling: createCancelling(sql), reading: createReading(sql), untold: createUntold(sql) };
      const turns = new Turns({ store: createTurns(sql), broker, metrics, log });
      createCancel({ ...stores, broker, turns, metrics, log })(OWNER, id, TRACE).catch(() => {});
    });
  }

  /** Retries an ended assessment through the program's own statement. */
  retry(nth: number): void {
    const ended = this.accepted.filter((id) => statesThatTake('retried').includes(this.#statusOf(id)));
    const id = ended[nth % ended.length];
    if (id === undefined) return;
    runIn(this.api, () => {
      const [sql, broker] = [this.store.connect(this.api), this.#broker];
      if (broker === undefined) return;
      const turns = new Turns({ store: createTurns(sql), broker, metrics, log });
      createRetrying(sql)
        .retry(id, SESSION, NETWORK)
        .then((retried) => retried && turns.begin(NETWORK, 1))
        .catch(() => {});
    });
  }

  /** Whether all assessments have ended, all owners were told, and the stream is empty. */
  get isAtRest(): boolean {
    const ended = this.accepted.every((id) => hasEnded(this.#statusOf(id)));
    const told = this.watchers.every(({ seen, error }) => seen.length > 0 || error !== undefined);
    const isAllTold = this.store.rows.untold.size === 0;
    return this.now > FAULTS_END_MS && ended && told && isAllTold && this.server.jetStream.messages === 0;
  }

  #statusOf(id: string): AssessmentStatus {
    return this.store.rows.assessments.get(id)?.status ?? 'submitted';
  }

  async closeApi(): Promise<void> {
    await runIn(this.api, () => this.#stopApi?.());
    this.#broker?.close();
  }
}
