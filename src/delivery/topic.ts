import { hasEnded } from '../entities/assessment-state.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { RequestError } from '../errors.ts';
import { SmallSet } from '../memory/small-set.ts';
import type { LiveAssessment, Place } from './live-assessment.ts';
import { LatestValue } from './latest-value.ts';
import type { Progress } from './progress.ts';

/** A client's subscription to one assessment, and the iterator that it reads. One object, as there are many thousand. */
export class Subscriber extends LatestValue<LiveAssessment> {
  /** The session that has to own the assessment. */
  readonly sessionId: string;
  /** Only the end, or every change. */
  readonly wants: 'end' | 'changes';
  /** The version that was pushed last; 0: none. */
  shown = 0;
  /** Rises with each subscriber of the topic. A read that began before the subscriber came is not pushed to it. */
  readonly sequence: number;
  readonly #topic: Topic;

  constructor(topic: Topic, sequence: number, sessionId: string, wants: Subscriber['wants']) {
    super();
    this.#topic = topic;
    this.sequence = sequence;
    this.sessionId = sessionId;
    this.wants = wants;
  }

  protected override closed(): void {
    this.#topic.unsubscribe(this);
  }
}

/** One assessment with its subscribers in this process, its newest row, and the draft and place that belong to the row. */
export class Topic {
  readonly id: string;
  readonly #subscribers = new SmallSet<Subscriber>();
  /** The newest row, kept only for subscribers to every change: for the end alone the row is read when it has ended. */
  #row: AssessmentView | undefined;
  #sequence = 0;
  #place: Place | undefined;
  #draft: Progress | undefined;
  readonly #onEmpty: (topic: Topic) => void;

  constructor(id: string, onEmpty: (topic: Topic) => void) {
    this.id = id;
    this.#onEmpty = onEmpty;
  }

  /** The newest row; undefined without a subscriber to every change. */
  get watched(): AssessmentView | undefined {
    return this.#row;
  }

  /** Sequence number of the newest subscriber. */
  get sequence(): number {
    return this.#sequence;
  }

  subscribe(sessionId: string, wants: Subscriber['wants']): Subscriber {
    const subscriber = new Subscriber(this, ++this.#sequence, sessionId, wants);
    this.#subscribers.add(subscriber);
    return subscriber;
  }

  /** Called when the iterator of the subscriber has ended. */
  unsubscribe(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (!this.#wantsChanges) this.#row = undefined;
    if (this.#subscribers.size === 0) this.#onEmpty(this);
  }

  /**
   * Pushes a row to the subscribers up to this sequence number, which were there when the read began.
   * @param row undefined if the assessment does not exist
   * @returns how many subscribers got the end by it
   */
  take(row: AssessmentView | undefined, sequence: number): number {
    if (row !== undefined && row.version >= (this.#row?.version ?? 0)) this.#keep(row);
    const newest = row && (this.#row ?? row);
    let ended = 0;
    for (const subscriber of this.#subscribers) {
      if (subscriber.sequence > sequence) continue;
      // A subscriber that came while the database was unavailable has not been checked yet.
      if (newest === undefined || !mayRead(subscriber, newest)) subscriber.fail(notFound());
      else if (this.#push(subscriber, newest) && hasEnded(newest.status)) ended++;
    }
    return ended;
  }

  /** @returns false if the message belongs to a newer row than the one that was read last, which then has to be read */
  progress(message: Progress): boolean {
    const version = this.#row?.version ?? 0;
    if (message.version < version || (message.draft === undefined && message.version === version)) return true;
    const isNewer = this.#draft === undefined || !precedes(message, this.#draft);
    if (message.draft !== undefined && isNewer) this.#draft = message;
    if (message.version > version) return false;
    if (isNewer) this.#pushAgain();
    return true;
  }

  /** The place in the queue, for this version of the row. */
  place(version: number, place: Place): void {
    if (this.#row?.version !== version || this.#row.status !== 'submitted') return;
    if (this.#place !== undefined && isSame(this.#place, place)) return;
    this.#place = place;
    this.#pushAgain();
  }

  get #wantsChanges(): boolean {
    return [...this.#subscribers].some(({ wants }) => wants === 'changes');
  }

  #keep(row: AssessmentView): void {
    if (!this.#wantsChanges) return;
    if (this.#row?.version !== row.version) this.#place = undefined;
    this.#row = row;
    // A draft of a newer version than this row is forged, since the row was read because of it.
    if (this.#draft?.version !== row.version) this.#draft = undefined;
  }

  #state(row: AssessmentView): LiveAssessment {
    if (row.status === 'submitted') return this.#place === undefined ? row : { ...row, place: this.#place };
    const draft = this.#draft?.version === row.version ? this.#draft.draft : undefined;
    return row.status === 'processing' && draft !== undefined ? { ...row, draft } : row;
  }

  /** @returns false if the subscriber has this version already, or waits for the end only */
  #push(subscriber: Subscriber, row: AssessmentView): boolean {
    const isEnd = hasEnded(row.status);
    if (row.version <= subscriber.shown || (subscriber.wants === 'end' && !isEnd)) return false;
    subscriber.shown = row.version;
    subscriber.push(this.#state(row));
    if (isEnd) subscriber.end();
    return true;
  }

  /** Pushes a new draft or place within the same version. */
  #pushAgain(): void {
    const row = this.#row;
    if (row === undefined) return;
    const state = this.#state(row);
    for (const subscriber of this.#subscribers)
      if (subscriber.wants === 'changes' && subscriber.shown === row.version) subscriber.push(state);
  }
}

const precedes = (one: Progress, other: Progress): boolean =>
  one.version < other.version || (one.version === other.version && one.seq <= other.seq);

const isSame = (one: Place, other: Place): boolean =>
  one.position === other.position && one.waitSeconds === other.waitSeconds && one.resultSeconds === other.resultSeconds;

const mayRead = ({ sessionId }: Subscriber, row: AssessmentView): boolean => row.sessionId === sessionId;

export const notFound = (): RequestError =>
  new RequestError('NOT_FOUND', 'There is no such assessment in this session.');
