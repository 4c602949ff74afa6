import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const { scripts }: { scripts: Record<string, string> } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
);

test('each command that starts the program sets up a fresh clone first', () => {
  const starts = Object.entries(scripts).filter(([, command]) =>
    /^(exec )?node .*(src|bench|eval|scripts)\/\w+\.ts/.test(command),
  );
  const withoutSetUp = starts
    .map(([name]) => name)
    .filter((name) => !scripts[`pre${name}`]?.includes('scripts/setup.sh'));
  expect(withoutSetUp).toEqual([]);
});

/** A clone with a fake npm that only notes that it was asked. */
function clone() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-setup-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const at = (...path: string[]): string => join(folder, ...path);
  for (const name of ['scripts', 'bin']) mkdirSync(at(name));
  cpSync(new URL('../scripts/setup.sh', import.meta.url), at('scripts/setup.sh'));
  writeFileSync(at('package-lock.json'), '{}');
  const npm = 'mkdir -p node_modules/.bin && : >node_modules/.package-lock.json && : >asked';
  const link = 'ln -sf "$(command -v node)" node_modules/.bin/node';
  writeFileSync(at('bin/npm'), `#!/bin/sh\n${npm} && ${link}\n`);
  chmodSync(at('bin/npm'), 0o755);
  return {
    at,
    setUp: (): boolean => {
      rmSync(at('asked'), { force: true });
      const env = { PATH: `${at('bin')}:${process.env['PATH']}`, HOME: folder };
      expect(spawnSync('sh', [at('scripts/setup.sh'), 'servers'], { env }).status).toBe(0);
      return existsSync(at('asked'));
    },
  };
}

test('for own servers the packages are installed once, and no nats-server', () => {
  const { at, setUp } = clone();
  expect([setUp(), setUp()]).toEqual([true, false]);
  expect(existsSync(at('.tools/nats-server'))).toBe(false);
});

test('packages that were installed by hand are left alone', () => {
  const { at, setUp } = clone();
  mkdirSync(at('node_modules'));
  writeFileSync(at('node_modules/.package-lock.json'), '');
  expect(setUp()).toBe(false);
});
