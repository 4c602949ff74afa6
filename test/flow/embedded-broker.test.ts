import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { streamRoom } from '../../src/adapters/embedded/nats-server.ts';
import { serversOf } from '../../src/adapters/embedded/nats-processes.ts';
import { clientWith, startClient, type Client } from '../support/client.ts';
import { childrenOf, freeze, signalAll } from '../support/processes.ts';
import { until } from '../support/wait.ts';
import { launchProgram, startProgram } from './program.ts';

function place() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-broker-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const config = join(folder, 'nats.conf');
  return { folder, servers: () => serversOf(config), env: { PORT: '0', DATA_DIR: folder, SUBMITS_PER_MINUTE: '0' } };
}

/** Also without the broker: an end that is not pushed is read. */
async function expectWork(client: Client): Promise<void> {
  const id = await client.submit();
  const isDone = async () => (await client.read(id)).status === 'COMPLETED';
  await until(isDone, { label: 'the assessment to be completed', timeoutMs: 60_000, intervalMs: 100 });
}

const descendantsOf = (pid: number): number[] => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

describe('an embedded nats-server', () => {
  test('that is killed is started again, told as a warning, and work goes on', async () => {
    const { servers, env } = place();
    await using program = await startProgram('all', env);
    const client = await startClient(program.url);
    await expectWork(client);
    for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
      const [before] = servers();
      signalAll([before ?? 0], signal);
      await until(() => servers().some((pid) => pid !== before), { label: 'another one', timeoutMs: 60_000 });
      await expectWork(client);
      expect(servers()).toHaveLength(1);
    }
    const lines = program
      .stdout()
      .split('\n')
      .filter((line) => line.includes('the embedded nats-server ended: starting'));
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['warn', 'warn']);
    program.signal('SIGTERM');
    expect(await program.exited).toEqual({ code: 0, signal: null });
    expect(servers()).toEqual([]);
  });

  test('whose shells are killed is replaced by one with shells, and work goes on', async () => {
    const { servers, env } = place();
    await using program = await startProgram('all', env);
    const client = await startClient(program.url);
    const [before] = servers();
    signalAll(
      descendantsOf(program.pid).filter((pid) => pid !== before),
      'SIGKILL',
    );
    await until(() => servers().length === 1 && servers()[0] !== before, { label: 'another one', timeoutMs: 60_000 });
    await expectWork(client);
    program.signal('SIGKILL');
    await program.exited;
    await until(() => servers().length === 0, { label: 'the server to end with the program', timeoutMs: 60_000 });
  });

  test('that outlives its killed program is ended at the next start, which works', async () => {
    const { servers, env } = place();
    const program = await startProgram('all', env);
    const client = await startClient(program.url);
    await expectWork(client);
    const [orphan] = servers();
    // Stopped, the program can not notice that the shells are gone.
    await freeze([program.pid]);
    signalAll(
      descendantsOf(program.pid).filter((pid) => pid !== orphan),
      'SIGKILL',
    );
    program.signal('SIGKILL');
    await program.exited;
    expect(servers()).toEqual([orphan]);

    await using next = await startProgram('all', env);
    expect(servers()).toHaveLength(1);
    expect(servers()).not.toContain(orphan);
    await expectWork(clientWith(next.url, client.cookie));
  });

  test('gets streams that are small, and smaller on a small disk', () => {
    expect(streamRoom(100e9)).toEqual({ work: 67_108_864, events: 33_554_432, dead: 16_777_216 });
    expect(streamRoom(200e6)).toEqual({ work: 25_000_000, events: 12_500_000, dead: 6_250_000 });
    expect(streamRoom(0)).toEqual({ work: 4_194_304, events: 2_097_152, dead: 1_048_576 });
  });
});

const rights = process.getuid?.() === 0 ? ['--mount'] : ['--mount', '--map-root-user'];
const mounting = (folder: string, bytes: string) => `mount -t tmpfs -o size=${bytes} tmpfs ${folder}`;
const canMount = (): boolean => spawnSync('unshare', [...rights, 'sh', '-c', mounting('/tmp', '1m')]).status === 0;

/** In a namespace of its own, whose end removes the disk. Containers may forbid it. */
describe.skipIf(!canMount())('a data folder on a disk of', () => {
  const onDisk = (bytes: string) => {
    const { folder, env } = place();
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const wrap = ['unshare', ...rights, 'sh', '-c', `${mounting(disk, bytes)} && exec "$0" "$@"`];
    return { data: join(disk, 'data'), env: { ...env, DATA_DIR: join(disk, 'data') }, wrap };
  };

  test('200 MB serves', async () => {
    const { env, wrap } = onDisk('200m');
    await using program = launchProgram('all', env, undefined, wrap);
    const { url } = await program.ready();
    await expectWork(await startClient(url));
    program.signal('SIGTERM');
    expect(await program.exited).toEqual({ code: 0, signal: null });
  });

  test('100 MB is refused with what is missing', async () => {
    const { data, env, wrap } = onDisk('100m');
    await using program = launchProgram('all', env, undefined, wrap);
    expect(await program.exited).toEqual({ code: 78, signal: null });
    expect(program.stderr()).toBe(
      `The disk of the data folder ${data} has 104 MB of free space: the embedded database and broker need 128 MB. ` +
        'Free some space, or choose another folder by DATA_DIR.\n',
    );
  });
});
