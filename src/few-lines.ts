/** Keys are codes or sentences of the program. More of them than this are forgotten together. */
const KEYS_MAX = 100;

/** Of `key`, how many lines were left out since the last one, or undefined if this one is to be left out as well. */
export type FewLines = (key: string) => { leftOut: number } | undefined;

/**
 * Decides which lines of the log are written where the same thing happens over and over: of each key `atOnce` lines, and
 * one more every `everyMs`, so that an incident neither hides in the log nor fills the disk.
 */
export function fewLines(
  { everyMs, atOnce = 1 }: { everyMs: number; atOnce?: number },
  clock: () => number = () => performance.now(),
): FewLines {
  const keys = new Map<string, { room: number; at: number; leftOut: number }>();
  return (key) => {
    const now = clock();
    const state = keys.get(key) ?? { room: atOnce, at: now, leftOut: 0 };
    if (!keys.has(key) && keys.size >= KEYS_MAX) keys.clear();
    keys.set(key, state);
    state.room = Math.min(atOnce, state.room + (now - state.at) / everyMs);
    state.at = now;
    if (state.room < 1) {
      state.leftOut += 1;
      return undefined;
    }
    const { leftOut } = state;
    state.room -= 1;
    state.leftOut = 0;
    return { leftOut };
  };
}
