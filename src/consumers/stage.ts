import { OwnError } from '../own-error.ts';

/**
 * How far a job is: one assessment in this worker, from its message to the message's last ack or nak.
 *
 * - `arrived`: the message was admitted. The row is not claimed yet, so there may be nothing to do.
 * - `claimed`: this worker holds the claim and renews its lease. The job waits for a slot; this attempt has cost nothing.
 * - `asked`: the model was called, for the recommendations or for their repair, and may charge for it. The stage lasts
 *   until the outcome of the call is stored in the row. From here on, a stopping worker grants the grace time.
 * - `saved`: the end is stored in the row. It is told behind, without a slot, and then the message acked.
 * - `over`: nothing is left to do but to tell the end. The message was given back, or another worker holds the claim.
 */
export type Stage = 'arrived' | 'claimed' | 'asked' | 'saved' | 'over';

/** The legal transitions. `claimed` leads to `saved` if earlier attempts have used up the allowed ones. */
export const transitions: Record<Stage, readonly Stage[]> = {
  arrived: ['claimed', 'over'],
  claimed: ['asked', 'saved', 'over'],
  asked: ['saved', 'over'],
  saved: ['over'],
  over: [],
};

/** A mistake in this program: the stages of a job were entered in a wrong order. */
export class IllegalTransition extends OwnError {
  override readonly name = 'IllegalTransition';

  constructor(from: Stage, to: Stage) {
    super(`a job can not go from stage "${from}" to stage "${to}"`);
  }
}

/**
 * Makes a transition: the only place that writes a stage.
 *
 * An illegal one throws in the running program as well as in tests; the worker logs it as an error and gives the message
 * back. That is safe for paid work, because no transition lies between the model's reply and its save: a throw on the
 * way to `asked` comes before the call, and one on the way to `saved` after the reply is stored.
 * @throws IllegalTransition
 */
export function enter(job: { stage: Stage }, next: Stage): void {
  if (!transitions[job.stage].includes(next)) throw new IllegalTransition(job.stage, next);
  job.stage = next;
}
