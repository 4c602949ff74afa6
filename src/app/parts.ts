import { resolve } from 'node:path';
import type { Broker } from '../adapters/broker.ts';
import type { Database } from '../adapters/database.ts';
import type { Questionnaires } from '../assessments/questionnaires.ts';
import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Readiness } from '../server/http/readiness.ts';

/** The project's folder: what the program ships besides its code is found from here. */
export const ROOT = resolve(import.meta.dirname, '../..');

export type Release = () => Promise<void> | void;

/** Takes the parts down again, in two steps. */
export type Lifecycle = {
  /** What takes new work: all of these stop at once, and let finish what runs, before any part is closed. */
  onStop(stop: Release): void;
  /** To be told of each part, right after it was opened: parts are closed in reverse order. */
  onClose(part: string, release: Release): void;
};

/** What is there before anything outside is reached. */
export type Process = { config: Config; log: Log; metrics: Metrics; lifecycle: Lifecycle; health: Health };

/** What this process knows of the systems that it can't work without; filled in as they are opened. */
export type Health = { stopping: boolean; database: () => boolean; broker: () => boolean; readiness: Readiness };

/** What every role works with. */
export type Parts = Process & { database: Database; broker: Broker; questionnaires: Questionnaires };
