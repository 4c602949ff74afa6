/** What must not happen; a benchmark in which it did has measured something else. */
export type Faults = {
  /** Accepted, and its end was never pushed (where nobody subscribes: never stored). */
  lost: number;
  /** Pushes of an end beyond the first. */
  duplicates: number;
  /** Answers of the model beyond the first for one round. */
  paidTwice: number;
  /** Submits and subscriptions that were refused, and assessments that ended without a result. */
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

/** Of the process: 1 if anything happened that must not. */
export const exitCodeOf = (faults: Faults): 0 | 1 => (Object.values(faults).some((count) => count !== 0) ? 1 : 0);

const REASONS_MAX = 5;
const UUID = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g;

/** What became of the assessments of one measured part, as those saw it who submitted them. */
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
    if (pushes === undefined) return this.refused(`a push of ${id}, which nobody has submitted`);
    this.#pushes.set(id, pushes + 1);
    if (pushes === 0) this.#pushed += 1;
  }

  refused(reason: string): void {
    this.#refused += 1;
    // Without ids, what happened to many is one reason.
    if (this.#reasons.size < REASONS_MAX) this.#reasons.add(reason.replaceAll(UUID, '…'));
  }

  get acceptedCount(): number {
    return this.#pushes.size;
  }

  /** How many were pushed at least once. */
  get pushedCount(): number {
    return this.#pushed;
  }

  /** The first few different ones. */
  get reasons(): string[] {
    return [...this.#reasons];
  }

  /** `lost`: if there were no subscriptions, how many are not stored as completed. */
  faults(paidTwice: number, lost = this.acceptedCount - this.#pushed): Faults {
    let duplicates = 0;
    for (const pushes of this.#pushes.values()) duplicates += Math.max(0, pushes - 1);
    return { lost, duplicates, paidTwice, refused: this.#refused };
  }
}

/** The part of a line in the model's ledger by which it is told who paid for what. */
export type PaidCall = {
  readonly assessmentId: string | undefined;
  readonly key: { readonly round: number } | undefined;
  readonly charged: 'yes' | 'no' | 'maybe';
};

/** Counts the model's calls for each round. A repair try counts too: here the model's answers always fit. */
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
