import type { Faults } from './counts.ts';
import type { Bench } from './fleet.ts';

/** A measured figure, with one value of each repetition; undefined if this machine can't measure it. */
export type Figure = { key: string; label: string; value: number | undefined };

export type Outcome = {
  figures: Figure[];
  faults: Faults;
  /** The first few reasons of refusals. */
  reasons: readonly string[];
};

export type Scenario = {
  name: string;
  /** For the list in `--help`. */
  about: string;
  /** Runs if no scenario is named. */
  byDefault: boolean;
  /** Description with the numbers of this run. */
  conditions: (options: Bench['options']) => string;
  run: (bench: Bench) => Promise<Outcome>;
};

export const figure = (key: string, label: string, value: number | undefined): Figure => ({ key, label, value });
