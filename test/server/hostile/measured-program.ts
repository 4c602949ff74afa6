import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SWITCH } from '../../../src/code-from-text.ts';

/** Of the program after a collection of garbage. */
export type Memory = {
  /** Objects and buffers in use. */
  liveBytes: number;
  /** The memory that the operating system has given it. */
  rssBytes: number;
  /** Open TCP connections, those to the database and the broker included. */
  connections: number;
};

export type MeasuredProgram = {
  url: string;
  probesUrl: string;
  memory(): Promise<Memory>;
  [Symbol.asyncDispose](): Promise<void>;
};

const ROOT = join(import.meta.dirname, '../../..');
const NODE = join(ROOT, 'node_modules/.bin/node');
const REPORT = join(import.meta.dirname, 'memory-report.ts');

/** The real api as a process of its own, so that its memory is measured without that of the clients. */
export async function startMeasuredProgram(env: Record<string, string>): Promise<MeasuredProgram> {
  const flags = [SWITCH, '--expose-gc', '--max-old-space-size=1024', '--import', REPORT];
  const child = spawn(NODE, [...flags, join(ROOT, 'src/main.ts'), 'api'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], LOG_LEVEL: 'info', ...env },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const { url, probesUrl } = await readyOf(child);
  return {
    url,
    probesUrl,
    async memory() {
      const report = once(child, 'message') as Promise<[Memory]>;
      child.send('memory');
      return (await report)[0];
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function readyOf({ stdout }: ChildProcess): Promise<{ url: string; probesUrl: string }> {
  if (stdout === null) throw new Error('the program has no output');
  const lines = createInterface(stdout);
  const { promise, resolve, reject } = Promise.withResolvers<{ url: string; probesUrl: string }>();
  lines.on('line', (line) => {
    const { msg, url, probesUrl } = (line.startsWith('{') ? JSON.parse(line) : {}) as Record<string, string>;
    if (msg === 'ready') resolve({ url: url ?? '', probesUrl: probesUrl ?? '' });
  });
  lines.on('close', () => reject(new Error('the program ended while it started')));
  return await promise;
}
