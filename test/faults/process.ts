import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { SWITCH } from '../../src/code-from-text.ts';
import { inherited } from '../support/processes.ts';
import { until } from '../support/wait.ts';

export type LogLine = Record<string, unknown> & { msg?: string };

export type ProgramOptions = {
  role: 'api' | 'worker' | 'all' | 'migrate';
  env: Record<string, string>;
  /** `<point>:<action>[:<n>]`, see points.ts. */
  fault?: string;
};

const ROOT = join(import.meta.dirname, '../..');
const NODE = join(ROOT, 'node_modules/.bin/node');

/** The real program as a process of its own. */
export class Program {
  readonly role: ProgramOptions['role'];
  readonly logs: LogLine[] = [];
  /** Lines of output that are no log lines, standard error included. */
  readonly output: string[] = [];
  readonly #options: ProgramOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }> | undefined;
  url = '';
  probesUrl = '';

  constructor(options: ProgramOptions) {
    this.role = options.role;
    this.#options = options;
  }

  get pid(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error(`the ${this.role} does not run`);
    return pid;
  }

  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts the program; waits until it is ready unless `wait` is false. */
  async start({ fault = this.#options.fault, env = {}, wait = true }: StartOptions = {}): Promise<this> {
    const child = spawn(
      NODE,
      [SWITCH, '--import', join(import.meta.dirname, 'points.ts'), join(ROOT, 'src/main.ts'), this.role],
      {
        cwd: ROOT,
        env: {
          ...inherited(),
          LOG_LEVEL: 'info',
          ...this.#options.env,
          ...env,
          ...(fault ? { FAULT: fault } : {}),
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    const before = this.logs.length;
    if (child.stdout !== null) createInterface(child.stdout).on('line', (line) => this.#take(line));
    if (child.stderr !== null) createInterface(child.stderr).on('line', (line) => this.output.push(line));
    if (!wait) return this;
    const ready = await until(
      () => {
        if (!this.running) throw new Error(`the ${this.role} ended while it started:\n${this.output.join('\n')}`);
        return this.logs.slice(before).find(({ msg }) => msg === 'ready');
      },
      { label: `the ${this.role} to be ready`, timeoutMs: 40_000 },
    );
    this.url = typeof ready['url'] === 'string' ? ready['url'] : '';
    this.probesUrl = String(ready['probesUrl']);
    return this;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) this.#child?.kill(signal);
  }

  /** Resolves to the exit code or signal when the process has ended. */
  async ended(): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    if (this.#ended === undefined) throw new Error(`the ${this.role} was never started`);
    return await this.#ended;
  }

  async kill(): Promise<void> {
    if (!this.running) return;
    this.signal('SIGKILL');
    await this.ended();
  }

  /** Stops the program by SIGTERM; throws if its exit code is not 0. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.signal('SIGCONT');
    this.signal('SIGTERM');
    const { code, signal } = await this.ended();
    if (code !== 0) throw new Error(`the ${this.role} ended with ${code ?? signal}:\n${this.output.join('\n')}`);
  }

  async readiness(): Promise<{ status: number; parts: Record<string, string>; streams?: Record<string, string> }> {
    const response = await fetch(`${this.probesUrl}/readyz`, { signal: AbortSignal.timeout(3_000) });
    const { parts, streams } = (await response.json()) as {
      parts: Record<string, string>;
      streams?: Record<string, string>;
    };
    return { status: response.status, parts, ...(streams === undefined ? {} : { streams }) };
  }

  /** The value of a counter or gauge, summed over its labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.probesUrl}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
  }

  #take(line: string): void {
    if (!line.startsWith('{')) {
      this.output.push(line);
      return;
    }
    this.logs.push(JSON.parse(line) as LogLine);
  }
}

type StartOptions = { fault?: string | undefined; env?: Record<string, string>; wait?: boolean };
