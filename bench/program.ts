import { SWITCH } from '../src/code-from-text.ts';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../test/support/ports.ts';
import { ServerProcess } from '../test/support/server-process.ts';

/** An api or worker as a process of its own, which ends with the benchmark in any case. */
export type Program = {
  role: 'api' | 'worker';
  url: string;
  pid: () => number;
  /** The end of its output. */
  log: () => string;
  stop: () => Promise<void>;
};

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const START_MS = 60_000;
/** Running work need not finish. */
const STOP_MS = 3_000;

/** Starts it and waits until it is ready. */
export async function startProgram(
  { role, env, nodeOptions }: { role: Program['role']; env: Record<string, string>; nodeOptions: readonly string[] },
  open: AsyncDisposableStack,
): Promise<Program> {
  const [port, probesPort] = [await freePort(), await freePort()];
  const process_ = new ServerProcess({
    name: role,
    // Outside of the project's folder, which may have a file `.env`.
    dir: mkdtempSync(join(tmpdir(), `assay-bench-${role}-`)),
    command: [process.execPath, SWITCH, ...nodeOptions, MAIN, role],
    env: { ...env, PORT: String(port), METRICS_PORT: String(probesPort) },
  });
  const stop = async (): Promise<void> => {
    if (process_.running) await Promise.race([process_.stop('SIGTERM'), pause(STOP_MS, undefined, { ref: false })]);
    await process_.remove();
  };
  open.defer(stop);
  await within(START_MS, untilReady(process_, `http://127.0.0.1:${probesPort}/readyz`), `the ${role} to be ready`);
  return { role, url: `http://127.0.0.1:${port}`, pid: () => process_.pid, log: () => process_.log, stop };
}

const LOOK_EVERY_MS = 50;

/** By its probe, since its log may be silent. */
async function untilReady(program: ServerProcess, url: string): Promise<void> {
  await program.start();
  const isReady = (): Promise<boolean> =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (!program.running) throw new Error(`the program has ended: ${program.log}`);
    await pause(LOOK_EVERY_MS);
  }
}

async function within(ms: number, work: Promise<void>, what: string): Promise<void> {
  const tooLate = new AbortController();
  const timer = pause(ms, undefined, { signal: tooLate.signal }).then(() => {
    throw new Error(`waited ${ms} ms in vain for ${what}`);
  });
  try {
    await Promise.race([work, timer]);
  } finally {
    tooLate.abort();
    timer.catch(() => {});
  }
}
