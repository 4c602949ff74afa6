import * as fc from 'fast-check';
import type { Sweep } from '../../../src/adapters/database.ts';
import { createReading } from '../../../src/adapters/database/reading.ts';
import { createSweeping } from '../../../src/adapters/database/sweeping.ts';
import { Hub } from '../../../src/delivery/hub.ts';
import { startSweep, type Sweeper } from '../../../src/delivery/sweep.ts';
import { hasEnded, transitions } from '../../../src/entities/assessment-state.ts';
import { Clock, runIn } from './clock.ts';
import { statementFault } from './plan.ts';
import { Store, type StatementFault } from './store.ts';
import { log, metrics, startProcess } from './world.ts';
import type { AssessmentView } from '../../../src/entities/assessment-view.ts';

/** The end of one assessment, and what happens to its hints. */
export type Ending = {
  atMs: number;
  /** From the moment in which its transaction gets its number to its commit. */
  commitMs: number;
  status: 'completed' | 'failed' | 'cancelled';
  /** When each of its hints arrives, counted from the commit. Empty if the hint is lost. */
  hintsAfterMs: number[];
  /** When it is retried, counted from the commit. It then ends a second time. */
  retriedAfterMs: number | undefined;
};

/** A subscriber to an assessment, which may be another session's or not exist. The subscriber may leave. */
export type Visit = {
  atMs: number;
  /** Time before the end becomes visible, instead of a fixed time: the assessment ends while it is being read. */
  beforeEndMs: number | undefined;
  nth: number;
  who: 'owner' | 'stranger' | 'lost' | 'owner of a lost one';
  leavesAfterMs: number | undefined;
};

/** An asynchronous standby is promoted: the last transactions are lost, and their numbers are given again. */
export type Promotion = {
  atMs: number;
  /** Transactions of this time before are lost. */
  lostMs: number;
  /** Other transactions on the new server, right after. */
  othersXids: number;
  /** Times of visits to assessments that are lost, counted from the submission. */
  lostVisitsAfterMs: number[];
};

/** The outcome of a visit. */
export type Visited = Visit & { id: string; seen: AssessmentView[]; refusal: unknown; isOver: boolean };

export type Evening = {
  seed: number;
  endings: Ending[];
  visits: Visit[];
  /** Times of hints for assessments that have not ended. */
  forgedAtMs: number[];
  reconnectsAtMs: number[];
  databaseAway: { atMs: number; forMs: number }[];
  promotion: Promotion | undefined;
  statementFaults: StatementFault[];
};

const at = (max: number) => fc.integer({ min: 0, max });
const few = <T>(item: fc.Arbitrary<T>, maxLength: number, minLength = 0): fc.Arbitrary<T[]> =>
  fc.array(item, { minLength, maxLength, size: 'max' });

export const evenings: fc.Arbitrary<Evening> = fc.record({
  seed: fc.noShrink(fc.integer()),
  endings: few(
    fc.record({
      atMs: at(30_000),
      commitMs: fc.oneof(fc.constant(0), at(12_000)),
      status: fc.constantFrom('completed', 'failed', 'cancelled'),
      hintsAfterMs: few(at(15_000), 3),
      retriedAfterMs: fc.option(at(5_000), { nil: undefined, freq: 3 }),
    }),
    3,
    1,
  ),
  visits: few(
    fc.record({
      atMs: at(45_000),
      beforeEndMs: fc.option(at(3_000), { nil: undefined }),
      nth: fc.nat({ max: 2 }),
      who: fc.constantFrom('owner', 'owner', 'owner', 'stranger', 'lost'),
      leavesAfterMs: fc.option(at(20_000), { nil: undefined, freq: 4 }),
    }),
    6,
    1,
  ),
  forgedAtMs: few(at(40_000), 4),
  reconnectsAtMs: few(at(40_000), 2),
  databaseAway: few(fc.record({ atMs: at(40_000), forMs: at(15_000) }), 2),
  promotion: fc.option(
    fc.record({
      atMs: fc.integer({ min: 1_000, max: 40_000 }),
      lostMs: fc.integer({ min: 100, max: 15_000 }),
      othersXids: fc.nat({ max: 30 }),
      lostVisitsAfterMs: few(at(40_000), 2),
    }),
    { nil: undefined, freq: 2 },
  ),
  statementFaults: few(statementFault(40, 'stale', 'stale', 'stale'), 16),
});

