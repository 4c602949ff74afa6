import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import { workMessages } from './sabotage.ts';

test.each([
  ['F5', 'before it asked the model', 'claimed', 0],
  ['F7', 'with the answer in hand, before it saved it', 'answered', 1],
  ['F8', 'after the result was saved, before it told anybody', 'saved', 0],
  ['F9', 'after it told of the end, before it acknowledged', 'published', 0],
])('%s: a worker that is killed %s loses nothing', async (_row, _when, point, extraPaidCalls) => {
  await using fleet = await Fleet.start({ apis: 1, idle: true });
  await Promise.all([fleet.api.start(), fleet.worker.start({ fault: `${point}:kill` })]);
  const visitor = await fleet.visitor();
  const [id = ''] = await fleet.submitMany(visitor, 1);
  expect(await fleet.worker.ended()).toEqual({ code: null, signal: 'SIGKILL' });
  await fleet.workers[1]?.start();
  await fleet.expectInvariants({ extraPaidCalls });
  const keys = fleet.world.model.callsFor(id).map(({ idempotencyKey }) => idempotencyKey);
  expect(new Set(keys).size, 'every call has the same key').toBe(1);
  await until(async () => (await workMessages(fleet.world)) === 0, { label: 'the message to be acknowledged' });
});
