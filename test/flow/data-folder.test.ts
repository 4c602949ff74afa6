import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { clientWith, startClient } from '../support/client.ts';
import { childrenOf } from '../support/processes.ts';
import { until } from '../support/wait.ts';
import { launchProgram, startProgram } from './program.ts';

function dataFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-data-'));
  const env = { PORT: '0', DATA_DIR: folder, SUBMITS_PER_MINUTE: '0', SESSIONS_PER_MINUTE: '0' };
  return { folder, env, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('a second program on the same data folder refuses to start, and harms nothing', { timeout: 120_000 }, async () => {
  using data = dataFolder();
  await using first = await startProgram('all', data.env);
  const client = await startClient(first.url);
  const before = await client.submit();
  await client.completion(before);
  await using second = launchProgram('all', data.env);
  expect(await second.exited).toEqual({ code: 78, signal: null });
  expect(second.stderr()).toBe(
    `The data folder ${data.folder} is in use by another Assay process. Stop that one, or choose another folder by DATA_DIR.\n`,
  );
  const after = await client.submit();
  const [event] = await client.completion(after);
  expect(event.data.recommendationCompleted.assessment.status).toBe('COMPLETED');
  expect((await client.read(before)).status).toBe('COMPLETED');
  first.signal('SIGTERM');
  expect(await first.exited).toEqual({ code: 0, signal: null });
  expect(first.stderr()).toBe('');
});

test(
  'a program that was killed leaves no broker behind, and its data is there at the next start',
  { timeout: 120_000 },
  async () => {
    using data = dataFolder();
    let cookie = '';
    let id = '';
    let descendants: number[] = [];
    {
      await using killed = await startProgram('all', data.env);
      const client = await startClient(killed.url);
      ({ cookie } = client);
      id = await client.submit();
      await client.completion(id);
      const guards = childrenOf(killed.pid);
      descendants = [...guards, ...guards.flatMap(childrenOf)];
      expect(descendants.length).toBeGreaterThanOrEqual(2);
      killed.signal('SIGKILL');
      expect(await killed.exited).toEqual({ code: null, signal: 'SIGKILL' });
    }
    await until(() => !descendants.some(isAlive), { label: 'the broker to be gone' });
    await using program = await startProgram('all', data.env);
    const client = clientWith(program.url, cookie);
    expect(await client.read(id)).toMatchObject({ id, status: 'COMPLETED', version: 3 });
    await client.completion(await client.submit());
  },
);
