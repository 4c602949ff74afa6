import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export type ModelCommand = { name: 'latency'; ms: number } | { name: 'hold' | 'release' | 'count' };

/** The stand-in for the model's provider. */
export type BenchModel = {
  /** For `OPENAI_BASE_URL`. */
  url: string;
  /** Calls wait from now on. */
  hold: () => Promise<void>;
  release: () => Promise<void>;
  /** Replies beyond the first of a round, since the start. */
  paidTwice: () => Promise<number>;
  close: () => Promise<void>;
};

/** Starts the model with this latency of its replies. */
export async function startBenchModel(latencyMs: number): Promise<BenchModel> {
  const thread = new Worker(new URL('model-thread.ts', import.meta.url));
  const [url] = (await once(thread, 'message')) as [string];
  const ask = async (command: ModelCommand): Promise<number> => {
    const result = once(thread, 'message');
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    thread.postMessage(command);
    const [paidTwice] = (await result) as [number];
    return paidTwice;
  };
  await ask({ name: 'latency', ms: latencyMs });
  return {
    url,
    hold: async () => void (await ask({ name: 'hold' })),
    release: async () => void (await ask({ name: 'release' })),
    paidTwice: () => ask({ name: 'count' }),
    close: async () => void (await thread.terminate()),
  };
}
