import { randomUUID } from 'node:crypto';
import { names } from './simulation/jetstream.ts';
import { FAULTS_END_MS, type Incident, type Plan } from './simulation/plan.ts';
import { brokenPromises } from './simulation/promises.ts';
import { Fleet } from './simulation/workers.ts';
import { metrics, World } from './simulation/world.ts';
import { notZero } from '../support/metrics.ts';

export * from './simulation/plan.ts';
export type { World } from './simulation/world.ts';

/** Longer than every back-off, pause and time-out that a plan can add up to. */
const PATIENCE_MS = 20 * 60_000;
/** Long enough for a tick of the reconciler, a sweep and a redelivery, after which all must still be at rest. */
const CALM_MS = 20_000;
/** Longer than the longest simulated time-out, since nothing cancels those. */
const LAST_TIMEOUT_MS = 61_000;

/**
 * The real consumers, reconciler, work queue, hub and sweep, in several processes, over a simulated database, broker,
 * model and clock. All incidents of a plan happen at their times; then time passes until all is at rest.
 */
export async function simulate(plan: Plan): Promise<{ world: World; broken: string[] }> {
  const world = new World(plan);
  const errorsBefore = await unexpectedErrors();
  using _clock = world.clock.install();
  const { clock } = world;
  world.openApi();
  const fleet = new Fleet(world, plan);
  for (const atMs of plan.submittedAtMs) clock.after(atMs, undefined, () => world.submit());
  for (const incident of plan.incidents) clock.after(incident.atMs, undefined, () => happen(incident, world, fleet));

  const atRest = await clock.until(() => world.isAtRest, FAULTS_END_MS + PATIENCE_MS);
  await clock.until(() => false, clock.now + CALM_MS);
  const broken = brokenPromises(world);
  if (!atRest) broken.push('it does not come to rest');
  if (world.provider.mostAtOnce > plan.concurrency) broken.push('a worker asked more at once than it may');
  broken.push(...(await leftBehind(world, fleet)));
  // An illegal transition of a job is one of them.
  if ((await unexpectedErrors()) > errorsBefore) broken.push('an attempt ended in an unexpected way');
  return { world, broken };
}

/** How often attempts have ended in an unexpected way, over all runs. */
async function unexpectedErrors(): Promise<number> {
  const values = await notZero(metrics.errors);
  return values.find(({ labels }) => labels.part === 'worker')?.value ?? 0;
}

/** I8: a stopped process leaves nothing running. */
async function leftBehind(world: World, fleet: Fleet): Promise<string[]> {
  const { clock } = world;
  let stopped = false;
  void Promise.all([fleet.stopAll(), world.closeApi()]).then(() => (stopped = true));
  const inTime = await clock.until(() => stopped, clock.now + 60_000);
  // Until the promises that a time-out has given up are settled.
  await clock.until(() => false, clock.now + LAST_TIMEOUT_MS);
  const running = fleet.workers.reduce((sum, { consumer }) => sum + consumer.running(), 0);
  return [
    ...fleet.badStops.map((what) => `I8: ${what}`),
    ...(inTime ? [] : ['I8: it does not stop']),
    ...(running === 0 ? [] : [`I8: ${running} still run`]),
    ...(fleet.leftBehind === 0 ? [] : [`I8: ${fleet.leftBehind} timers of stopped workers are left`]),
  ];
}

function happen({ kind, nth, forMs }: Incident, world: World, fleet: Fleet): void {
  const { store, server } = world;
  const { jetStream } = server;
  switch (kind) {
    case 'crash':
      return fleet.crash(nth, forMs);
    case 'freeze':
      return fleet.freeze(nth, forMs);
    case 'stop':
      return fleet.stop(nth, forMs);
    case 'database down':
      return store.goAway(forMs, true);
    case 'database cut off':
      return store.goAway(forMs, false);
    case 'broker away':
      return server.goAway(forMs);
    case 'events away':
      return server.loseLeader('events', 3 * forMs);
    case 'dead letters away':
      return server.loseLeader('dead', 3 * forMs);
    case 'stream wiped':
      server.hasLostWork = true;
      return jetStream.wipe();
    case 'stream restored':
      server.hasLostWork = true;
      return jetStream.restore();
    case 'consumer lost':
      return jetStream.loseConsumer();
    case 'message lost':
      server.hasLostWork = true;
      return jetStream.loseMessage(nth);
    case 'message duplicated':
      return jetStream.duplicate(nth);
    case 'message forged':
      return forge(nth, world);
    case 'cancel':
      return world.cancel(nth);
    case 'retry':
      return world.retry(nth);
    default:
      return kind satisfies never;
  }
}

/** Forged messages: without a valid id, for no assessment, of a newer version, or for one that has its message already. */
function forge(nth: number, { server: { jetStream, isAway }, accepted }: World): void {
  const id = accepted[nth % accepted.length] ?? randomUUID();
  const [subject, payload] = [
    [names.submitted('somebody'), '{"v":1}'],
    [names.submitted('0190a000-0000-7000-8000-00000000dead'), '{"v":1}'],
    [names.submitted(id), '{"v":2}'],
    [names.submitted(id), 'nonsense'],
  ][nth % 4] as [string, string];
  // A publisher that finds no stream gives up.
  if (isAway) return;
  jetStream.ensure();
  jetStream.store(subject, { messageId: `forged ${randomUUID()}`, payload });
}
