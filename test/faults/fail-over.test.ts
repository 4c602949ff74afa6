import { describe, expect, test } from 'vitest';
import { clientPrograms } from '../support/postgres.ts';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';

describe.skipIf(clientPrograms() === undefined)('with a synchronous standby', () => {
  test('F66: after each of two fail-overs work goes on, and nothing is lost, doubled or missed', async () => {
    await using fleet = await Fleet.start({ standby: true, env: { AI_TIMEOUT_MS: '60000' } });
    const visitor = await fleet.visitor();
    const { model } = fleet.world;
    for (let nth = 1; nth <= 2; nth++) {
      const called = model.calls.length;
      model.hold();
      await fleet.submitMany(visitor, 10);
      await model.waitForCalls(called + 10);
      await fleet.pair?.failOver();
      model.release();
      await fleet.submitMany(visitor, 10);
      await fleet.allEnded();
      await fleet.pair?.renewStandby();
    }
    await fleet.expectInvariants();
    // Replies that were paid for before a fail-over are saved after it.
    expect(await fleet.world.sql('SELECT DISTINCT attempts FROM test_assessment')).toEqual([{ attempts: 1 }]);
    expect(fleet.programs.every(({ running }) => running)).toBe(true);
  });

  test('F67: a submission is accepted only once the standby has it, so that a fail-over loses none', async () => {
    await using fleet = await Fleet.start({ standby: true });
    const visitor = await fleet.visitor();
    await fleet.pair?.standby?.pause();
    const submitting = Promise.all(Array.from({ length: 20 }, () => visitor.submit()));
    await until(
      async () => (await fleet.world.sql(`SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'`)).length > 0,
      { label: 'commits to wait for the standby' },
    );
    expect(visitor.submissions.every(({ outcome }) => outcome === 'open')).toBe(true);
    await fleet.pair?.failOver();
    for (const { id } of await submitting) visitor.follow(id ?? '');
    await fleet.expectInvariants();
    expect(await fleet.world.sql('SELECT 1 FROM test_assessment')).toHaveLength(20);
  });
});
