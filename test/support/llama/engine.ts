import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** llama.cpp for Node. It is no dependency of the project: only these tests load it. */
export const ENGINE = '@fugood/llama.node';
const VERSION = '1.7.15';
/** The compiled llama.cpp, without the builds for graphics cards, which are ten times as large. */
const BINARY = `@fugood/node-llama-${process.platform}-${process.arch}`;
const FOLDER = join(import.meta.dirname, '../../../.tools/llama');
/** npm's own time-outs would make a machine without a network wait for minutes. */
const NETWORK = ['--fetch-retries=1', '--fetch-retry-mintimeout=1000', '--fetch-timeout=60000'];
const WITHIN_MS = 110_000;

/** Printed by the server when it listens. */
export const READY = 'llama.cpp is ready';

/** Installs the engine into a folder outside of the project's packages, if it is not there. @returns why it can't be had */
export async function installEngine(): Promise<{ folder: string } | { missing: string }> {
  if (isInstalled()) return { folder: FOLDER };
  mkdirSync(FOLDER, { recursive: true });
  const packages = [ENGINE, BINARY].map((name) => `${name}@${VERSION}`);
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund'];
  try {
    await promisify(execFile)('npm', ['install', ...options, ...NETWORK, '--prefix', FOLDER, ...packages], {
      timeout: WITHIN_MS,
    });
    return { folder: FOLDER };
  } catch (error) {
    const [, reason = 'no code'] = /npm error code (\S+)/.exec(String(error)) ?? [];
    return { missing: `llama.cpp was not tried: npm could not install ${packages.join(' and ')} (${reason})` };
  }
}

function isInstalled(): boolean {
  return [ENGINE, BINARY].every((name) => {
    const file = join(FOLDER, 'node_modules', name, 'package.json');
    return existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { version?: string }).version === VERSION;
  });
}