/** Later than the last end, commit, retry, second end and outage of any evening. */
const LAST_MS = 110_000;
/** Time of a sweep and its reading, and of both once more after a failed statement. */
const TOLD_WITHIN_MS = 60_000;
const OWNER = '0190a000-0000-7000-8000-00000000cafe';
const STRANGER = '0190a000-0000-7000-8000-00000000beef';

/** The real hub, sweep, and reading of one api process, over an unreliable database and unreliable hints. */
export class Audience {
  readonly clock: Clock;
  readonly store: Store;
  readonly visits: Visited[] = [];
  readonly #evening: Evening;
  readonly #api = startProcess('api');
  readonly #hub: Hub;
  #sweeper: Sweeper | undefined;

  constructor(evening: Evening) {
    this.#evening = evening;
    this.clock = new Clock(evening.seed);
    // The process opens with its first statement, and there are no subscribers before.
    const faults = evening.statementFaults.filter(({ nth }) => nth > 0);
    this.store = new Store({ clock: this.clock, faults, onFault: () => {} });
    this.#hub = new Hub({ reading: createReading(this.store.connect(this.#api)), metrics, log });
  }

  get followed(): number {
    return this.#hub.followed;
  }

  async run(): Promise<void> {
    using _clock = this.clock.install();
    const { endings, visits, forgedAtMs, reconnectsAtMs, databaseAway, promotion } = this.#evening;
    const hub = this.#hub;
    await runIn(this.#api, () => this.#openSweep());
    for (const [nth, ending] of endings.entries()) this.#schedule(ending, idOf(nth));
    for (const visit of visits) this.#after(this.#timeOf(visit), () => void this.#visit(visit));
    for (const [nth, atMs] of forgedAtMs.entries()) this.#after(atMs, () => hub.hint(idOf(nth % endings.length)));
    for (const atMs of reconnectsAtMs) this.#after(atMs, () => this.#sweeper?.soon());
    if (promotion !== undefined) this.#promote(promotion);
    for (const { atMs, forMs } of databaseAway) this.clock.after(atMs, undefined, () => this.store.goAway(forMs, true));
    const isOver = (): boolean => this.clock.now > LAST_MS && this.visits.every((visited) => visited.isOver);
    await this.clock.until(isOver, LAST_MS + TOLD_WITHIN_MS);
    await this.#close();
  }

  async #openSweep(): Promise<void> {
    const sessions = { over: async () => [] };
    const onSwept = ({ ends }: Sweep): void => this.#hub.swept(ends);
    const deps = {
      sessions,
      onSwept,
      onNewHistory: () => this.#hub.newHistory(),
      toCheck: () => this.#hub.toCheck(),
      onNotOpen: (ids: string[]) => ids.forEach((id) => this.#hub.hint(id)),
      log,
      openSessions: () => [],
      onSessionsOver: () => {},
    };
    void startSweep({ ...deps, store: createSweeping(this.store.connect(this.#api)) }).then(
      (sweeper) => (this.#sweeper = sweeper),
    );
    await this.clock.until(() => this.#sweeper !== undefined, LAST_MS);
  }

  async #close(): Promise<void> {
    let closed = false;
    void runIn(this.#api, () => this.#sweeper?.stop())?.then(() => (closed = true));
    await this.clock.until(() => closed, this.clock.now + TOLD_WITHIN_MS);
  }

  /** Inserts the row, with the state of an assessment in work. */
  #schedule(ending: Ending, id: string): void {
    const { rows } = this.store;
    const row = rows.insert(id, OWNER, id, this.clock.now);
    rows.change(row, { event: 'claimed', to: 'processing', token: null, now: this.clock.now }, {});
    this.clock.after(ending.atMs, undefined, () => this.#end(ending, id));
  }

  /** A transaction takes its number when it begins, and becomes visible when it is committed. */
  #end(ending: Ending, id: string): void {
    const { rows } = this.store;
    const { history } = rows;
    const xid = rows.xid++;
    rows.inFlight.add(xid);
    this.clock.after(ending.commitMs, undefined, () => {
      if (history !== rows.history) return; // it was open when the server was lost
      rows.inFlight.delete(xid);
      const row = rows.assessments.get(id);
      if (row === undefined || hasEnded(row.status)) return;
      const event = ({ completed: 'saved', failed: 'failedForGood', cancelled: 'cancelled' } as const)[ending.status];
      rows.change(row, { event, to: ending.status, token: null, now: this.clock.now }, { endedXid: xid });
      for (const afterMs of ending.hintsAfterMs) this.#after(afterMs, () => this.#hub.hint(id));
      if (ending.retriedAfterMs !== undefined && transitions[ending.status].retried !== null)
        this.clock.after(ending.retriedAfterMs, undefined, () => this.#retry(ending, id));
    });
  }

  #retry(ending: Ending, id: string): void {
    const row = this.store.rows.assessments.get(id);
    // The end may be lost, or another one in its place.
    if (row === undefined || transitions[row.status].retried === null) return;
    const { now } = this.clock;
    const anew = { endedAt: null, endedXid: null, round: row.round + 1 };
    this.store.rows.change(row, { event: 'retried', to: 'submitted', token: null, now }, anew);
    this.store.rows.change(row, { event: 'claimed', to: 'processing', token: null, now }, {});
    const again = { ...ending, status: 'completed', retriedAfterMs: undefined } as const;
    this.clock.after(ending.atMs / 2, undefined, () => this.#end(again, id));
  }

  /** Stores one more assessment that is lost. Those whose ends are lost end again. */
  #promote({ atMs, lostMs, othersXids, lostVisitsAfterMs }: Promotion): void {
    const { rows } = this.store;
    const lostId = idOf(LOST);
    const brokenOffMs = Math.max(0, atMs - lostMs);
    let promote = (): void => {};
    this.clock.after(brokenOffMs, undefined, () => (promote = rows.standby()));
    this.#after(brokenOffMs + 1, () => {
      this.#hub.expect(lostId, OWNER);
      rows.insert(lostId, OWNER, lostId, this.clock.now);
      for (const afterMs of lostVisitsAfterMs) {
        const visit = { atMs: afterMs, beforeEndMs: undefined, nth: 0, leavesAfterMs: undefined };
        this.#after(afterMs, () => void this.#visit({ ...visit, who: 'owner of a lost one' }, lostId));
      }
    });
    this.clock.after(atMs, undefined, () => {
      promote();
      this.store.goAway(2_000, true);
      rows.xid += othersXids;
      for (const [nth, ending] of this.#evening.endings.entries()) {
        const again = { ...ending, commitMs: 0, retriedAfterMs: undefined };
        this.clock.after(1_000 + ending.commitMs, undefined, () => this.#end(again, idOf(nth)));
      }
    });
  }

  #timeOf({ atMs, beforeEndMs, nth }: Visit): number {
    const ending = this.#evening.endings[nth % this.#evening.endings.length];
    if (beforeEndMs === undefined || ending === undefined) return atMs;
    return Math.max(0, ending.atMs + ending.commitMs - beforeEndMs);
  }

  async #visit(
    visit: Visit,
    id = idOf(visit.who === 'lost' ? 99 : visit.nth % this.#evening.endings.length),
  ): Promise<void> {
    const visited: Visited = { ...visit, id, seen: [], refusal: undefined, isOver: false };
    this.visits.push(visited);
    try {
      const events = await this.#hub.followToEnd(id, visit.who === 'stranger' ? STRANGER : OWNER);
      if (visit.leavesAfterMs !== undefined) this.#after(visit.leavesAfterMs, () => void events.return?.());
      for await (const view of events) visited.seen.push(view);
    } catch (error) {
      visited.refusal = error;
    }
    visited.isOver = true;
  }

  #after(ms: number, run: () => void): void {
    this.clock.after(ms, this.#api, run);
  }
}

/** Number of the assessment that a promotion loses. */
const LOST = 50;
const idOf = (nth: number): string => `0190a000-0000-7000-8000-${String(nth).padStart(12, '0')}`;
