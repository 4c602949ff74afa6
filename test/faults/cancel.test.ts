import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';

type Act = (fleet: Fleet) => Promise<unknown>;

test.each<[string, string, number, Act, Act]>([
  ['F69', 'the database', 0, ({ postgres }) => postgres.stopServer('kill'), ({ postgres }) => postgres.startServer()],
  ['F70', 'the broker', 0, ({ nats }) => nats.kill(), ({ nats }) => nats.restart()],
  ['F71', 'an api', 0, ({ api }) => api.kill(), ({ api }) => api.start()],
  ['F72', 'a worker', 1, ({ worker }) => worker.kill(), ({ worker }) => worker.start()],
])(
  '%s: cancelled while %s is killed, assessments end as cancelled, and their visitors are told once',
  async (...row) => {
    const [, , extraPaidCalls, kill, start] = row;
    await using fleet = await Fleet.start({ env: { AI_TIMEOUT_MS: '60000' } });
    const visitor = await fleet.visitor();
    fleet.world.model.hold();
    const ids = await fleet.submitMany(visitor, 14);
    // The rest waits for a worker.
    await fleet.world.model.waitForCalls(10);
    await kill(fleet);
    const cancelling = Promise.all(ids.filter((_, nth) => nth % 2 === 0).map((id) => visitor.cancel(id)));
    await until(() => visitor.cancellations.every(({ tries }) => tries > 0), {
      timeoutMs: 30_000,
      label: 'a try of each',
    });
    await start(fleet);
    const cancelled = await cancelling;
    fleet.world.model.release();
    await fleet.expectInvariants({ extraPaidCalls });
    expect(cancelled.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 7 }, () => 'cancelled'));
    expect(
      await fleet.world.sql('SELECT status, count(*)::int AS count FROM test_assessment GROUP BY 1 ORDER BY 1'),
    ).toEqual([
      { status: 'cancelled', count: 7 },
      { status: 'completed', count: 7 },
    ]);
  },
);
