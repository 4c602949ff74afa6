import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lockDataFolder } from '../../src/adapters/embedded/data-folder.ts';
import { clientWith, startClient, type Client } from '../support/client.ts';
import { childrenOf } from '../support/processes.ts';
import { until } from '../support/wait.ts';
import { launchProgram, startProgram, type Program } from './program.ts';

function dataFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-data-'));
  const env = {
    PORT: '0',
    DATA_DIR: folder,
    SUBMITS_PER_MINUTE: '0',
    SESSIONS_PER_MINUTE: '0',
  };
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

/** Both tests share a folder and a running program: each start of an embedded database takes seconds. */
describe('a data folder', { timeout: 120_000 }, () => {
  const data = dataFolder();
  let program: Program & { url: string };
  let client: Client;

  beforeAll(async () => {
    program = await startProgram('all', data.env);
    client = await startClient(program.url);
  });

  afterAll(async () => {
    await program[Symbol.asyncDispose]();
    data[Symbol.dispose]();
  });

  test('is refused to a second program, and the first one goes on', async () => {
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
    expect(program.stderr()).toBe('');
  });

  test('keeps its assessments when the program is killed, and the broker ends with the program', async () => {
    const id = await client.submit();
    await client.completion(id);
    const guards = childrenOf(program.pid);
    const descendants = [...guards, ...guards.flatMap(childrenOf)];
    expect(descendants.length).toBeGreaterThanOrEqual(2);
    program.signal('SIGKILL');
    expect(await program.exited).toEqual({ code: null, signal: 'SIGKILL' });
    await until(() => !descendants.some(isAlive), { label: 'the broker to be gone' });

    program = await startProgram('all', data.env);
    const returned = clientWith(program.url, client.cookie);
    expect(await returned.read(id)).toMatchObject({ id, status: 'COMPLETED', version: 3 });
    await returned.completion(await returned.submit());
    program.signal('SIGTERM');
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(program.stderr()).toBe('');
  });
});

/** Paths below an existing folder, unless they begin at the root. */
const UNUSABLE: Record<string, (folder: string) => string> = {
  'a file': (folder) => join(folder, 'file'),
  'something below a file': (folder) => join(folder, 'file', 'a', 'b'),
  'something below a device': () => '/dev/null/a/b',
  'a link that leads nowhere': (folder) => join(folder, 'dangling'),
  'a link to itself': (folder) => join(folder, 'circle', 'a'),
  'a name that is too long': (folder) => join(folder, 'a'.repeat(300)),
  'a path that is too long': (folder) => join(folder, ...Array.from({ length: 3_000 }, () => 'a')),
  'a folder with a folder in place of its lock': (folder) => join(folder, 'locked'),
  'a folder with a folder in place of a file of the broker': (folder) => join(folder, 'configured'),
  // Folders in which even root can't create files.
  ...(existsSync('/proc/self')
    ? {
        'something below /proc': () => '/proc/assay/a/b',
        '/proc': () => '/proc',
        'a folder of /sys': () => '/sys/kernel',
      }
    : {}),
};

describe('the start ends at once and names DATA_DIR if that is', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'assay-data-'));
    writeFileSync(join(folder, 'file'), '');
    symlinkSync(join(folder, 'nothing', 'here'), join(folder, 'dangling'));
    symlinkSync(join(folder, 'circle'), join(folder, 'circle'));
    mkdirSync(join(folder, 'locked', 'lock'), { recursive: true });
    mkdirSync(join(folder, 'configured', 'nats.conf'), { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(Object.keys(UNUSABLE))('%s', async (name) => {
    const path = UNUSABLE[name]?.(folder) ?? '';
    await using program = launchProgram('all', { PORT: '0', DATA_DIR: path });
    expect(await program.exited).toEqual({ code: 78, signal: null });
    expect(program.stderr()).toMatch(
      /^The data folder .+ can not be used \([A-Z_]+\): .+ choose another folder by DATA_DIR\.\n$/,
    );
  });

  test('but missing folders are made, for their owner only, also by a path with ..', async () => {
    const path = `${folder}/deep/er/../est`;
    const lock = lockDataFolder(resolve(path));
    lock.unlock();
    expect(statSync(join(folder, 'deep', 'est')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(folder, 'deep', 'est'))).toEqual(['lock']);
  });
});
