import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync, readFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { SWITCH } from '../../src/code-from-text.ts';
import { startClient } from '../support/client.ts';
import { inherited } from '../support/processes.ts';
import { until } from '../support/wait.ts';

const PROGRAM = fileURLToPath(new URL('../../src/questionnaire.ts', import.meta.url));

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assay-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The command as a process, in a working directory without a file `.env`. */
function launch(args: readonly string[], env: Record<string, string> = {}) {
  const cwd = temporary();
  const { promise: ended, resolve, reject } = Promise.withResolvers<{ code: number; stdout: string; stderr: string }>();
  const options = { cwd, env: { ...inherited(), ...env }, timeout: 100_000 };
  const child = execFile(process.execPath, [SWITCH, PROGRAM, ...args], options, (error, stdout, stderr) => {
    const code = error === null ? 0 : error.code;
    if (typeof code === 'number') resolve({ code, stdout, stderr });
    else reject(error);
  });
  // A test that failed leaves no process behind, and its folders are not deleted under one.
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended.catch(() => {});
  });
  return { child, ended };
}
const run = (args: readonly string[], env: Record<string, string> = {}) => launch(args, env).ended;

test('a wrong command prints the usage and ends with 64; help ends with 0', async () => {
  const wrong = await Promise.all([[], ['chekc'], ['check', '--strict']].map((args) => run(args)));
  for (const { code, stdout, stderr } of wrong) {
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toContain('Usage: npm run questionnaire -- COMMAND');
  }
  expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringContaining('Usage: '), stderr: '' });
});

test('new writes into the folder of the settings, check reads it there, and an unsound file ends with 78', async () => {
  const folder = temporary();
  const env = { QUESTIONNAIRES_DIR: folder };
  expect(await run(['new', 'trial'], env)).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(folder)).toEqual(['trial.v1.json']);
  expect(await run(['new', 'trial'], env)).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('is there already'),
  });
  expect(await run(['check'], env)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^trial@1: /), stderr: '' });
  writeFileSync(join(folder, 'broken.v1.json'), '{\n"slug": "broken",\n}');
  expect(await run(['check'], env)).toEqual({
    code: 78,
    stdout: '',
    stderr: expect.stringMatching(/^The questionnaires cannot be used:\n {2}- broken\.v1\.json:3: column 1: /),
  });
  expect(await run(['check', join(folder, 'trial.v1.json')])).toMatchObject({ code: 0 });
});

test('the questionnaires that come with the program are checked without a setting', async () => {
  const { code, stdout } = await run(['check']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ipip-neo-120@1: [^]*^wellbeing-check@1: /m);
});

test('vectors that hold end with 0, others with 1', async () => {
  const folder = temporary();
  await run(['new', 'trial', folder]);
  const write = (value: number): void =>
    writeFileSync(
      join(folder, 'trial.v1.vectors.json'),
      JSON.stringify([{ answers: { calm: 2, rested: 2 }, scores: { balance: { value } } }]),
    );
  const file = join(folder, 'trial.v1.json');
  write(50);
  expect(await run(['vectors', file])).toEqual({
    code: 0,
    stdout: 'trial.v1.vectors.json: 1 vectors hold.\n',
    stderr: '',
  });
  write(51);
  expect(await run(['vectors', file])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'trial.v1.vectors.json:1: vector 1: balance.value is 50, expected 51\n',
  });
});

test('translate writes the file of a language, which check then reads, and an unknown language ends with 78', async () => {
  const folder = temporary();
  await run(['new', 'trial', folder]);
  const file = join(folder, 'trial.v1.json');
  expect(await run(['translate', file, 'xx'])).toEqual({
    code: 78,
    stdout: '',
    stderr: 'The file was not written:\n  - "xx" is the tag of no known language. Use one such as "de" or "pt-BR".\n',
  });
  expect(await run(['translate', file, 'de'])).toMatchObject({ code: 0, stderr: '' });
  expect(readdirSync(folder).toSorted()).toEqual(['trial.v1.de.json', 'trial.v1.json']);
  expect(await run(['check', file])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('warning: trial.v1.de.json: texts that begin with "TRANSLATE:": '),
  });
});

test('a preview serves one file with the demo model whatever the settings are, and leaves nothing behind', async () => {
  const [folder, temp] = [temporary(), temporary()];
  await Promise.all(['trial', 'other'].map((slug) => run(['new', slug, folder])));
  const file = join(folder, 'trial.v1.json');
  const text = readFileSync(file, 'utf8').replace('{', '{ "withdrawn": true,');
  writeFileSync(file, text);
  writeFileSync(join(folder, 'trial.v1.vectors.json'), '[]');
  const env = {
    TMPDIR: temp,
    DATABASE_URL: 'postgresql://127.0.0.1:1/none',
    OPENAI_API_KEY: 'sk-never-used',
    QUESTIONNAIRES_DIR: '/nowhere',
  };
  const { child, ended } = launch(['preview', file], env);
  let output = '';
  child.stdout?.on('data', (part: string) => (output += part));
  const address = await until(() => /^trial@1: (http:\/\/localhost:\d+)\/take\/trial$/m.exec(output)?.[1], {
    label: 'the address of the preview',
    timeoutMs: 60_000,
  });
  expect((await fetch(`${address}/take/trial`)).headers.get('content-type')).toContain('text/html');
  const client = await startClient(address);
  const { data } = await client.graphql('{ questionnaires { id title withdrawn } }');
  expect(data.questionnaires).toEqual([{ id: 'trial@1', title: 'the title that people see', withdrawn: false }]);
  const id = await client.submit({ questionnaire: 'trial', answers: { calm: 1, rested: 1 } });
  await client.completion(id);
  expect(await client.read(id)).toMatchObject({ status: 'COMPLETED', result: { model: 'assay-demo' } });
  const [made = ''] = readdirSync(temp);
  expect(readdirSync(join(temp, made, 'questionnaires')).toSorted()).toEqual([
    'images',
    'trial.v1.json',
    'trial.v1.vectors.json',
  ]);
  child.kill('SIGINT');
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(readdirSync(temp)).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('a preview of an unsound file ends with 78, and leaves nothing behind', async () => {
  const [folder, temp] = [temporary(), temporary()];
  mkdirSync(join(folder, 'more'));
  writeFileSync(join(folder, 'trial.v1.json'), '{}');
  expect(await run(['preview', join(folder, 'trial.v1.json')], { TMPDIR: temp })).toMatchObject({
    code: 78,
    stderr: expect.stringContaining('trial.v1.json:1: slug'),
  });
  expect(readdirSync(temp)).toEqual([]);
});
