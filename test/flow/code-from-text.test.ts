import { readFileSync } from 'node:fs';
import { mkdtempDisposable } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { SWITCH } from '../../src/code-from-text.ts';
import { startClient } from '../support/client.ts';
import { until } from '../support/wait.ts';
import { createWorld } from '../support/world.ts';
import { launchProgram, startProgram, type Program } from './program.ts';

const PROBE = join(import.meta.dirname, 'code-probe.ts');
const PROBED = [SWITCH, '--import', PROBE];
const ROLES = ['api', 'worker', 'all'] as const;
type Role = (typeof ROLES)[number];
type Probed = { worked: string[]; ran: boolean; loaded: string[] };

async function probe(program: Program): Promise<Probed> {
  const lines = () => program.stdout().match(/^probe .*\n/gm) ?? [];
  const before = lines().length;
  program.signal('SIGUSR2');
  const line = await until(() => lines()[before]);
  return JSON.parse(line.slice('probe '.length)) as Probed;
}

describe('the running program', () => {
  /** The probe of each role, after an assessment has completed. */
  let probed: Record<Role, Probed>;

  beforeAll(async () => {
    await using world = await createWorld();
    await using folder = await mkdtempDisposable(join(tmpdir(), 'assay-code-'));
    const embedded = { PORT: '0', DATA_DIR: folder.path };
    await using api = await startProgram('api', { ...world.env, GRAPHIQL: '1' }, PROBED);
    await using worker = await startProgram('worker', world.env, PROBED);
    await using all = await startProgram('all', embedded, PROBED);
    await use(api.url);
    await use(all.url);
    probed = { api: await probe(api), worker: await probe(worker), all: await probe(all) };
  });

  /** Uses the parts of the program that are loaded at their first use. */
  async function use(url: string): Promise<void> {
    const client = await startClient(url);
    await client.completion(await client.submit({ watch: true }));
    for (const [path, accept] of [
      ['/', 'text/html'],
      ['/graphql', 'text/html'],
      ['/api/openapi.json', '*/*'],
      ['/api/questionnaire-format', '*/*'],
    ] as const)
      await (await fetch(url + path, { headers: { accept } })).arrayBuffer();
  }

  test.each(ROLES)('can not turn text into code: %s', (role) => {
    expect(probed[role]).toMatchObject({ worked: [], ran: false });
  });

  test.each(ROLES)('has loaded no code that turns text into code in another way: %s', (role) => {
    const files = probed[role].loaded.filter((url) => url.startsWith('file:'));
    expect(files.length).toBeGreaterThan(200);
    expect(probed[role].loaded.filter((url) => url.startsWith('data:'))).toEqual([]);
    expect(probed[role].loaded).not.toContain('node:vm');
    const suspects = files.flatMap((url) => {
      const source = readFileSync(fileURLToPath(url), 'utf8');
      return OTHER_WAYS.filter(([, pattern]) => pattern.test(source)).map(
        ([name]) => `${url.replace(/.*\/node_modules\//, '')}: ${name}`,
      );
    });
    expect(suspects).toEqual([]);
  });
});

/** Ways from text to code that Node's switch does not close. */
const OTHER_WAYS: [name: string, pattern: RegExp][] = [
  ['the module vm', /\b(?:require\(|from |import\()\s*['"](?:node:)?vm['"]/],
  ['an import of a data: address', /import\(\s*[`'"]data:/],
  ['Module._compile', /\._compile\(/],
  ['a worker from a text', /new Worker\([^)]*eval:\s*true/],
];

test('OTHER_WAYS finds each of these ways', () => {
  const found = [
    "require('vm')",
    "import x from 'node:vm'",
    'import(`data:text/javascript,1`)',
    'module._compile(text, name)',
    'new Worker(text, { eval: true })',
  ];
  for (const text of found)
    expect(
      OTHER_WAYS.some(([, pattern]) => pattern.test(text)),
      text,
    ).toBe(true);
});

test('a program that was started without the switch restarts itself with it, and says so', async () => {
  await using world = await createWorld();
  await using worker = await startProgram('worker', world.env, ['--import', PROBE]);
  expect(worker.stderr()).toContain(SWITCH);
  expect(await probe(worker)).toMatchObject({ worked: [], ran: false });
  worker.signal('SIGTERM');
  expect(await worker.exited).toEqual({ code: 0, signal: null });
});

test('a program that can not restart itself ends at once, and says how to start it', async () => {
  const withoutExecve = `data:text/javascript,${encodeURIComponent('delete process.execve')}`;
  await using program = launchProgram('api', {}, ['--import', withoutExecve]);
  expect(await program.exited).toEqual({ code: 78, signal: null });
  expect(program.stderr()).toMatch(new RegExp(`^This program runs only .*node ${SWITCH} src/main\\.ts\\n$`));
});
