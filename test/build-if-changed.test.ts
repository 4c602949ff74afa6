import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const FILES = [
  'package.json',
  'package-lock.json',
  'vite.config.ts',
  'web/index.html',
  'web/src/main.tsx',
  'src/entities/answer.ts',
];
const FOLDERS = ['web', 'web/src', 'src/entities'];

/** A project whose build only creates a file, so that a test sees whether it ran. */
function project() {
  const folder = mkdtempSync(join(tmpdir(), 'assay-build-'));
  const at = (...path: string[]): string => join(folder, ...path);
  mkdirSync(at('scripts'));
  for (const name of ['web/src', 'src/entities']) mkdirSync(at(name), { recursive: true });
  cpSync(new URL('../scripts/build-if-changed.sh', import.meta.url), at('scripts/build-if-changed.sh'));
  const build = 'mkdir -p dist/web && touch dist/web/index.html ran';
  for (const name of FILES) writeFileSync(at(name), '');
  writeFileSync(at('package.json'), JSON.stringify({ scripts: { build } }));
  const age = (name: string, seconds: number): void =>
    utimesSync(at(name), Date.now() / 1000 + seconds, Date.now() / 1000 + seconds);
  for (const name of [...FILES, ...FOLDERS]) age(name, -60);
  return {
    at,
    age,
    /** Whether a start builds the page. */
    builds(): boolean {
      rmSync(at('ran'), { force: true });
      execFileSync('sh', [at('scripts/build-if-changed.sh')]);
      return existsSync(at('ran'));
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

test('the page is built once, and again only after a change of its sources or if it is missing', () => {
  using page = project();
  expect(page.builds()).toBe(true);
  expect(page.builds()).toBe(false);
  for (const changed of [...FILES, ...FOLDERS]) {
    page.age(changed, 60);
    expect(page.builds()).toBe(true);
    page.age(changed, -60);
    expect(page.builds()).toBe(false);
  }
  rmSync(page.at('dist/web'), { recursive: true });
  expect(page.builds()).toBe(true);
});
