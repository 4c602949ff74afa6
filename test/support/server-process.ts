import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { childrenOf, freeze, signalAll } from './processes.ts';

export type ServerProcessOptions = {
  /** For messages. */
  name: string;
  /** A temporary folder that is the server's alone. */
  dir: string;
  command: readonly [string, ...string[]];
  /** Text on standard error by which the server reports that it is ready. Without it a start ends with the process's begin. */
  readyLine?: string;
  /** Run once by `sh` in `dir`, before the first start, with the command as $1, $2, … */
  prepare?: string;
  /** User of the server. @defaultValue the user of the tests */
  owner?: { uid?: number; gid?: number };
  /** Variables besides PATH and HOME; the server gets no others of this process. */
  env?: Record<string, string>;
};

const LOG_CHARS_MAX = 8_000;

/**
 * The guard starts the server on each line of its input, and removes server and folder when its input closes. The kernel
 * closes it at any end of this process, SIGKILL included. The signal goes to the guard's process group (background commands
 * of `sh` ignore it, servers do not) and is repeated, since it may come before the server has signal handlers. The file
 * `gone` is created even if the output pipe is closed: SIGPIPE is ignored.
 */
const GUARD = `
  dir=$1 prepare=$2; shift 2
  serve() {
    trap '' PIPE
    sh -c 'echo "guard pid $$" >&2; exec "$@" >&2' serve "$@"
    : >"$dir/gone"; printf '\\nguard gone\\n' >&2
  }
  : >"$dir/gone"
  if sh -c "$prepare" prepare "$@" >&2; then
    while read -r _; do rm -f "$dir/gone"; serve "$@" </dev/null & done
  fi
  trap '' QUIT
  until [ -e "$dir/gone" ]; do kill -CONT 0; kill -QUIT 0; sleep 0.1; done
  rm -rf "$dir"`;

/** A server that can be stopped, killed, paused and started again in its folder, and never survives this process. */
export class ServerProcess {
  readonly #options: ServerProcessOptions;
  readonly #guard: ChildProcessByStdio<Writable, null, Readable>;
  readonly #events = new EventEmitter<{ ready: []; gone: [] }>();
  #pid: number | undefined;
  #log = '';

  constructor(options: ServerProcessOptions) {
    this.#options = options;
    this.#guard = spawn('sh', ['-c', GUARD, 'guard', options.dir, options.prepare ?? ':', ...options.command], {
      ...options.owner,
      cwd: options.dir,
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: options.dir, ...options.env },
    });
    this.#guard.stdin.on('error', () => {}); // the guard has ended: see `exit`
    createInterface(this.#guard.stderr).on('line', (line) => this.#hear(line));
    this.#guard.once('exit', () => this.#events.emit('gone'));
    this.#guard.once('error', () => this.#events.emit('gone'));
    this.#awaited(false);
  }

  get running(): boolean {
    return this.#pid !== undefined;
  }

  /** @throws Error if it is not running. */
  get pid(): number {
    if (this.#pid === undefined) throw new Error(`${this.#options.name} is not running`);
    return this.#pid;
  }

  get #removed(): boolean {
    return this.#guard.exitCode !== null || this.#guard.signalCode !== null;
  }

  /** The end of the server's output since its last start. */
  get log(): string {
    return this.#log;
  }

  /** Resolves when the server is ready; rejects with its log if it ends instead. */
  async start(): Promise<void> {
    if (this.running) throw new Error(`${this.#options.name} is running already`);
    if (this.#removed) throw new Error(`${this.#options.name} was removed, or could not be prepared:\n${this.#log}`);
    this.#log = '';
    const outcome = this.#next('ready', 'gone');
    this.#guard.stdin.write('start\n');
    if ((await outcome) === 'ready') return;
    throw new Error(`${this.#options.name} did not start (${this.#options.command[0]}):\n${this.#log}`);
  }

  /** Resolves when the server has ended; its folder stays. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' | 'SIGTERM'): Promise<void> {
    this.resume(); // a paused server would not receive the signal
    await this.#end(() => this.signal(signal));
  }

  /** Kills the server and its children at once, as the kernel does when memory runs out. */
  async kill(): Promise<void> {
    const pid = this.pid;
    await this.#end(() => signalAll([pid, ...childrenOf(pid)], 'SIGKILL'));
  }

  /** Freezes the server and its children: connections stay open. Resolves when all are frozen. */
  async pause(): Promise<void> {
    const pid = this.pid;
    await freeze([pid]); // first, so that no new child comes
    await freeze(childrenOf(pid));
  }

  resume(): void {
    const pid = this.pid;
    signalAll([...childrenOf(pid), pid], 'SIGCONT');
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Ends the server if it runs, and removes its folder. */
  async remove(): Promise<void> {
    if (this.#removed) return;
    if (this.running) this.resume();
    const ended = once(this.#guard, 'exit');
    this.#awaited(true);
    this.#guard.stdin.end();
    await ended;
  }

  /** The guard's lines come by the same pipe as the server's log, so that their order is known. */
  #hear(line: string): void {
    const { readyLine } = this.#options;
    if (line.startsWith('guard pid ')) {
      this.#pid = Number(line.slice('guard pid '.length));
      if (readyLine === undefined) this.#events.emit('ready');
    } else if (line === 'guard gone') {
      this.#pid = undefined;
      this.#events.emit('gone');
    } else {
      this.#log = `${this.#log}${line}\n`.slice(-LOG_CHARS_MAX);
      if (readyLine !== undefined && line.includes(readyLine)) this.#events.emit('ready');
    }
  }

  async #end(act: () => void): Promise<void> {
    const gone = this.#next('gone');
    act();
    await gone;
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

  /** The server keeps this process alive only while a call waits for it. */
  #awaited(yes: boolean): void {
    const { stdin, stderr } = this.#guard;
    const pipes = [stdin, stderr].filter((stream) => stream instanceof Socket);
    for (const held of [this.#guard, ...pipes]) {
      if (yes) held.ref();
      else held.unref();
    }
  }
}
