import type { ReadStore } from '../adapters/database.ts';
import type { AssessmentView } from '../adapters/database/reading.ts';
import { hasEnded } from '../entities/assessment-state.ts';
import { RequestError, UnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import { Newest } from './newest.ts';

/** Somebody who waits here for the end of an assessment, and whose it has to be. */
type Listener = { sessionId: string; states: Newest<AssessmentView> };

export type HubDeps = { reading: Pick<ReadStore, 'byId'>; metrics: Metrics; log: Log };

/**
 * Brings the end of an assessment to those who wait for it in this process. Hints and the sweep only say where to look;
 * what is pushed is always the row.
 */
export class Hub {
  readonly #deps: HubDeps;
  readonly #listeners = new Map<string, Set<Listener>>();
  /** Assessments that are being read; true: something happened meanwhile, so read once more. */
  readonly #reading = new Map<string, boolean>();
  /** Could not be read, though something happened to them. */
  readonly #unread = new Set<string>();

  constructor(deps: HubDeps) {
    this.#deps = deps;
  }

  /** How many assessments somebody waits for here. */
  get followed(): number {
    return this.#listeners.size;
  }

  /**
   * One value, the ended assessment, at once if it has ended; then the sequence ends. While the database is away the
   * sequence waits for it: who subscribed need not come again.
   * @throws RequestError (NOT_FOUND) where there is no such assessment in this session, later from the sequence itself
   * if that could not be known yet
   */
  async followToEnd(assessmentId: string, sessionId: string): Promise<AsyncIterableIterator<AssessmentView>> {
    // The listener comes first and the row second: whatever ends in between is either seen in the row or heard of.
    const listener = this.#attach(assessmentId, sessionId);
    try {
      const view = await this.#deps.reading.byId(assessmentId);
      if (!mayRead(listener, view)) throw notFound();
      offer(listener, view);
    } catch (error) {
      if (!(error instanceof UnavailableError)) {
        listener.states.end();
        throw error;
      }
      this.#unread.add(assessmentId);
    }
    return listener.states;
  }

  /** Something happened to this assessment, says the broker. */
  hint(assessmentId: string): void {
    if (!this.#listeners.has(assessmentId)) return;
    const busy = this.#reading.has(assessmentId);
    // What is being read may be older than this hint.
    this.#reading.set(assessmentId, busy);
    if (busy) return;
    void this.#readAndPush(assessmentId).finally(() => {
      const again = this.#reading.get(assessmentId) === true;
      this.#reading.delete(assessmentId);
      if (again) this.hint(assessmentId);
    });
  }

  /**
   * These have ended, says the database, and says it only once. Who waits here and was not hinted is told now; so is
   * who could not be told before.
   */
  swept(assessmentIds: readonly string[]): void {
    const unread = [...this.#unread];
    this.#unread.clear();
    for (const id of unread) this.hint(id);
    for (const id of assessmentIds) {
      if (this.#listeners.has(id) && !this.#reading.has(id)) this.#deps.metrics.missedByHint.inc();
      this.hint(id);
    }
  }

  #attach(assessmentId: string, sessionId: string): Listener {
    const listeners = this.#listeners.get(assessmentId) ?? new Set();
    this.#listeners.set(assessmentId, listeners);
    const states = new Newest<AssessmentView>(() => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(assessmentId) === listeners) this.#listeners.delete(assessmentId);
    });
    const listener = { sessionId, states };
    listeners.add(listener);
    return listener;
  }

  async #readAndPush(assessmentId: string): Promise<void> {
    const { reading, metrics, log } = this.#deps;
    try {
      const view = await reading.byId(assessmentId);
      for (const listener of this.#listeners.get(assessmentId) ?? []) {
        // Also those who subscribed while nobody could say whose it is.
        if (!mayRead(listener, view)) listener.states.fail(notFound());
        else if (offer(listener, view) && view.endedAt !== null)
          metrics.push.observe(Math.max(0, Date.now() - view.endedAt.getTime()) / 1000);
      }
    } catch (error) {
      this.#unread.add(assessmentId);
      log.warn({ err: error, assessmentId }, 'could not read what has changed: the next sweep tries again');
    }
  }
}

/** True if the assessment has ended and the listener was told so. */
function offer({ states }: Listener, view: AssessmentView): boolean {
  if (!hasEnded(view.status)) return false;
  states.push(view);
  states.end();
  return true;
}

const mayRead = ({ sessionId }: Listener, view: AssessmentView | undefined): view is AssessmentView =>
  view?.sessionId === sessionId;

const notFound = (): RequestError => new RequestError('NOT_FOUND', 'There is no such assessment in this session.');
