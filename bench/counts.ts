/** Faults, which must all be 0: otherwise the benchmark has measured something else. */
export type Faults = {
  /** Accepted assessments whose end was never pushed (without subscriptions: never stored). */
  lost: number;
  /** Pushes of an end beyond the first. */
  duplicates: number;
  /** Replies of the model beyond the first for one round. */
  paidTwice: number;
  /** Refused submits and subscriptions, and assessments that ended without a result. */
  refused: number;
};

export const noFaults: Faults = { lost: 0, duplicates: 0, paidTwice: 0, refused: 0 };

export const sumOfFaults = (all: readonly Faults[]): Faults =>
  all.reduce(
    (sum, one) => ({
      lost: sum.lost + one.lost,
      duplicates: sum.duplicates + one.duplicates,
      paidTwice: sum.paidTwice + one.paidTwice,
      refused: sum.refused + one.refused,
    }),
    noFaults,
  );

/** The exit code of the process: 1 if there were faults. */
export const exitCodeOf = (faults: Faults): 0 | 1 => (Object.values(faults).some((count) => count !== 0) ? 1 : 0);

const REASONS_MAX = 5;
const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g;

/** Counts the assessments of one measured part, as seen by the submitters. */
export class Tally {
  readonly #pushes = new Map<string, number>();
  readonly #reasons = new Set<string>();
  #pushed = 0;
  #refused = 0;

  accepted(id: string): void {
    if (this.#pushes.has(id)) this.refused(`the assessment ${id} was accepted twice`);
    else this.#pushes.set(id, 0);
  }

  /** An end was pushed. */
  pushed(id: string): void {
    const pushes = this.#pushes.get(id);
    if (pushes === undefined) return this.refused(`a push of ${id}, which was not submitted`);
    this.#pushes.set(id, pushes + 1);
    if (pushes === 0) this.#pushed += 1;
  }

  refused(reason: string): void {
    this.#refused += 1;
    // Without ids, so that the same fault of many assessments is one reason.
    if (this.#reasons.size < REASONS_MAX) this.#reasons.add(reason.replaceAll(UUID, '…'));
  }

  get acceptedCount(): number {
    return this.#pushes.size;
  }

  /** Number of assessments that were pushed at least once. */
  get pushedCount(): number {
    return this.#pushed;
  }

  /** The first few different reasons. */
  get reasons(): string[] {
    return [...this.#reasons];
  }

  /** @param lost without subscriptions: the number of assessments that are not stored as completed */
  faults(paidTwice: number, lost = this.acceptedCount - this.#pushed): Faults {
    let duplicates = 0;
    for (const pushes of this.#pushes.values()) duplicates += Math.max(0, pushes - 1);
    return { lost, duplicates, paidTwice, refused: this.#refused };
  }
}

/** The fields of a call in the model's ledger that tell whether a round was charged twice. */
export type PaidCall = {
  readonly assessmentId: string | undefined;
  readonly key: { readonly round: number } | undefined;
  readonly charged: 'yes' | 'no' | 'maybe';
};

/** Counts the charged calls of each round. Repairs count, too, since all replies are valid here. */
export class PaidCalls {
  readonly #calls = new Map<string, number>();

  add(calls: Iterable<PaidCall>): void {
    for (const { assessmentId, key, charged } of calls) {
      if (charged === 'no') continue;
      const round = `${assessmentId}:${key?.round}`;
      this.#calls.set(round, (this.#calls.get(round) ?? 0) + 1);
    }
  }

  get paidTwice(): number {
    let extra = 0;
    for (const calls of this.#calls.values()) extra += calls - 1;
    return extra;
  }
}
