import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from 'nats';
import type { Wire } from '../../src/events.ts';
import { freePort } from './ports.ts';
import { ServerProcess } from './server-process.ts';

export type NatsOptions = {
  /** More lines of the server's configuration, e.g. `authorization { token: secret }`. */
  config?: readonly string[];
  /** @defaultValue true */
  jetStream?: boolean;
  /**
   * Lines of the block `jetstream`. Streams reserve their maximal size; the tests of a whole run reserve more than a disk has.
   * @defaultValue `max_file_store: 1TB`
   */
  jetStreamConfig?: readonly string[];
  /** @defaultValue a temporary folder, removed with the server; a given folder stays */
  storeDir?: string;
  port?: number;
};

export type Nats = {
  url: string;
  port: number;
  pid: () => number;
  /** The server's temporary folder. */
  dir: string;
  storeDir: string;
  /** Ends the server and removes its store. */
  stop(): Promise<void>;
  /** Kills the server; port and store are kept for `restart`. */
  kill(): Promise<void>;
  /** Shuts the server down if it runs, and starts it again. */
  restart(): Promise<void>;
  /** Freezes the server: the kernel still accepts connections. Resolves when it is frozen. */
  pause(): Promise<void>;
  resume(): void;
  /** Kills the server, empties its store and starts it again, without streams and consumers. */
  wipe(): Promise<void>;
  /** Replaces the configuration lines while the server runs; it closes connections that they refuse. */
  reload(config: readonly string[]): void;
};

/** Starts a nats-server on 127.0.0.1, with JetStream, from `.tools` or `NATS_SERVER_BIN`. */
export async function startNats(options: NatsOptions = {}): Promise<Nats> {
  const dir = mkdtempSync(join(tmpdir(), 'assay-nats-'));
  const port = options.port ?? (await freePort());
  const storeDir = options.storeDir ?? join(dir, 'store');
  const configFile = join(dir, 'nats.conf');
  const configure = (lines: readonly string[] = []): void =>
    writeFileSync(
      configFile,
      configuration(port, options.jetStream === false ? undefined : storeDir, lines, options.jetStreamConfig),
    );
  configure(options.config);

  const server = new ServerProcess({
    name: 'nats-server',
    dir,
    command: [serverBinary(), '--config', configFile],
    readyLine: 'Server is ready',
  });
  await server.start().catch(async (error: unknown) => {
    await server.remove();
    throw error;
  });
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    dir,
    storeDir,
    pid: () => server.pid,
    stop: () => server.remove(),
    kill: () => server.kill(),
    restart: async () => {
      if (server.running) await server.stop('SIGTERM');
      await server.start();
    },
    pause: () => server.pause(),
    resume: () => server.resume(),
    wipe: async () => {
      if (server.running) await server.kill();
      rmSync(storeDir, { recursive: true, force: true });
      mkdirSync(storeDir);
      await server.start();
    },
    reload: (lines) => {
      configure(lines);
      server.signal('SIGHUP');
    },
  };
}

function configuration(
  port: number,
  storeDir: string | undefined,
  lines: readonly string[],
  jetStreamLines: readonly string[] = ['max_file_store: 1TB'],
): string {
  const jetStream =
    storeDir === undefined ? [] : ['jetstream {', `store_dir: ${JSON.stringify(storeDir)}`, ...jetStreamLines, '}'];
  return [`listen: "127.0.0.1:${port}"`, ...jetStream, ...lines, ''].join('\n');
}

/** The binary that scripts/setup.sh installs. */
export function serverBinary(): string {
  return process.env['NATS_SERVER_BIN'] ?? fileURLToPath(new URL('../../.tools/nats-server', import.meta.url));
}

/** Deletes a test's streams, since each reserves its maximal size on the disk. */
export async function deleteStreams(natsUrl: string, { workStream, eventsStream, deadStream }: Wire): Promise<void> {
  const connection = await connect({ servers: natsUrl });
  const jsm = await connection.jetstreamManager();
  for (const stream of [workStream, eventsStream, deadStream]) await jsm.streams.delete(stream).catch(() => {}); // not made
  await connection.close();
}
