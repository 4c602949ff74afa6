import type { Broker } from '../adapters/broker.ts';
import type { TurnStore } from '../adapters/database.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { publishBehind } from './publish-behind.ts';

export type TurnDeps = {
  store: Pick<TurnStore, 'release' | 'deferredNetworks'>;
  broker: Pick<Broker, 'publishSubmitted'>;
  metrics: Metrics;
  log: Log;
};

/** Networks that one step of `fill` looks at; the next step goes on behind them. */
const NETWORKS_MAX = 200;

/**
 * Dispatches deferred assessments as soon as it is their turn. Whatever fails here is made up for: a network whose turn was
 * missed is found by `fill`, a lost dispatch by the reconciler.
 */
export class Turns {
  readonly #deps: TurnDeps;
  /** How many assessments of each network have ended since the last statement. */
  #ended = new Map<string, number>();
  #running: Promise<void> | undefined;
  #after = '';

  constructor(deps: TurnDeps) {
    this.#deps = deps;
  }

  /** One assessment of the network has ended or waits for another try. Turns that come together share a statement. */
  next(network: string): void {
    this.#ended.set(network, (this.#ended.get(network) ?? 0) + 1);
    this.#running ??= this.#runAll();
  }

  /**
   * Begins the turns of up to `most` assessments of the network, as far as it has its share.
   * @param traceparent of the request that caused it, for the assessments `ids`
   */
  async begin(
    network: string,
    most: number,
    traced?: { ids: ReadonlySet<string>; traceparent: string },
  ): Promise<void> {
    const { store, log } = this.#deps;
    try {
      await this.#dispatch(await store.release([{ network, most }]), traced);
    } catch (error) {
      log.warn({ err: error }, 'a turn was not begun: the reconciler will begin it');
    }
  }

  /** Looks for networks that have less than their share, a page of them at each call. @throws UnavailableError */
  async fill(): Promise<void> {
    const { store } = this.#deps;
    const networks = await store.deferredNetworks(this.#after, NETWORKS_MAX);
    this.#after = networks.length < NETWORKS_MAX ? '' : (networks.at(-1) ?? '');
    if (networks.length > 0)
      await this.#dispatch(await store.release(networks.map((network) => ({ network, most: MOST }))));
  }

  /** Resolves once the turns so far are dispatched. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #runAll(): Promise<void> {
    // Gathers what ends in one iteration of the event loop.
    await new Promise((resume) => setImmediate(resume));
    while (this.#ended.size > 0) {
      const turns = [...this.#ended].map(([network, most]) => ({ network, most }));
      this.#ended = new Map();
      try {
        await this.#dispatch(await this.#deps.store.release(turns));
      } catch (error) {
        this.#deps.log.warn({ err: error }, 'turns were not begun: the reconciler will begin them');
      }
    }
    this.#running = undefined;
  }

  async #dispatch(
    released: Awaited<ReturnType<TurnStore['release']>>,
    traced?: { ids: ReadonlySet<string>; traceparent: string },
  ): Promise<void> {
    const { broker, log, metrics } = this.#deps;
    const outcomes = await Promise.allSettled(
      released.map(({ id, sessionId, dispatchNo }) => {
        const traceparent = traced?.ids.has(id) === true ? traced.traceparent : undefined;
        return publishBehind(() => broker.publishSubmitted({ assessmentId: id, sessionId, dispatchNo, traceparent }));
      }),
    );
    const missing = outcomes.filter(({ status }) => status === 'rejected').length;
    if (missing === 0) return;
    metrics.errors.inc({ part: 'dispatch', code: 'SERVICE_UNAVAILABLE' }, missing);
    log.warn({ count: missing }, 'assessments were not dispatched: the reconciler will dispatch them');
  }
}

/** No network has a larger share. */
const MOST = 100_000;
