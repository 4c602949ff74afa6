import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'vite';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = '{src,web,test,bench,eval,scripts,docs,migrations,questionnaires}';
const FILES = globSync(['*', `${FOLDERS}/**/*.*`], { cwd: ROOT });

const CODE = globSync(['{src,test,bench,eval,scripts}/**/*.ts', 'web/src/**/*.{ts,tsx}'], { cwd: ROOT });
const SCRIPTS = globSync('scripts/**/*.sh', { cwd: ROOT });
// Without the dated records (docs/decisions, CHANGELOG.md), which keep the names of their time.
const DOCUMENTS = globSync(['*.md', 'docs/*.md', 'web/**/*.md'], { cwd: ROOT }).filter(
  (path) => path !== 'CHANGELOG.md',
);

const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');

const commentsOf = (path: string, source: string): string =>
  parseSync(path, source)
    .comments.map(({ value }) => value)
    .join('\n');

/** Paths from the project's folder, and names of our kinds of files, with or without folders before them. */
const PATH =
  /(?<![\w/.@<>*$~-])(?:(?:src|web|test|bench|eval|scripts|docs|migrations|questionnaires)\/[\w./-]*\w|(?:[\w-]+\/)*[\w-][\w.-]*\.(?:tsx?|md|sh))(?![\w*])/g;

/** Whether a path names a file or folder, by the end of its path or, as `docs/decisions/0019`, by its number. */
function exists(path: string): boolean {
  if (FILES.some((file) => file === path || file.endsWith(`/${path}`))) return true;
  if (/^docs\/decisions\/\d{4}$/.test(path)) return FILES.some((file) => file.startsWith(`${path}-`));
  return existsSync(`${ROOT}/${path}`);
}

const namesIn = (text: string): string[] => text.match(PATH) ?? [];
const missingIn = (text: string): string[] => namesIn(text).filter((path) => !exists(path));

test.each([
  ['comments of the code', CODE.map((path) => [path, commentsOf(path, read(path))])],
  ['scripts', SCRIPTS.map((path) => [path, read(path)])],
  ['README and docs', DOCUMENTS.map((path) => [path, read(path)])],
])('every file that is named in %s exists', (_, texts) => {
  expect(texts.flatMap(([, text = '']) => namesIn(text)).length).toBeGreaterThan(2);
  const missing = texts.flatMap(([path = '', text = '']) => missingIn(text).map((name) => `${path}: ${name}`));
  expect(missing).toEqual([]);
});

test('a missing file is found by its path, its name or its number', () => {
  const comment =
    '(src/gone.ts, consumers/gone.ts) and gone.test.ts, docs/GONE.md, docs/decisions/9999, test/gone/, web/gone.';
  expect(missingIn(comment)).toEqual([
    'src/gone.ts',
    'consumers/gone.ts',
    'gone.test.ts',
    'docs/GONE.md',
    'docs/decisions/9999',
    'test/gone',
    'web/gone',
  ]);
  expect(
    missingIn('src/main.ts, app/open.ts, open.ts, docs/decisions/0019, test/flow, src/adapters/<adapter>.ts'),
  ).toEqual([]);
});
