import { spawn, execFileSync, type ChildProcessByStdio } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';

export type ServerProcessOptions = {
  /** For messages. */
  name: string;
  /** A temporary folder that is the server's alone. */
  dir: string;
  command: readonly [string, ...string[]];
  /** What the server writes to standard error when it is ready. */
  readyLine: string;
  /** Run once by `sh` in `dir`, before the first start, with the command as $1, $2, … */
  prepare?: string;
  /** Whom the server runs as; default: whoever runs the tests. */
  owner?: { uid?: number; gid?: number };
};

const LOG_CHARS_MAX = 8_000;

/**
 * The guard starts the server on each line of its input, and removes server and folder when its input closes. The kernel
 * closes it however this process ends, SIGKILL included. The interrupt goes to the guard's process group and is repeated,
 * since it may fall between two of the commands; the mark comes before the word, since the word may meet a closed pipe.
 */
const GUARD = `
  dir=$1 prepare=$2; shift 2
  serve() {
    sh -c 'echo "pid $$"; exec "$@" >&2' serve "$@"
    : >"$dir/gone"; echo gone
  }
  : >"$dir/gone"
  if sh -c "$prepare" prepare "$@" >&2; then
    while read -r _; do rm -f "$dir/gone"; serve "$@" </dev/null & done
  fi
  trap '' INT
  until [ -e "$dir/gone" ]; do kill -CONT 0; kill -INT 0; sleep 0.1; done
  rm -rf "$dir"`;

/** A server that can be stopped, killed, paused and started again in its folder; nothing of it survives this process. */
export class ServerProcess {
  readonly #options: ServerProcessOptions;
  readonly #guard: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #events = new EventEmitter<{ pid: []; ready: []; gone: [] }>();
  #pid: number | undefined;
  #log = '';

  constructor(options: ServerProcessOptions) {
    this.#options = options;
    this.#guard = spawn('sh', ['-c', GUARD, 'guard', options.dir, options.prepare ?? ':', ...options.command], {
      ...options.owner,
      cwd: options.dir,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: options.dir },
    });
    this.#guard.stdin.on('error', () => {}); // the guard is gone: `exit` says so
    this.#guard.stdout.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.#guard.stderr.setEncoding('utf8').on('data', (text: string) => this.#record(text));
    this.#guard.once('exit', () => this.#events.emit('gone'));
    this.#guard.once('error', () => this.#events.emit('gone'));
    this.#awaited(false);
  }

  get running(): boolean {
    return this.#pid !== undefined;
  }

  /** What the server has written since its last start: the end of it. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when the server says that it is ready; fails with its log when it ends instead. */
  async start(): Promise<void> {
    if (this.running) throw new Error(`${this.#options.name} is running already`);
    this.#log = '';
    const outcome = this.#next('ready', 'gone');
    this.#guard.stdin.write('start\n');
    if ((await outcome) === 'ready') return;
    throw new Error(`${this.#options.name} did not start (${this.#options.command[0]}):\n${this.#log}`);
  }

  /** Resolves when the server is gone; its folder stays. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' | 'SIGTERM'): Promise<void> {
    await this.#end(() => this.signal(signal));
  }

  /** The server and its children, at once, as the kernel would when memory runs out. */
  async kill(): Promise<void> {
    await this.#end(() => signalAll([this.#running(), ...childrenOf(this.#running())], 'SIGKILL'));
  }

  /** Frozen, children included: connections stay open, and nothing answers. */
  pause(): void {
    const pid = this.#running();
    signalAll([pid], 'SIGSTOP'); // first, so that no new child comes
    signalAll(childrenOf(pid), 'SIGSTOP');
  }

  resume(): void {
    const pid = this.#running();
    signalAll([...childrenOf(pid), pid], 'SIGCONT');
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.#running(), signal);
  }

  /** Ends the server if it runs, and removes its folder. */
  async remove(): Promise<void> {
    if (this.#guard.exitCode !== null || this.#guard.signalCode !== null) return;
    if (this.#pid !== undefined) this.resume();
    const ended = once(this.#guard, 'exit');
    this.#awaited(true);
    this.#guard.stdin.end();
    await ended;
  }

  #hear(text: string): void {
    for (const line of text.trim().split('\n')) {
      if (line.startsWith('pid ')) this.#pid = Number(line.slice(4));
      if (line !== 'gone') continue;
      this.#pid = undefined;
      this.#events.emit('gone');
    }
  }

  #record(text: string): void {
    this.#log = (this.#log + text).slice(-LOG_CHARS_MAX);
    if (this.#log.includes(this.#options.readyLine)) this.#events.emit('ready');
  }

  async #end(act: () => void): Promise<void> {
    const gone = this.#next('gone');
    act();
    await gone;
  }

  #running(): number {
    if (this.#pid === undefined) throw new Error(`${this.#options.name} is not running`);
    return this.#pid;
  }

  #next<E extends 'ready' | 'gone'>(...events: E[]): Promise<E> {
    this.#awaited(true);
    return new Promise<E>((resolve) => {
      for (const event of events) this.#events.once(event, () => resolve(event));
    }).finally(() => {
      for (const event of events) this.#events.removeAllListeners(event);
      this.#awaited(false);
    });
  }

  /** While nobody waits for it, the server keeps no process alive. */
  #awaited(yes: boolean): void {
    const { stdin, stdout, stderr } = this.#guard;
    for (const held of [this.#guard, stdin as Socket, stdout as Socket, stderr as Socket]) {
      if (yes) held.ref();
      else held.unref();
    }
  }
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // it ended in the meantime
    }
  }
}

/** PostgreSQL's children lead process groups of their own, so that a signal to the group would miss them. */
function childrenOf(parent: number): number[] {
  const processes = existsSync('/proc/self/stat') ? fromProc() : fromPs();
  return processes.filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
}

function fromProc(): [pid: number, ppid: number][] {
  const found: [number, number][] = [];
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, ''); // "<state> <ppid> …"
      found.push([Number(pid), Number(afterName.split(' ')[1])]);
    } catch {
      // it ended in the meantime
    }
  }
  return found;
}

function fromPs(): [pid: number, ppid: number][] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
}
