import type { Faults } from './counts.ts';
import type { Bench } from './fleet.ts';

/** What is measured; each repetition gives one value. Undefined where this machine can't tell. */
export type Figure = { key: string; label: string; value: number | undefined };

export type Outcome = {
  figures: Figure[];
  faults: Faults;
  /** The first few reasons of what was refused. */
  reasons: readonly string[];
};

export type Scenario = {
  name: string;
  /** For the list in `--help`. */
  about: string;
  /** Run where none is named. */
  byDefault: boolean;
  /** With the numbers of this run. */
  conditions: (options: Bench['options']) => string;
  run: (bench: Bench) => Promise<Outcome>;
};

export const figure = (key: string, label: string, value: number | undefined): Figure => ({ key, label, value });
