/** After failures of so many assessments in a row, over all calls of this process, the provider is taken to be down. */
const FAILURES_MAX = 5;
/** It is also taken to be down if the calls of more than half of so many assessments failed. */
const RECENT = 20;

/** Whether the last call of each recent assessment failed. One assessment counts once, however often it is asked for. */
export class RecentCalls {
  /** The newest comes last. */
  #failed = new Map<string, boolean>();

  add(assessmentId: string, failed: boolean): void {
    this.#failed.delete(assessmentId);
    this.#failed.set(assessmentId, failed);
    if (this.#failed.size > RECENT) this.#failed = new Map([...this.#failed].slice(-RECENT));
  }

  get areFailing(): boolean {
    const all = [...this.#failed.values()];
    const lastOnes = all.slice(-FAILURES_MAX);
    if (lastOnes.length === FAILURES_MAX && lastOnes.every(Boolean)) return true;
    return all.length === RECENT && all.filter(Boolean).length > RECENT / 2;
  }

  clear(): void {
    this.#failed.clear();
  }
}
