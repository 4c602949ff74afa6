import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { startNats } from '../../support/nats.ts';
import { until } from '../../support/wait.ts';
import { openBroker, readyBroker, startObserver } from './broker.ts';

test('every worker hears of a cancellation, with its trace, and what names no assessment is passed over', async () => {
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
  // A subscription of a moment ago may be on its way.
  await until(() => {
    api.broker.announceCancelled(id, 'the trace');
    return heard.every((ids) => ids.length > 0);
  });
  expect(new Set(heard.flat())).toEqual(new Set([id]));
  expect(new Set(traces)).toEqual(new Set([undefined, 'the trace']));
});

test('who listened before there was a broker, or while it was away, hears it afterwards', async () => {
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
    // Without a connection it is lost or late, and nothing fails.
    api.broker.announceCancelled(randomUUID());
    await nats.restart();
    expect(await isHeard()).toBe(true);
  } finally {
    await nats.stop();
  }
});
