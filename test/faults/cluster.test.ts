import { expect, test } from 'vitest';
import { delay } from '../support/model-behaviours.ts';
import type { Nats } from '../support/nats.ts';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import { longestStallMs, startLoad } from './load.ts';

const PER_SECOND = 20;
/** docs/OPERATING.md names it. */
const STALL_MAX_MS = 10_000;
const ENV = { WORKER_CONCURRENCY: '20', TRUSTED_PROXIES: '127.0.0.1' };

/** Long enough for subscriptions to be cut while they wait. */
const MODEL_MS = 300;

const nodesOf = ({ cluster }: Fleet): Nats[] => cluster?.nodes ?? [];

/** For `ms` the load goes on. */
const goOn = (ms: number): Promise<void> => new Promise((resume) => setTimeout(resume, ms));

/** Checks that people never waited for long without any end. */
async function expectNoStall(fleet: Fleet): Promise<void> {
  const stallMs = await longestStallMs(fleet);
  const submissions = fleet.visitors.flatMap((visitor) => visitor.submissions);
  const cuts = fleet.visitors.reduce((sum, visitor) => sum + visitor.cuts, 0);
  console.log(JSON.stringify({ measured: 'load on a NATS cluster', submissions: submissions.length, cuts, stallMs }));
  expect(stallMs, 'ms without any end').toBeLessThanOrEqual(STALL_MAX_MS);
  expect(cuts, 'subscriptions that were cut').toBeGreaterThan(20);
  expect(submissions.every(({ outcome }) => outcome === 'accepted')).toBe(true);
}

test('F60: while each node of a NATS cluster is restarted in turn under load, work goes on, and nothing is lost, doubled or missed', async () => {
  await using fleet = await Fleet.start({ cluster: true, env: ENV });
  fleet.world.model.script(() => delay(MODEL_MS));
  const load = await startLoad(fleet, PER_SECOND);
  for (const node of nodesOf(fleet)) {
    await goOn(3_000);
    await node.restart();
    await fleet.cluster?.complete();
  }
  await goOn(3_000);
  await load.stop();
  await fleet.expectInvariants();
  await expectNoStall(fleet);
});

test.each<[string, string, (node: Nats) => Promise<void>, (node: Nats) => Promise<void>]>([
  ['F61', 'killed', (node) => node.kill(), (node) => node.restart()],
  ['F62', 'frozen', (node) => node.pause(), async (node) => node.resume()],
])(
  '%s: with any one of three NATS nodes %s work goes on within 10 s, and nothing is lost, doubled or missed',
  async (...row) => {
    const [, , stop, start] = row;
    await using fleet = await Fleet.start({ cluster: true, env: ENV });
    fleet.world.model.script(() => delay(MODEL_MS));
    const load = await startLoad(fleet, PER_SECOND);
    for (const node of nodesOf(fleet)) {
      await goOn(3_000);
      await stop(node);
      try {
        // Longer than a stall may last.
        await goOn(STALL_MAX_MS + 5_000);
      } finally {
        await start(node);
      }
      await fleet.cluster?.complete();
    }
    await load.stop();
    await fleet.expectInvariants();
    await expectNoStall(fleet);
  },
);

test('F66: in a cluster without a majority an api is ready, a worker is not, and both name the streams until it is back', async () => {
  await using fleet = await Fleet.start({ cluster: true });
  const visitor = await fleet.visitor();
  await fleet.submitMany(visitor, 3);
  await fleet.allEnded();
  const [, ...others] = nodesOf(fleet);
  const isLike = async (status: number, broker: string, stream: string | undefined) => {
    const programs = status === 503 ? fleet.workers : fleet.apis;
    await until(
      async () => {
        const all = await Promise.all(programs.map((program) => program.readiness()));
        return all.every(
          (one) => one.status === status && one.parts['broker'] === broker && one.streams?.['work'] === stream,
        );
      },
      { timeoutMs: 30_000, label: `${status} with ${broker} and ${stream}` },
    );
  };
  await Promise.all(others.map((node) => node.kill()));
  await Promise.all([isLike(200, 'degraded', 'no leader'), isLike(503, 'unavailable', 'no leader')]);
  await fleet.submitMany(visitor, 3);
  await Promise.all(others.map((node) => node.restart()));
  await fleet.cluster?.complete();
  await until(
    async () => (await Promise.all(fleet.programs.map((one) => one.readiness()))).every((one) => isAllOk(one)),
    { timeoutMs: 30_000, label: 'all to be ready' },
  );
  const told = fleet.api.logs.filter(({ msg }) => /_WORK has no leader/.test(msg ?? ''));
  expect(told.length, 'lines on the work stream in one api').toBe(1);
  await fleet.expectInvariants();
});

const isAllOk = ({ status, parts, streams }: Awaited<ReturnType<Fleet['api']['readiness']>>): boolean =>
  status === 200 && parts['broker'] === 'ok' && streams === undefined;
