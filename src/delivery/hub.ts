import type { ReadStore, SweptEnd } from '../adapters/database.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { Dictionary } from '../memory/dictionary.ts';
import { UnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { LiveAssessment, Place } from './live-assessment.ts';
import { isLate } from './sweep.ts';
import { parseProgress } from './progress.ts';
import { notFound, Topic, type Listener } from './topic.ts';

export type HubDeps = { reading: Pick<ReadStore, 'byId'>; metrics: Metrics; log: Log };

/** More than wait for one process in a healthy system; of those beyond, the row is read. */
const EXPECTED_MAX = 20_000;

/**
 * Brings what happens to assessments to those who follow them in this process. Hints, progress and the sweep say where
 * to look; what is pushed is the row, and beside it only a draft and a place in the queue.
 */
export class Hub {
  readonly #deps: HubDeps;
  readonly #topics = new Dictionary<Topic>();
  /** Assessments that are being read; true: something happened meanwhile, so read once more. */
  readonly #reading = new Map<string, boolean>();
  /** Could not be read, though something happened to them. */
  readonly #unread = new Set<string>();

  /** What this process is about to store or has stored, and whose it is, until something is heard of it. */
  readonly #expected = new Map<string, string>();

  /** Nobody follows it any more. */
  readonly #forget = (topic: Topic): void => {
    if (this.#topics.get(topic.id) === topic) this.#topics.delete(topic.id);
  };

  constructor(deps: HubDeps) {
    this.#deps = deps;
  }

  /** How many assessments somebody follows here. */
  get followed(): number {
    return this.#topics.size;
  }

  /** Rows as they were shown last to those who follow every change. */
  *watched(): Generator<AssessmentView> {
    for (const { watched } of this.#topics.values()) if (watched !== undefined) yield watched;
  }

  /**
   * This assessment is about to be stored. Whatever happens to it comes after that and is heard of, so who follows it
   * to its end need not have it read. Returns what to call if it was not stored.
   */
  expect(assessmentId: string, sessionId: string): () => void {
    this.#expected.set(assessmentId, sessionId);
    const [oldest = ''] = this.#expected.size > EXPECTED_MAX ? this.#expected.keys() : [];
    this.#expected.delete(oldest);
    return () => this.#expected.delete(assessmentId);
  }

  /**
   * One value, the ended assessment, at once if it has ended; then the sequence ends. While the database is away the
   * sequence waits for it: who subscribed need not come again.
   * @throws RequestError (NOT_FOUND) where there is no such assessment in this session, later from the sequence itself
   * if that could not be known yet
   */
  followToEnd(assessmentId: string, sessionId: string): Promise<AsyncIterableIterator<LiveAssessment>> {
    return this.#follow(assessmentId, sessionId, 'end');
  }

  /** The same with the state as it is now, and every change of it; who reads slowly skips to the newest. */
  follow(assessmentId: string, sessionId: string): Promise<AsyncIterableIterator<LiveAssessment>> {
    return this.#follow(assessmentId, sessionId, 'changes');
  }

  /** Something happened to this assessment, says the broker. */
  hint(assessmentId: string): void {
    this.#expected.delete(assessmentId);
    if (!this.#topics.has(assessmentId)) return;
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

  /** How far it is, says its worker, or somebody else: `payload` as it came. Workers tell it of no other row. */
  progress(assessmentId: string, payload: string): void {
    const topic = this.#topics.get(assessmentId);
    if (topic?.watched?.watch !== true) return;
    const told = parseProgress(payload);
    if (told !== undefined && !topic.progress(told)) this.hint(assessmentId);
  }

  /** Where it stands among those that wait. */
  place(assessmentId: string, version: number, place: Place): void {
    this.#topics.get(assessmentId)?.place(version, place);
  }

  /**
   * These have ended, says the database, and says it only once. Who waits here and was not hinted is told now; so is
   * who could not be told before.
   */
  swept(ends: readonly Pick<SweptEnd, 'id' | 'endedMsAgo'>[]): void {
    const unread = [...this.#unread];
    this.#unread.clear();
    for (const id of unread) this.hint(id);
    for (const end of ends) {
      if (this.#topics.has(end.id) && !this.#reading.has(end.id) && isLate(end)) this.#deps.metrics.missedByHint.inc();
      this.hint(end.id);
    }
  }

  async #follow(
    assessmentId: string,
    sessionId: string,
    wants: Listener['wants'],
  ): Promise<AsyncIterableIterator<LiveAssessment>> {
    // The listener comes first and the row second: whatever ends in between is either seen in the row or heard of.
    const topic = this.#topicOf(assessmentId);
    const listener = topic.attach(sessionId, wants);
    if (wants === 'end' && this.#expected.get(assessmentId) === sessionId) return listener;
    try {
      const row = await this.#deps.reading.byId(assessmentId);
      if (row?.sessionId !== sessionId) throw notFound();
      topic.take(row, listener.turn);
    } catch (error) {
      if (!(error instanceof UnavailableError)) {
        listener.end();
        throw error;
      }
      this.#unread.add(assessmentId);
    }
    return listener;
  }

  #topicOf(assessmentId: string): Topic {
    const known = this.#topics.get(assessmentId);
    if (known !== undefined) return known;
    const topic = new Topic(assessmentId, this.#forget);
    this.#topics.set(assessmentId, topic);
    return topic;
  }

  async #readAndPush(assessmentId: string): Promise<void> {
    const { reading, metrics, log } = this.#deps;
    const topic = this.#topics.get(assessmentId);
    if (topic === undefined) return;
    const { turn } = topic;
    try {
      const row = await reading.byId(assessmentId);
      const told = topic.take(row, turn);
      if (row?.endedAt == null) return;
      const seconds = Math.max(0, Date.now() - row.endedAt.getTime()) / 1000;
      for (let count = 0; count < told; count++) metrics.push.observe(seconds);
    } catch (error) {
      this.#unread.add(assessmentId);
      log.warn({ err: error, assessmentId }, 'could not read what has changed: the next sweep tries again');
    }
  }
}
