import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../support/wait.ts';

/** A server in a process of its own, so that its heap is measured without the clients of the test. */
export type MeasuredServer = {
  /** URL of the product's server. */
  product: string;
  /** URL of a WebSocket server without any product code. */
  bare: string;
  /** Bytes of heap per call of `open`, of which there are `count`; then calls the returned functions to close. */
  growth(count: number, open: (index: number) => Promise<() => unknown>): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startMeasuredServer(): Promise<MeasuredServer> {
  const child = fork(fileURLToPath(new URL('idle-server.ts', import.meta.url)), { execArgv: ['--expose-gc'] });
  const exited = once(child, 'exit');
  const [servers] = (await once(child, 'message')) as [{ product: string; bare: string }];
  return {
    ...servers,
    async growth(count, open) {
      const before = await heapBytes(child);
      const closes = await Promise.all(Array.from({ length: count }, (_, index) => open(index)));
      const bytes = await heapBytes(child);
      await Promise.all(closes.map((close) => close()));
      return (bytes - before) / count;
    },
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await exited;
    },
  };
}

async function heapBytes(child: ChildProcess): Promise<number> {
  let last = Number.NaN;
  // Until two measurements in a row agree: nothing is being opened or closed any more.
  return await until(async () => {
    const message = once(child, 'message') as Promise<[{ heapBytes: number }]>;
    child.send('heap');
    const [{ heapBytes: now }] = await message;
    const isSteady = Math.abs(now - last) < 20_000;
    last = now;
    return isSteady ? now : undefined;
  });
}
