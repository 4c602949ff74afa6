import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import { lockTable, waitingForLocks } from './sabotage.ts';

test.each([
  ['F1', 'after the commit and before the publish', 'stored'],
  ['F2', 'after the publish and before the response', 'dispatched'],
])(
  '%s: an api that is killed %s loses no assessment, and the repeat gets the first one',
  async (_row, _when, point) => {
    await using fleet = await Fleet.start({ idle: true });
    await Promise.all([fleet.api.start({ fault: `${point}:kill` }), fleet.apis[1]?.start(), fleet.worker.start()]);
    const visitor = await fleet.visitor(() => fleet.apis.map(({ url }) => url).toReversed());
    // The session was started at the second api, so the first submit goes to the first api.
    const submission = await visitor.submit();
    await until(() => !fleet.api.running, { label: 'the fault to strike' });
    visitor.follow(submission.id ?? '');
    await fleet.expectInvariants();
    expect(await fleet.world.sql('SELECT 1 FROM test_assessment')).toHaveLength(1);
  },
);

test('F3: an api that is killed while its INSERT waits leaves one assessment, also after the repeat', async () => {
  await using fleet = await Fleet.start();
  const visitor = await fleet.visitor(() =>
    [fleet.api, fleet.apis[1]].flatMap((api) => (api?.running ? [api.url] : [])),
  );
  const locked = await lockTable(fleet.world, 'test_assessment');
  const submitting = visitor.submit();
  await until(async () => (await waitingForLocks(fleet.world)) > 0, { label: 'the INSERT to wait' });
  await fleet.api.kill();
  await locked.release();
  visitor.follow((await submitting).id ?? '');
  await fleet.expectInvariants();
  expect(await fleet.world.sql('SELECT 1 FROM test_assessment')).toHaveLength(1);
});

test('F4: SIGTERM under load loses no submission, closes open sockets with 1001 and exits with 0', async () => {
  // The model is held during the whole shutdown.
  await using fleet = await Fleet.start({ env: { AI_TIMEOUT_MS: '60000' } });
  const visitor = await fleet.visitor();
  fleet.world.model.hold();
  const ids = await fleet.submitMany(visitor, 20);
  await until(async () => {
    const open = await Promise.all(fleet.apis.map((api) => api.metric('assay_sockets_open')));
    return open.reduce((sum, count) => sum + count, 0) === ids.length && (open[0] ?? 0) > 0;
  });
  const load = Promise.all(Array.from({ length: 200 }, () => visitor.submit()));
  fleet.api.signal('SIGTERM');
  expect(await fleet.api.ended()).toEqual({ code: 0, signal: null });
  expect(new Set(visitor.closeCodes)).toEqual(new Set([1001]));
  fleet.world.model.release();
  const submissions = await load;
  // Refused submissions were repeated at the other api.
  expect(submissions.every(({ outcome }) => outcome === 'accepted')).toBe(true);
  expect(ids).toHaveLength(20);
  await fleet.expectInvariants();
});
