import { hasEnded } from '../entities/assessment-state.ts';
import type { AssessmentView } from '../entities/assessment-view.ts';
import { RequestError } from '../errors.ts';
import { SmallSet } from '../memory/small-set.ts';
import type { LiveAssessment, Place } from './live-assessment.ts';
import { LatestValue } from './latest-value.ts';
import type { Progress } from './progress.ts';

/** Somebody who follows an assessment here, and what is pushed to them: one object, as there are many thousand. */
export class Listener extends LatestValue<LiveAssessment> {
  /** Whose the assessment has to be. */
  readonly sessionId: string;
  /** Nothing but the end, or every change. */
  readonly wants: 'end' | 'changes';
  /** The version that was pushed last; 0: none yet. */
  shown = 0;
  /** Rises with each that comes: what was read before it came is not for it. */
  readonly turn: number;
  readonly #topic: Topic;

  constructor(topic: Topic, turn: number, sessionId: string, wants: Listener['wants']) {
    super();
    this.#topic = topic;
    this.turn = turn;
    this.sessionId = sessionId;
    this.wants = wants;
  }

  protected override closed(): void {
    this.#topic.detach(this);
  }
}

/** One assessment that somebody follows here: who they are, and what is known beside its row. */
export class Topic {
  readonly id: string;
  readonly #listeners = new SmallSet<Listener>();
  /** Kept only for those who want every change: what an end is made of is read when it has come. */
  #row: AssessmentView | undefined;
  #turn = 0;
  #place: Place | undefined;
  #draft: Progress | undefined;
  readonly #onEmpty: (topic: Topic) => void;

  constructor(id: string, onEmpty: (topic: Topic) => void) {
    this.id = id;
    this.#onEmpty = onEmpty;
  }

  /** The row that those who want every change were shown last; undefined where there is nobody. */
  get watched(): AssessmentView | undefined {
    return this.#row;
  }

  /** Of the listener that came last. */
  get turn(): number {
    return this.#turn;
  }

  attach(sessionId: string, wants: Listener['wants']): Listener {
    const listener = new Listener(this, ++this.#turn, sessionId, wants);
    this.#listeners.add(listener);
    return listener;
  }

  /** The listener has left, or its sequence has ended. */
  detach(listener: Listener): void {
    this.#listeners.delete(listener);
    if (!this.#wantsChanges) this.#row = undefined;
    if (this.#listeners.size === 0) this.#onEmpty(this);
  }

  /**
   * The row as it was read, or undefined where there is none, for those who had come when the read began: `turn` is that
   * of the last of them. Returns how many were told of the end now.
   */
  take(row: AssessmentView | undefined, turn: number): number {
    if (row !== undefined && row.version >= (this.#row?.version ?? 0)) this.#keep(row);
    const newest = this.#row ?? row;
    let ended = 0;
    for (const listener of this.#listeners) {
      if (listener.turn > turn) continue;
      // Also those who subscribed while nobody could say whose it is.
      if (newest === undefined || !mayRead(listener, newest)) listener.fail(notFound());
      else if (this.#show(listener, newest) && hasEnded(newest.status)) ended++;
    }
    return ended;
  }

  /** False if the row that is known is older than what this tells of: it is to be read. */
  progress(told: Progress): boolean {
    const version = this.#row?.version ?? 0;
    if (told.version < version || (told.draft === undefined && told.version === version)) return true;
    const isNewer = this.#draft === undefined || !precedes(told, this.#draft);
    if (told.draft !== undefined && isNewer) this.#draft = told;
    if (told.version > version) return false;
    if (isNewer) this.#showAgain();
    return true;
  }

  /** Where it stands among those that wait, for that version of the row. */
  place(version: number, place: Place): void {
    if (this.#row?.version !== version || this.#row.status !== 'submitted') return;
    if (this.#place?.position === place.position && this.#place.waitSeconds === place.waitSeconds) return;
    this.#place = place;
    this.#showAgain();
  }

  get #wantsChanges(): boolean {
    return [...this.#listeners].some(({ wants }) => wants === 'changes');
  }

  #keep(row: AssessmentView): void {
    if (!this.#wantsChanges) return;
    if (this.#row?.version !== row.version) this.#place = undefined;
    this.#row = row;
    // One that is ahead of the row is somebody's invention, now that the row was read because of it.
    if (this.#draft?.version !== row.version) this.#draft = undefined;
  }

  #state(row: AssessmentView): LiveAssessment {
    if (row.status === 'submitted') return this.#place === undefined ? row : { ...row, place: this.#place };
    const draft = this.#draft?.version === row.version ? this.#draft.draft : undefined;
    return row.status === 'processing' && draft !== undefined ? { ...row, draft } : row;
  }

  /** True if the listener was told something new. */
  #show(listener: Listener, row: AssessmentView): boolean {
    const isEnd = hasEnded(row.status);
    if (row.version <= listener.shown || (listener.wants === 'end' && !isEnd)) return false;
    listener.shown = row.version;
    listener.push(this.#state(row));
    if (isEnd) listener.end();
    return true;
  }

  /** Something has changed within the version. */
  #showAgain(): void {
    const row = this.#row;
    if (row === undefined) return;
    const state = this.#state(row);
    for (const listener of this.#listeners)
      if (listener.wants === 'changes' && listener.shown === row.version) listener.push(state);
  }
}

const precedes = (one: Progress, other: Progress): boolean =>
  one.version < other.version || (one.version === other.version && one.seq <= other.seq);

const mayRead = ({ sessionId }: Listener, row: AssessmentView): boolean => row.sessionId === sessionId;

export const notFound = (): RequestError =>
  new RequestError('NOT_FOUND', 'There is no such assessment in this session.');
