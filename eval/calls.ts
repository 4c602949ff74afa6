/** The run has made as many calls as it may. */
export class CallsUsedUp extends Error {
  override readonly name = 'CallsUsedUp';
}

/** Counts the calls of a run. Nothing is sent after the last one that it may make. */
export type Calls = {
  readonly made: number;
  /** @throws CallsUsedUp */
  take(): void;
};

export function callsUpTo(most: number): Calls {
  let made = 0;
  return {
    get made() {
      return made;
    },
    take() {
      if (made >= most) throw new CallsUsedUp(`--max-calls ${most} is used up`);
      made += 1;
    },
  };
}
