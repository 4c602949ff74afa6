import type { Scenario } from '../scenario.ts';
import { drain } from './drain.ts';
import { idle } from './idle.ts';
import { push } from './push.ts';
import { rows } from './rows.ts';
import { throughput } from './throughput.ts';
import { workers } from './workers.ts';

/** In the order of the report. */
export const scenarios: readonly Scenario[] = [throughput, drain, push, idle, rows, workers];
