import { resolve } from 'node:path';
import type { Broker } from '../adapters/broker.ts';
import type { Database } from '../adapters/database.ts';
import type { ModelBudgets } from '../assessments/model-budgets.ts';
import type { Questionnaires } from '../assessments/questionnaires.ts';
import type { Translations } from '../assessments/translations.ts';
import type { Rates } from '../assessments/rates.ts';
import type { Turns } from '../assessments/turns.ts';
import type { Config } from '../config.ts';
import type { TextsByLanguage } from '../entities/texts.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { PartState, Readiness, StreamTrouble } from '../server/http/readiness.ts';

/** The project's folder, with the questionnaires and the built web page. */
export const ROOT = resolve(import.meta.dirname, '../..');

export type Release = () => Promise<void> | void;

/** Shuts the process down in three steps: serve on for a while, stop new work, then close the parts. */
export type Lifecycle = {
  /** Registers a part that serves on for a while before anything is stopped. The process is not ready meanwhile. */
  onDrain(drain: Release): void;
  /** Registers a part that accepts work. All of them stop together and finish running work before any part is closed. */
  onStop(stop: Release): void;
  /** Registers a part right after it was opened: parts are closed in reverse order. */
  onClose(part: string, release: Release): void;
};

/** The parts that exist before any outside system is reached. */
export type Process = { config: Config; log: Log; metrics: Metrics; lifecycle: Lifecycle; health: Health };

/** State of the outside systems that the process needs; each is filled in when its system is opened. */
export type Health = {
  process: 'starting' | 'ok' | 'stopping';
  database: () => PartState;
  broker: () => PartState;
  /** The streams of the broker, as far as their states are known. */
  streams: () => Record<string, 'ok' | StreamTrouble>;
  readiness: Readiness;
};

/** The open parts that every role uses. */
export type Parts = Process & {
  database: Database;
  broker: Broker;
  questionnaires: Questionnaires;
  /** The operator's texts by language: help, privacy and contact. */
  operatorTexts: TextsByLanguage;
  /** The questionnaires in further languages. */
  translations: Translations;
  /** The limits of this process, whose counts it exchanges with the fleet. */
  rates: Rates;
  budgets: ModelBudgets;
  turns: Turns;
};
