import { expect, test } from 'vitest';
import type { Nats } from '../support/nats.ts';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import type { Visitor } from './visitors.ts';

/** Submits a few at a time until it is stopped. */
function startLoad(fleet: Fleet, visitor: Visitor): { stop(): Promise<void> } {
  let stopped = false;
  const running = (async () => {
    while (!stopped) {
      await fleet.submitMany(visitor, 2);
      await new Promise((resume) => setTimeout(resume, 300));
    }
  })();
  return {
    async stop() {
      stopped = true;
      await running;
    },
  };
}

/** Waits until assessments that were submitted from now on have ended. */
async function workGoesOn(fleet: Fleet, visitor: Visitor): Promise<void> {
  const ids = await fleet.submitMany(visitor, 3);
  await until(
    async () => {
      const sql = 'SELECT id FROM test_assessment WHERE id = ANY($1::uuid[]) AND ended_at IS NULL';
      return (await fleet.world.sql(sql, [ids])).length === 0;
    },
    { timeoutMs: 45_000, intervalMs: 200, label: 'new work to end' },
  );
}

const nodesOf = ({ cluster }: Fleet): Nats[] => cluster?.nodes ?? [];

test('F60: while each node of a NATS cluster is restarted in turn under load, nothing is lost, doubled or missed', async () => {
  await using fleet = await Fleet.start({ cluster: true });
  const visitor = await fleet.visitor();
  const load = startLoad(fleet, visitor);
  for (const node of nodesOf(fleet)) {
    await node.restart();
    await fleet.cluster?.complete();
    await workGoesOn(fleet, visitor);
  }
  await load.stop();
  await fleet.expectInvariants();
  expect(fleet.world.model.calls.length).toBeGreaterThan(20);
});

test.each<[string, string, (node: Nats) => Promise<void>, (node: Nats) => Promise<void>]>([
  ['F61', 'killed', (node) => node.kill(), (node) => node.restart()],
  ['F62', 'frozen', (node) => node.pause(), async (node) => node.resume()],
])('%s: with any one of three NATS nodes %s work goes on, and nothing is lost, doubled or missed', async (...row) => {
  const [, , stop, goOn] = row;
  await using fleet = await Fleet.start({ cluster: true });
  const visitor = await fleet.visitor();
  for (const node of nodesOf(fleet)) {
    await stop(node);
    try {
      await workGoesOn(fleet, visitor);
    } finally {
      await goOn(node);
    }
    await fleet.cluster?.complete();
  }
  await fleet.expectInvariants();
});

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
