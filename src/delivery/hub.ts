import type { ReadStore, SweptEnd } from '../adapters/database.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { UnavailableError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { LiveAssessment, Place } from './live-assessment.ts';
import { isLate } from './sweep.ts';
import { parseProgress } from './progress.ts';
import { notFound, Topic, type Subscriber } from './topic.ts';

export type HubDeps = { reading: Pick<ReadStore, 'byId'>; metrics: Metrics; log: Log };

/** Limit of the cache of owners. It is more than a healthy process has waiting; beyond it the row is read. */
const EXPECTED_MAX = 20_000;

/** How many followed assessments one sweep checks. A healthy process has fewer of them. */
const CHECKED_MAX = 1_000;

/**
 * Delivers the changes of assessments to their subscribers in this process. Hints, progress and the sweep only say which
 * row to read; the row is pushed, with a draft and a place in the queue if there are any.
 */
export class Hub {
  readonly #deps: HubDeps;
  readonly #topics = new Map<string, Topic>();
  /** Assessments whose row is being read; true: a hint came meanwhile, so the row is read once more. */
  readonly #reading = new Map<string, boolean>();
  /** Changed assessments whose read failed; the next sweep reads them again. */
  readonly #unread = new Set<string>();

  /**
   * Cache of owners: session ids of assessments that this process stores, by assessment id, until the first hint or the
   * second sweep: then the row is read, since the hint may be lost and the row gone.
   */
  #expected = new Map<string, string>();
  #expectedBefore = new Map<string, string>();
  /** Followed assessments that are still to be checked in this turn. */
  #toCheck: string[] = [];

  /** Drops a topic without subscribers. */
  readonly #forget = (topic: Topic): void => {
    if (this.#topics.get(topic.id) === topic) this.#topics.delete(topic.id);
  };

  constructor(deps: HubDeps) {
    this.#deps = deps;
  }

  /** Number of assessments with subscribers in this process. */
  get followed(): number {
    return this.#topics.size;
  }

  /** The newest rows of all assessments with subscribers to every change. */
  *watched(): Generator<AssessmentView> {
    for (const { watched } of this.#topics.values()) if (watched !== undefined) yield watched;
  }

  /**
   * Announces an assessment that is about to be stored, so that its owner can wait for its end without a read of its row:
   * every change comes later, with a hint.
   * @returns a function that takes the announcement back if the assessment was not stored
   */
  expect(assessmentId: string, sessionId: string): () => void {
    this.#expected.set(assessmentId, sessionId);
    const [oldest = ''] = this.#expected.size > EXPECTED_MAX ? this.#expected.keys() : [];
    this.#expected.delete(oldest);
    return () => this.#forgetExpected(assessmentId);
  }

  /**
   * Yields the ended assessment, at once if it has ended already; then the iterator ends. While the database is unavailable
   * the iterator waits, so that the client need not subscribe again.
   * @throws RequestError (NOT_FOUND) if the session has no such assessment. While the database is unavailable the iterator
   * throws it later.
   */
  followToEnd(assessmentId: string, sessionId: string): Promise<AsyncIterableIterator<LiveAssessment>> {
    return this.#follow(assessmentId, sessionId, 'end');
  }

  /** Yields the present state of the assessment, then every change until its end. A slow reader skips to the newest state. */
  follow(assessmentId: string, sessionId: string): Promise<AsyncIterableIterator<LiveAssessment>> {
    return this.#follow(assessmentId, sessionId, 'changes');
  }

  /** A message says that this assessment has changed. It may be forged, so it only causes a read. */
  hint(assessmentId: string): void {
    this.#forgetExpected(assessmentId);
    if (!this.#topics.has(assessmentId)) return;
    const busy = this.#reading.has(assessmentId);
    // The read under way may have begun before this change.
    this.#reading.set(assessmentId, busy);
    if (busy) return;
    void this.#readAndPush(assessmentId).finally(() => {
      const again = this.#reading.get(assessmentId) === true;
      this.#reading.delete(assessmentId);
      if (again) this.hint(assessmentId);
    });
  }

  /** A progress message. It may be forged, and workers send it only for assessments with `watch`. */
  progress(assessmentId: string, payload: string): void {
    const topic = this.#topics.get(assessmentId);
    if (topic?.watched?.watch !== true) return;
    const progress = parseProgress(payload);
    if (progress !== undefined && !topic.progress(progress)) this.hint(assessmentId);
  }

  /** The place in the queue of an assessment, for this version of its row. */
  place(assessmentId: string, version: number, place: Place): void {
    this.#topics.get(assessmentId)?.place(version, place);
  }

  /**
   * A sweep found these ends in the database; each is found by one sweep of a process only. Subscribers without a hint get
   * the end now, and reads that failed are repeated.
   */
  swept(ends: readonly Pick<SweptEnd, 'id' | 'endedMsAgo'>[]): void {
    const unread = [...this.#unread];
    this.#unread.clear();
    for (const id of unread) this.hint(id);
    this.#expectedBefore = this.#expected;
    this.#expected = new Map();
    for (const end of ends) {
      if (this.#topics.has(end.id) && !this.#reading.has(end.id) && isLate(end)) this.#deps.metrics.missedByHint.inc();
      this.hint(end.id);
    }
  }

  /** The database has another history: everything that is followed is read again, and what was announced may be gone. */
  newHistory(): void {
    this.#expected.clear();
    this.#expectedBefore.clear();
    for (const { id } of this.#topics.values()) this.hint(id);
  }

  /** The followed assessments whose rows the next sweep checks: some at a time, in turn. */
  toCheck(): string[] {
    if (this.#toCheck.length === 0) this.#toCheck = [...this.#topics.keys()];
    return this.#toCheck.splice(0, CHECKED_MAX).filter((id) => this.#topics.has(id));
  }

  #forgetExpected(assessmentId: string): void {
    this.#expected.delete(assessmentId);
    this.#expectedBefore.delete(assessmentId);
  }

  async #follow(
    assessmentId: string,
    sessionId: string,
    wants: Subscriber['wants'],
  ): Promise<AsyncIterableIterator<LiveAssessment>> {
    // Subscribes first and reads second: an end in between is in the row, or its hint finds the subscriber.
    const topic = this.#topicOf(assessmentId);
    const subscriber = topic.subscribe(sessionId, wants);
    const owner = this.#expected.get(assessmentId) ?? this.#expectedBefore.get(assessmentId);
    if (wants === 'end' && owner === sessionId) return subscriber;
    try {
      const row = await this.#deps.reading.byId(assessmentId);
      if (row?.sessionId !== sessionId) throw notFound();
      topic.take(row, subscriber.sequence);
    } catch (error) {
      if (!(error instanceof UnavailableError)) {
        subscriber.end();
        throw error;
      }
      this.#unread.add(assessmentId);
    }
    return subscriber;
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
    const { sequence } = topic;
    try {
      const row = await reading.byId(assessmentId);
      const pushed = topic.take(row, sequence);
      if (row?.endedAt == null) return;
      const seconds = Math.max(0, Date.now() - row.endedAt.getTime()) / 1000;
      for (let count = 0; count < pushed; count++) metrics.push.observe(seconds);
    } catch (error) {
      this.#unread.add(assessmentId);
      log.warn({ err: error, assessmentId }, 'could not read a changed assessment: the next sweep tries again');
    }
  }
}
