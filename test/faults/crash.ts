import { expect } from 'vitest';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';
import { workMessages } from './sabotage.ts';

/** Kills a worker at a point of its work and starts another one: no assessment is lost or charged too often. */
export async function expectNothingLost(point: string, extraPaidCalls: number): Promise<void> {
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
}
