import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { StartError } from '../../own-error.ts';
import { inDataFolder } from './data-folder.ts';

export type EmbeddedNats = { url: string; user: string; password: string; stop(): Promise<void> };

type Options = {
  /** The folder for its data and its configuration. */
  folder: string;
  /** Called when the server ends by itself. */
  onExit: (code: number | null) => void;
};

const START_WITHIN_MS = 10_000;
const BINARY = resolve(import.meta.dirname, '../../../.tools/nats-server');

/**
 * Starts a nats-server with JetStream as a child process on a free loopback port, with a random password. A shell waits on a
 * pipe to this process and ends the server when the pipe closes, so that it never outlives the program, even after SIGKILL.
 * @throws StartError
 */
export async function startNatsServer({ folder, onExit }: Options): Promise<EmbeddedNats> {
  if (!existsSync(BINARY))
    throw new StartError('nats-server is missing. Run "sh scripts/setup.sh", which fetches it, then start again.');
  const [user, password] = ['assay', randomBytes(18).toString('base64url')];
  const config = join(folder, 'nats.conf');
  inDataFolder(folder, () => {
    removePortsFiles(folder);
    // In a file that only its owner can read: all users of a machine see command lines.
    writeFileSync(config, configuration(folder, user, password), { mode: 0o600 });
  });
  const child = spawn('sh', ['-c', SUPERVISE, 'nats', BINARY, config], {
    // A process group of its own: Ctrl-C must not reach it before the program has finished its work.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  child.stdin.on('error', () => {});
  const stopped = new Promise<void>((done) => child.once('exit', () => done()));
  let stopping = false;
  child.once('exit', (code) => {
    if (!stopping) onExit(code);
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    child.stdin.end();
    await stopped;
  };
  try {
    return { url: await waitForUrl(child, folder), user, password, stop };
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

function configuration(folder: string, user: string, password: string): string {
  const quoted = (text: string): string => JSON.stringify(text);
  return `listen: "127.0.0.1:-1"
ports_file_dir: ${quoted(folder)}
max_payload: 65536
jetstream { store_dir: ${quoted(join(folder, 'jetstream'))} }
authorization { user: ${quoted(user)}, password: ${quoted(password)} }
`;
}

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
  for (const end = performance.now() + START_WITHIN_MS; performance.now() < end && child.exitCode === null;) {
    const [name] = portsFiles(folder);
    const url = name === undefined ? undefined : urlIn(readFileSync(join(folder, name), 'utf8'));
    if (url !== undefined) return url;
    await new Promise((resume) => setTimeout(resume, 20));
  }
  throw new StartError(`nats-server did not start. Mend the cause that it reports, then start again:\n${output}`);
}

/** Undefined while the file is being written. */
function urlIn(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { nats?: string[] }).nats?.[0];
  } catch {
    return undefined;
  }
}
