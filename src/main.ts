import './no-debugger.ts';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { forbidCodeFromText } from './code-from-text.ts';
import { loadEnvironmentFile, readConfig, type Config, type Role } from './config.ts';
import { createLog, describeError, type Log } from './log.ts';
import { GaveUpError, StartError } from './own-error.ts';

/** sysexits.h: the configuration is wrong; starting again will not help. */
const EXIT_CONFIG = 78;
const ROLES: readonly string[] = ['all', 'api', 'worker', 'migrate'] satisfies Role[];
const EXIT_FAILURE = 1;

/** For a person at a terminal. Whoever collects standard output gets lines of the structured log only. */
function say(role: Role, text: string): void {
  if (role === 'all' && process.stdout.isTTY) process.stdout.write(`${text}\n`);
}
const complain = (text: string): void => void process.stderr.write(`${text}\n`);

async function main(role: string): Promise<void> {
  forbidCodeFromText();
  if (!ROLES.includes(role)) {
    complain(`There is no role "${role}". Start with one of: ${ROLES.join(', ')} (none: all).`);
    process.exit(EXIT_CONFIG);
  }
  // Reuses the code compiled at an earlier start, which saves a quarter of the time until ready. Where the folder can't be
  // written, as in a container, Node keeps nothing.
  enableCompileCache(join(import.meta.dirname, '../node_modules/.cache/node'));
  const { migrate, startApp } = await import('./app.ts');
  loadEnvironmentFile();
  const config = readConfig(role as Role);
  const log = createLog(config.logLevel, role);
  if (log.level !== 'silent')
    report = (error) => log.fatal({ err: error }, 'an unhandled error: the program ends, start it again');
  if (config.role === 'migrate') {
    await migrate(config, log);
    log.info('the database is up to date');
    return;
  }
  let close: (() => Promise<void>) | undefined;
  // Registered before the start: a program that is still starting has nothing to finish.
  stopOnSignal(() => close?.() ?? Promise.resolve(), config, log);
  const app = await startApp(config, log);
  close = app.close;
  if (app.url !== undefined) {
    const url = app.url.replace('127.0.0.1', 'localhost');
    say(config.role, `\nAssay is ready: ${url}${config.graphiql ? `   GraphiQL: ${url}/graphql` : ''}`);
  }
  if (config.embedded)
    say(
      config.role,
      `Embedded: database and broker, with data in ${config.dataDir}/${config.demoModel ? ', and a demo model' : ''}. ` +
        'They serve one process: give DATABASE_URL and NATS_URL for several.',
    );
}

/** Ctrl-C under `npm start` arrives twice: the terminal sends SIGINT to the program, and npm passes its own on. */
const SAME_KEY_PRESS_MS = 500;

/** The first signal lets work finish; a second one does not wait. */
function stopOnSignal(
  close: () => Promise<void>,
  { role, shutdownGraceMs: graceMs }: Pick<Config, 'role' | 'shutdownGraceMs'>,
  log: Log,
): void {
  let first: { signal: string; at: number } | undefined;
  const stop = (signal: string): void => {
    if (first?.signal === signal && performance.now() - first.at < SAME_KEY_PRESS_MS) return;
    if (first !== undefined) {
      complain('Stopped at once: unfinished work was given up and will be repeated.');
      process.exit(1);
    }
    first = { signal, at: performance.now() };
    say(
      role,
      `${signal}: finishing running work (at most ${Math.ceil(graceMs / 1000)} s). Signal again to stop at once.`,
    );
    log.info({ signal, graceMs }, 'finishing running work; signal again to stop at once');
    close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  // SIGHUP: the terminal was closed, or a supervisor wants a restart.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop(signal));
}

/** Reports an unhandled error: on standard error until there is a log. */
let report = (error: unknown): void => complain(`Unhandled error: ${JSON.stringify(describeError(error))}`);

// Node itself would print the message, which may quote a key or an answer.
process.once('uncaughtException', (error: unknown) => {
  try {
    report(error);
  } finally {
    process.exit(EXIT_FAILURE);
  }
});

/** The text and the exit status for a start that failed. */
function explain(error: unknown): { text: string; status: number } {
  if (error instanceof StartError) return { text: error.message, status: EXIT_CONFIG };
  if (error instanceof GaveUpError) return { text: error.message, status: EXIT_FAILURE };
  const description = describeError(error);
  const { syscall, port } = (error ?? {}) as { syscall?: unknown; port?: unknown };
  if (description.code === 'EADDRINUSE')
    return {
      text: `The port ${Number(port)} is in use. Choose another one by PORT or METRICS_PORT.`,
      status: EXIT_FAILURE,
    };
  if (syscall === 'listen' || syscall === 'getaddrinfo')
    return {
      text: `The program can not listen on the configured address (${description.code}). Check HOST and PORT, METRICS_HOST and METRICS_PORT.`,
      status: EXIT_CONFIG,
    };
  return { text: `The start failed for an unexpected reason: ${JSON.stringify(description)}`, status: EXIT_FAILURE };
}

try {
  await main(process.argv[2] ?? 'all');
} catch (error) {
  const { text, status } = explain(error);
  complain(text);
  process.exit(status);
}
