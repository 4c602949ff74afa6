import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startNats } from '../../support/nats.ts';
import { until } from '../../support/wait.ts';
import { openBroker, readyBroker, startObserver } from './broker.ts';

test('every worker gets a cancellation, with its trace, and messages without an id are ignored', async () => {
  await using api = await readyBroker();
  await using one = await readyBroker({ prefix: api.prefix });
  await using other = await readyBroker({ prefix: api.prefix });
  await using observer = await startObserver();
  const heard: string[][] = [[], []];
  for (const [nth, { broker }] of [one, other].entries()) broker.listenForCancels((id) => void heard[nth]?.push(id));
  const traces: (string | undefined)[] = [];
  observer.connection.subscribe(api.wire.cancelledAll, {
    callback: (_, { headers }) => void traces.push(headers?.get('traceparent')),
  });
  observer.connection.publish(api.wire.cancelled('nonsense'));
  await observer.connection.flush();
  const id = randomUUID();
  // Repeated, since the subscriptions may not have reached the server yet.
  await until(() => {
    api.broker.announceCancelled(id, 'the trace');
    return heard.every((ids) => ids.length > 0);
  });
  expect(new Set(heard.flat())).toEqual(new Set([id]));
  expect(new Set(traces)).toEqual(new Set([undefined, 'the trace']));
});

test('a worker that subscribed before the first connect, or before an outage, gets cancellations after it', async () => {
  const nats = await startNats();
  try {
    await using worker = openBroker({ url: nats.url });
    const heard: string[] = [];
    worker.broker.listenForCancels((id) => void heard.push(id));
    await worker.broker.whenReady(10_000);
    await using api = await readyBroker({ url: nats.url, prefix: worker.prefix });
    const isHeard = async (): Promise<boolean> => {
      const id = randomUUID();
      return await until(() => {
        api.broker.announceCancelled(id);
        return heard.includes(id);
      });
    };
    expect(await isHeard()).toBe(true);
    await nats.kill();
    await until(() => worker.broker.state === 'reconnecting');
    // During the outage a cancellation is lost or late, and does not throw.
    api.broker.announceCancelled(randomUUID());
    await nats.restart();
    expect(await isHeard()).toBe(true);
  } finally {
    await nats.stop();
  }
});
