import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../own-error.ts';
import { inDataFolder } from './data-folder.ts';
import { endServersOf } from './nats-processes.ts';

export type EmbeddedNats = { url: string; user: string; password: string; stop(): Promise<void> };

type Options = {
  /** The folder for its data and its configuration. */
  folder: string;
  /** Called when the server has ended by itself, and when a start after it has failed. */
  onTrouble: (trouble: Trouble) => void;
};

/** How the server ended, or why it did not start; the next try is in `retryMs`. */
export type Trouble = { retryMs: number; code?: number | null; signal?: string | null; error?: unknown };

const START_WITHIN_MS = 10_000;
const STOP_WITHIN_MS = 10_000;
const RETRY_MS = 250;
const RETRY_MAX_MS = 5_000;
/** After a server that ran for this long the first pause is short again. */
const HEALTHY_MS = 30_000;
const BINARY = resolve(import.meta.dirname, '../../../.tools/nats-server');

/**
 * Starts a nats-server with JetStream as a child process on a free loopback port, with a random password. A shell waits on a
 * pipe to this process and ends the server when the pipe closes, so that it does not outlive the program, even after
 * SIGKILL. A server that ends by itself is started again on its folder and port.
 * @throws StartError
 */
export async function startNatsServer({ folder, onTrouble }: Options): Promise<EmbeddedNats> {
  if (!existsSync(BINARY))
    throw new StartError('nats-server is missing. Run "sh scripts/setup.sh", which fetches it, then start again.');
  const place = { folder: realpathSync(folder), user: 'assay', password: randomBytes(18).toString('base64url') };
  const first = await launch(place, ANY_PORT);
  const stop = keepRunning(first, () => launch(place, new URL(first.url).port), onTrouble);
  return { url: first.url, user: place.user, password: place.password, stop };
}

/** Starts a server again whenever it has ended, until the returned function is called. */
function keepRunning(
  first: Server,
  again: () => Promise<Server>,
  onTrouble: Options['onTrouble'],
): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let server = first;
  const keep = async (): Promise<void> => {
    let trouble: Partial<Trouble> = await server.ended;
    for (let retryMs = RETRY_MS; !signal.aborted; retryMs = Math.min(2 * retryMs, RETRY_MAX_MS)) {
      onTrouble({ ...trouble, retryMs });
      await sleep(retryMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        server = await again();
        if (signal.aborted) return await server.stop();
        const startedAt = performance.now();
        trouble = await server.ended;
        if (performance.now() - startedAt >= HEALTHY_MS) retryMs = RETRY_MS / 2;
      } catch (error) {
        trouble = { error };
      }
    }
  };
  const kept = keep();
  return async () => {
    stopping.abort();
    await server.stop();
    await kept;
  };
}

type Place = { folder: string; user: string; password: string };
type Server = {
  url: string;
  ended: Promise<{ code: number | null; signal: string | null }>;
  stop(): Promise<void>;
};

const ANY_PORT = '-1';

/** Ends what is left of an earlier server of the folder, and starts a new one. @throws StartError */
async function launch(place: Place, port: string): Promise<Server> {
  const { folder } = place;
  const config = join(folder, 'nats.conf');
  await endServersOf(config);
  inDataFolder(folder, () => {
    removePortsFiles(folder);
    // In a file that only its owner can read: all users of a machine see command lines.
    writeFileSync(config, configuration(place, port), { mode: 0o600 });
  });
  const child = spawn('sh', ['-c', SUPERVISE, 'nats', BINARY, config], {
    // A process group of its own: Ctrl-C must not reach it before the program has finished its work.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'exit').then(([code, signal]: (number | string | null)[]) => {
    // A reader that outlives its shell ends the server then.
    child.stdin.destroy();
    return { code: code as number | null, signal: signal as string | null };
  });
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const deadline = new AbortController();
    await Promise.race([ended, sleep(STOP_WITHIN_MS, undefined, { signal: deadline.signal }).catch(() => {})]);
    deadline.abort();
    await endServersOf(config);
  };
  try {
    return { url: await waitForUrl(child, folder), ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

// `read` returns when this process closes the pipe or ends; TERM makes the server write its state. A server that ends by
// itself ends the shell, whose exit this process sees.
const SUPERVISE = `exec 3<&0
"$1" -c "$2" </dev/null 3<&- & server=$!
{ read -r _ <&3; kill -TERM $server; } & reader=$!
wait $server; code=$?
kill $reader 2>/dev/null
exit $code`;

function configuration({ folder, user, password }: Place, port: string): string {
  const quoted = (text: string): string => JSON.stringify(text);
  return `listen: "127.0.0.1:${port}"
ports_file_dir: ${quoted(folder)}
max_payload: 65536
jetstream { store_dir: ${quoted(join(folder, 'jetstream'))}, max_file_store: ${FILE_STORE_BYTES_MAX} }
authorization { user: ${quoted(user)}, password: ${quoted(password)} }
`;
}

/**
 * The bytes that streams may reserve together: more than those of any version of this program. By default the server reckons with
 * the free disk, and refuses the streams of a disk that became fuller. The streams are sized by `streamRoom`.
 */
const FILE_STORE_BYTES_MAX = 1024 * 1024 * 1024;

/** Sizes of new streams: small ones, and smaller ones on a disk with little free space. Existing ones stay as they are. */
export function streamRoom(freeBytes: number): { work: number; events: number; dead: number } {
  const work = Math.min(Math.max(Math.floor(freeBytes / 8), WORK_BYTES_MIN), WORK_BYTES_MAX);
  return { work, events: Math.floor(work / 2), dead: Math.floor(work / 4) };
}

/** Room for some 250,000 messages; what does not fit waits in the database. */
const WORK_BYTES_MAX = 64 * 1024 * 1024;
const WORK_BYTES_MIN = 4 * 1024 * 1024;

const portsFiles = (folder: string): string[] =>
  readdirSync(folder).filter((name) => name.startsWith('nats-server') && name.endsWith('.ports'));

function removePortsFiles(folder: string): void {
  for (const name of portsFiles(folder)) rmSync(join(folder, name));
}

/** The address of the started server, which writes its port into a file. */
async function waitForUrl(child: ChildProcess, folder: string): Promise<string> {
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-2_000);
  });
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  for (const end = performance.now() + START_WITHIN_MS; performance.now() < end && !hasEnded();) {
    const [name] = portsFiles(folder);
    const url = name === undefined ? undefined : urlIn(readFileSync(join(folder, name), 'utf8'));
    if (url !== undefined) return url;
    await sleep(20);
  }
  throw new StartError(
    `nats-server did not start in the data folder ${folder}. Mend the cause that it reports, or choose another folder by DATA_DIR; ` +
      `the folder "jetstream" in it holds nothing that is not in the database, and may be removed:\n${output}`,
  );
}

/** Undefined while the file is being written. */
function urlIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { nats?: string[] }).nats?.[0];
  } catch {
    return undefined;
  }
}
