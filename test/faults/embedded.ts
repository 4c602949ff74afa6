import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { clientWith, startClient, type Client } from '../support/client.ts';
import { fewAtATime } from '../support/few-at-a-time.ts';
import { childrenOf, signalAll } from '../support/processes.ts';
import { until } from '../support/wait.ts';
import { Program } from './process.ts';

const VISITORS = 4;

/**
 * Kills the program with its embedded database and broker in the middle of work, many times, every process of it at once.
 * In the end each accepted assessment is there and has a result.
 */
export async function expectKillsLoseNothing(kills: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-kills-'));
  const env = { PORT: '0', METRICS_PORT: '0', DATA_DIR: folder, WORKER_CONCURRENCY: '32', ...UNLIMITED };
  const program = new Program({ role: 'all', env });
  const accepted: string[] = [];
  let cookie = '';
  try {
    for (let kill = 0; kill < kills; kill++) {
      await program.start();
      const client: Client = cookie === '' ? await startClient(program.url) : clientWith(program.url, cookie);
      cookie = client.cookie;
      // Each kill comes after another number of answers, the first before any.
      const enough = accepted.length + (kill % 7) * 3;
      let over = false;
      const visitors = Array.from({ length: VISITORS }, async () => {
        while (!over) {
          try {
            accepted.push(await client.submit());
          } catch (error) {
            if (!over) throw error;
          }
        }
      });
      await Promise.race([until(() => accepted.length >= enough, { timeoutMs: 60_000 }), ...visitors]);
      over = true;
      await killAll(program);
      await Promise.all(visitors);
    }
    await program.start();
    const client = clientWith(program.url, cookie);
    for (const id of accepted) expect(await client.read(id), `the assessment ${id}`).toMatchObject({ id });
    await fewAtATime(4, accepted, async (id) => {
      await until(async () => (await client.read(id)).status === 'COMPLETED', PATIENT);
    });
    await program.stop();
  } finally {
    await killAll(program);
    rmSync(folder, { recursive: true, force: true });
  }
}

const UNLIMITED = { SUBMITS_PER_MINUTE: '0', QUERY_COST_PER_MINUTE: '0' };
const PATIENT = { timeoutMs: 120_000, intervalMs: 100 };

async function killAll(program: Program): Promise<void> {
  if (!program.running) return;
  const pids = withDescendants(program.pid);
  signalAll(pids, 'SIGKILL');
  await program.ended();
}

const withDescendants = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(withDescendants)];
