import { startObserver } from '../adapters/broker/broker.ts';
import type { TestApp } from '../support/app.ts';
import { until } from '../support/wait.ts';

/** Messages in the work stream, waiting or in work. */
export async function messagesLeft({ world }: Pick<TestApp, 'world'>): Promise<number> {
  await using observer = await startObserver(world.natsUrl);
  return (await observer.jsm.streams.info(world.wire.workStream)).state.messages;
}
export const allDone = (app: Pick<TestApp, 'world'>) =>
  until(async () => (await messagesLeft(app)) === 0, { timeoutMs: 20_000 });
