import type { Fleet } from '../faults/fleet.ts';
import { garbage, hang, rateLimit, reset, status } from '../support/model-behaviours.ts';
import {
  brokerFrozen,
  brokerKilled,
  brokerLink,
  brokerWiped,
  drawn,
  leaderOf,
  nodeFrozen,
  nodeKilled,
  workStreamFull,
} from './faults/broker.ts';
import { databaseLink, databaseStopped, failOver, standbyFrozen } from './faults/database.ts';
import type { Fault } from './faults/fault.ts';
import { modelFails } from './faults/model.ts';
import { processFrozen, processKilled, processRestarted } from './faults/processes.ts';
import type { Random } from './random.ts';

/** Parts of a fleet that not every fleet has. */
export type Part = 'standby' | 'cluster';

type Draw = { fleet: Fleet; pick: Random['pick']; lastsMs: (most: number) => number };
type Row = readonly [draw: (draw: Draw) => Fault, needs?: Part];

const BROKER_MS = 8_000;
const DATABASE_MS = 6_000;

/** The faults of a schedule. A row that comes twice is drawn twice as often. */
const FAULTS: readonly Row[] = [
  [({ fleet, pick }) => processKilled(pick(fleet.workers))],
  [({ fleet, pick }) => processKilled(pick(fleet.workers))],
  [({ fleet, pick }) => processKilled(pick(fleet.apis))],
  [({ fleet, pick }) => processRestarted(pick(fleet.workers))],
  [({ fleet, pick }) => processRestarted(pick(fleet.apis))],
  [({ fleet, pick, lastsMs }) => processFrozen(pick(fleet.programs), lastsMs(10_000))],

  [({ fleet, lastsMs }) => brokerKilled(fleet, lastsMs(BROKER_MS))],
  [({ fleet }) => brokerWiped(fleet)],
  [({ fleet, lastsMs }) => brokerFrozen(fleet, lastsMs(BROKER_MS))],
  [({ fleet, pick, lastsMs }) => nodeKilled('node', drawn(pick(fleet.nodes)), lastsMs(BROKER_MS)), 'cluster'],
  [({ fleet, pick, lastsMs }) => nodeFrozen('node', drawn(pick(fleet.nodes)), lastsMs(BROKER_MS)), 'cluster'],
  [({ fleet, lastsMs }) => nodeKilled('leading node', () => leaderOf(fleet), lastsMs(BROKER_MS)), 'cluster'],
  [({ fleet, lastsMs }) => nodeFrozen('leading node', () => leaderOf(fleet), lastsMs(BROKER_MS)), 'cluster'],
  [({ fleet, lastsMs }) => workStreamFull(fleet, lastsMs(BROKER_MS))],
  [({ fleet, lastsMs }) => brokerLink(fleet, 'down', lastsMs(BROKER_MS))],
  [({ fleet, lastsMs }) => brokerLink(fleet, 'reset', lastsMs(BROKER_MS))],
  [({ fleet, lastsMs }) => brokerLink(fleet, 'blackHole', lastsMs(BROKER_MS))],
  [({ fleet }) => brokerLink(fleet, 'halfOpen', 500)],

  [({ fleet, lastsMs }) => failOver(fleet, lastsMs(DATABASE_MS)), 'standby'],
  [({ fleet, lastsMs }) => failOver(fleet, lastsMs(DATABASE_MS)), 'standby'],
  [({ fleet, lastsMs }) => standbyFrozen(fleet, lastsMs(DATABASE_MS)), 'standby'],
  [({ fleet, lastsMs }) => databaseStopped(fleet, 'fast', lastsMs(DATABASE_MS))],
  [({ fleet, lastsMs }) => databaseStopped(fleet, 'immediate', lastsMs(DATABASE_MS))],
  [({ fleet, lastsMs }) => databaseStopped(fleet, 'kill', lastsMs(DATABASE_MS))],
  [({ fleet, lastsMs }) => databaseLink(fleet, 'down', lastsMs(DATABASE_MS))],
  [({ fleet, lastsMs }) => databaseLink(fleet, 'reset', lastsMs(DATABASE_MS))],
  [({ fleet, lastsMs }) => databaseLink(fleet, 'blackHole', lastsMs(DATABASE_MS))],
  [({ fleet, lastsMs }) => databaseLink(fleet, { latencyMs: 80, jitterMs: 40 }, lastsMs(DATABASE_MS))],
  [({ fleet }) => databaseLink(fleet, { cutAt: 'insert-assessments', answered: true }, 1_000)],
  [({ fleet }) => databaseLink(fleet, { cutAt: 'finish', answered: true }, 1_000)],

  [({ fleet, pick }) => modelFails(fleet, pick([status(500), status(503), garbage('<html>')]))],
  [({ fleet, pick }) => modelFails(fleet, pick([rateLimit({ seconds: 2 }), hang(), reset()]))],
];

/** The faults in their order, for ever. All rows come once, in an order that is drawn, before one of them comes again. */
export function* drawSchedule(fleet: Fleet, { number, pick, shuffle }: Random): Generator<Fault, never> {
  const has: Record<Part, boolean> = { standby: fleet.pair !== undefined, cluster: fleet.cluster !== undefined };
  const rows = FAULTS.filter(([, needs]) => needs === undefined || has[needs]);
  const lastsMs = (most: number): number => Math.round(500 + number() * (most - 500));
  for (;;) for (const [draw] of shuffle(rows)) yield draw({ fleet, pick, lastsMs });
}
