import { expect, test } from 'vitest';
import { until } from '../support/wait.ts';
import { Fleet } from './fleet.ts';

const COUNT = 10;

test('F68: visitors who watch every change get the end once and no older state, while their sockets, an api and the broker are cut off', async () => {
  await using fleet = await Fleet.start({ env: { AI_TIMEOUT_MS: '60000' } });
  const visitor = await fleet.visitor();
  const allBack = () => until(() => visitor.openSockets === COUNT, { label: 'every socket', timeoutMs: 30_000 });
  fleet.world.model.hold();
  for (const { id } of await Promise.all(Array.from({ length: COUNT }, () => visitor.submit(60_000, 'changes'))))
    visitor.follow(id ?? '', 'changes');
  await fleet.world.model.waitForCalls(COUNT);
  await allBack();
  expect(visitor.cut(() => true)).toBe(COUNT);
  await allBack();
  await fleet.api.kill();
  await allBack();
  await fleet.nats.kill();
  // Half of them have to be told by the sweep, the others when they are back.
  let nth = 0;
  expect(visitor.cut(() => nth++ % 2 === 0)).toBe(COUNT / 2);
  fleet.world.model.release();
  await fleet.allEnded();
  await fleet.nats.restart();
  await fleet.expectInvariants();
});
