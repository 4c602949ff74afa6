/** At most so often do look-ups read, since a visitor can name any version and language. */
const LOOK_UP_EVERY_MS = 1_000;
/** After this time a use causes a read, so that publications and withdrawals reach a running process. */
const FRESH_MS = 3_000;

export type BackgroundRead = ReturnType<typeof backgroundRead>;

/**
 * Reads again what other processes publish. There is one read at a time, for all who need one. A read counts from its begin,
 * since it may miss what is published after that; a failed one counts as well, so that a database that refuses connections
 * is not asked by each request. The read at the start counts for `refresh` only: what is published in the same second is
 * found by the first look-up.
 * @param read replaces what is known; a failure leaves it as it was
 */
export function backgroundRead(read: () => Promise<void>, nowMs: () => number) {
  let begunAt = nowMs();
  let last: Promise<void> | undefined;
  let isReading = false;

  const readAgain = (): Promise<void> => {
    if (last !== undefined && isReading) return last;
    begunAt = nowMs();
    isReading = true;
    return (last = read().finally(() => (isReading = false)));
  };

  const lastFor = (ms: number): Promise<void> | undefined => (nowMs() - begunAt < ms ? last : readAgain());

  return {
    /**
     * For each use. Resolves at the end of the read that it waits for, if any. While the database is away the last state is
     * served; its adapter counts and logs the failure.
     */
    refresh: async (): Promise<void> => await lastFor(FRESH_MS)?.catch(() => {}),

    /** For a key that is not known here. @throws UnavailableError if the last read failed */
    lookUp: async (): Promise<void> => await (last === undefined ? readAgain() : lastFor(LOOK_UP_EVERY_MS)),
  };
}
