import type { Fleet } from '../faults/fleet.ts';
import type { Program } from '../faults/process.ts';
import { garbage, hang, rateLimit, reset, status, type Behaviour } from '../support/model-behaviours.ts';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A fault: it begins, lasts for a while, and is mended. */
export type Fault = { name: string; begin: () => Promise<void>; mend: () => Promise<void>; lastsMs: number };

type Draw = { fleet: Fleet; pick: <T>(from: readonly T[]) => T; lastsMs: (most: number) => number };

const nothing = async (): Promise<void> => {};

/** The faults of a schedule. */
const FAULTS: readonly ((draw: Draw) => Fault)[] = [
  ({ fleet, pick }) => processKilled('worker', pick(fleet.workers)),
  ({ fleet, pick }) => processKilled('worker', pick(fleet.workers)),
  ({ fleet, pick }) => processKilled('api', pick(fleet.apis)),
  ({ fleet, pick }) => processRestarted('worker', pick(fleet.workers)),
  ({ fleet, pick }) => processRestarted('api', pick(fleet.apis)),
  ({ fleet, pick, lastsMs }) => processFrozen(pick([...fleet.workers, ...fleet.apis]), lastsMs(10_000)),
  ({ fleet, lastsMs }) => ({
    name: 'broker killed',
    begin: () => fleet.nats.kill(),
    mend: () => fleet.nats.restart(),
    lastsMs: lastsMs(8_000),
  }),
  ({ fleet }) => ({ name: 'broker wiped', begin: () => fleet.nats.wipe(), mend: nothing, lastsMs: 0 }),
  ({ fleet, lastsMs }) => ({
    name: 'broker frozen',
    begin: () => fleet.nats.pause(),
    mend: async () => fleet.nats.resume(),
    lastsMs: lastsMs(8_000),
  }),
  ...(['down', 'reset', 'blackHole'] as const).flatMap((mode) => [
    ({ fleet, lastsMs }: Draw): Fault => linkBroken('broker', fleet.toNats, mode, lastsMs(8_000)),
    ({ fleet, lastsMs }: Draw): Fault => linkBroken('database', fleet.toPostgres, mode, lastsMs(6_000)),
  ]),
  ({ fleet }) => linkBroken('broker', fleet.toNats, 'halfOpen', 500),
  ({ fleet }) => linkBroken('database', fleet.toPostgres, { cutAt: 'insert-assessments', answered: true }, 1_000),
  ({ fleet }) => linkBroken('database', fleet.toPostgres, { cutAt: 'finish', answered: true }, 1_000),
  ({ fleet, lastsMs }) => linkBroken('database', fleet.toPostgres, { latencyMs: 80, jitterMs: 40 }, lastsMs(6_000)),
  ...(['fast', 'immediate', 'kill'] as const).map((how) => ({ fleet, lastsMs }: Draw): Fault => ({
    name: `database stopped (${how})`,
    begin: () => fleet.postgres.stopServer(how),
    mend: () => fleet.postgres.startServer(),
    lastsMs: lastsMs(5_000),
  })),
  ({ fleet, pick }) =>
    modelMisbehaves(fleet, pick([status(500), status(503), garbage('<html>'), rateLimit({ seconds: 2 })])),
  ({ fleet, pick }) => modelMisbehaves(fleet, pick([hang(), reset()])),
];

export function drawFault(fleet: Fleet, random: () => number): Fault {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  return pick(FAULTS)({ fleet, pick, lastsMs: (most) => Math.round(500 + random() * (most - 500)) });
}

const processKilled = (what: string, program: Program): Fault => ({
  name: `${what} killed`,
  begin: () => program.kill(),
  mend: async () => void (await program.start()),
  lastsMs: 1_000,
});

const processRestarted = (what: string, program: Program): Fault => ({
  name: `${what} restarted`,
  begin: () => program.stop(),
  mend: async () => void (await program.start()),
  lastsMs: 0,
});

const processFrozen = (program: Program, lastsMs: number): Fault => ({
  name: `${program.role} frozen`,
  begin: async () => program.signal('SIGSTOP'),
  mend: async () => program.signal('SIGCONT'),
  lastsMs,
});

function linkBroken(
  what: string,
  proxy: Fleet['toNats'],
  mode: Parameters<typeof proxy.setMode>[0],
  lastsMs: number,
): Fault {
  return {
    name: `${what} link ${typeof mode === 'string' ? mode : JSON.stringify(mode)}`,
    begin: () => proxy.setMode(mode),
    mend: () => proxy.setMode('pass'),
    lastsMs,
  };
}

/** For three calls only, so that no assessment uses up its attempts. */
const modelMisbehaves = (fleet: Fleet, behaviour: Behaviour): Fault => ({
  name: 'model misbehaves',
  begin: async () => fleet.world.model.script([behaviour, behaviour, behaviour]),
  mend: nothing,
  lastsMs: 1_000,
});
