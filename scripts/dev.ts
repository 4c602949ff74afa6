import { spawn } from 'node:child_process';
import { createServer } from 'vite';
import { SWITCH } from '../src/code-from-text.ts';
import { loadEnvironmentFile } from '../src/config.ts';

/** Starts the program, again after each change of its files, and Vite's server for the page (vite.config.ts). */

loadEnvironmentFile();
const vite = await createServer();
await vite.listen();
const pageOrigin = new URL(vite.resolvedUrls?.local[0] ?? 'http://localhost:5173').origin;

const program = spawn(process.execPath, ['--watch', '--watch-preserve-output', SWITCH, 'src/main.ts'], {
  stdio: 'inherit',
  // A process group of its own: otherwise Ctrl-C signals the program twice, and the second signal ends it at once.
  detached: true,
  // The browser sends Vite's address as the origin.
  env: { ...process.env, ALLOWED_ORIGINS: [process.env['ALLOWED_ORIGINS'], pageOrigin].filter(Boolean).join(',') },
});
// Only the first one: npm repeats the terminal's SIGINT.
const stop = (): unknown => program.killed || program.kill();
process.on('SIGINT', stop).on('SIGTERM', stop);
program.once('exit', (code) => {
  void vite.close().finally(() => process.exit(code ?? 1));
});
process.stdout.write(`Development: ${pageOrigin} (page and program start again or reload after a change)\n`);
