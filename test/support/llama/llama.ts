import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports.ts';
import { ServerProcess } from '../server-process.ts';
import { READY } from './engine.ts';
import type { LlamaCall } from './server.ts';

export type Llama = {
  /** For OPENAI_BASE_URL. */
  baseUrl: string;
  /** Every call that was answered. */
  calls: () => Promise<LlamaCall[]>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Starts llama.cpp with the tiny model as a process of its own, since the engine prints much and computes long. */
export async function startLlama(folder: string): Promise<Llama> {
  const port = await freePort();
  const server = new ServerProcess({
    name: 'llama.cpp',
    dir: mkdtempSync(join(tmpdir(), 'assay-llama-')),
    command: [process.execPath, join(import.meta.dirname, 'server.ts'), folder, String(port)],
    readyLine: READY,
  });
  await server.start();
  const url = `http://127.0.0.1:${port}`;
  return {
    baseUrl: `${url}/v1`,
    calls: async () => (await (await fetch(url)).json()) as LlamaCall[],
    [Symbol.asyncDispose]: () => server.remove(),
  };
}
