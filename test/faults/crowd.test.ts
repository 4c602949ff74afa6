import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { Crowd } from './crowd.ts';
import { Fleet } from './fleet.ts';

const CLIENTS = 1_000;
const EACH = 5;

test(
  '1,000 browsers whose sockets are cut and moved to another api miss none of 5,000 ends, and get none twice',
  { timeout: 600_000 },
  async () => {
    await using fleet = await Fleet.start({ env: { WORKER_CONCURRENCY: '32' } });
    const crowd = new Crowd(() => fleet.apis.map(({ url }) => url));
    await crowd.gather(CLIENTS);
    const cutter = setInterval(() => crowd.cut(CLIENTS / 100), 100);
    try {
      await crowd.submit(EACH);
      await until(() => crowd.missed === 0, { label: 'every end to be received', timeoutMs: 120_000, intervalMs: 200 });
    } finally {
      clearInterval(cutter);
    }
    const missedByHint = await Promise.all(fleet.apis.map((api) => api.metric('assay_push_missed_by_hint_total')));
    console.log(
      JSON.stringify({
        measured: 'browsers cut at random',
        clients: CLIENTS,
        ends: CLIENTS * EACH,
        cuts: crowd.cuts,
        missedByHint,
      }),
    );
    expect({ missed: crowd.missed, twice: crowd.receivedTwice, problems: crowd.problems }).toEqual({
      missed: 0,
      twice: 0,
      problems: [],
    });
    expect(crowd.cuts).toBeGreaterThan(CLIENTS);
    crowd.leave();
    const ended = await fleet.world.sql(
      'SELECT a.status, count(*)::int AS count FROM test_assessment a JOIN result_test r ON r.assessment_id = a.id GROUP BY 1',
    );
    expect(ended).toEqual([{ status: 'completed', count: CLIENTS * EACH }]);
    expect(fleet.world.model.calls).toHaveLength(CLIENTS * EACH);
  },
);
