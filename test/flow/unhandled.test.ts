import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePort } from '../support/ports.ts';
import { until } from '../support/wait.ts';
import { launchProgram } from './program.ts';

const SECRET = 'sk-secret';
/** Neither server exists, so the program waits for the database. */
const env = {
  NODE_OPTIONS: `--import ${fileURLToPath(new URL('failing.ts', import.meta.url))}`,
  DATABASE_URL: 'postgresql://nobody:sk-secret@127.0.0.1:9/none',
  NATS_URL: 'nats://127.0.0.1:9',
};

test.each([
  ['an error', { type: 'TypeError' }],
  ['an error with a cause', { type: 'Error', cause: { type: 'Error', code: 'ECONNRESET' } }],
  ['a text', { type: 'string' }],
  ['a rejection', { type: 'RangeError' }],
  ['a rejection with a text', { code: 'ERR_UNHANDLED_REJECTION' }],
  ['one error after another', { type: 'TypeError' }],
])('an unhandled error ends the program and is logged once, without its message: %s', async (way, err) => {
  await using program = launchProgram('api', { ...env, FAILS_BY: way });
  await until(() => program.stdout().includes('waiting for it'));
  program.signal('SIGUSR2');
  expect(await program.exited).toEqual({ code: 1, signal: null });
  const logs = program.stdout().trim().split('\n');
  expect(logs.filter((line) => line.includes('"level":"fatal"'))).toEqual([logs.at(-1)]);
  expect(JSON.parse(logs.at(-1) ?? '')).toMatchObject({ msg: expect.stringContaining('unhandled error'), err });
  expect(program.stderr()).toBe('');
  expect(program.stdout()).not.toContain(SECRET);
});

test('with LOG_LEVEL=silent, an unhandled error is reported on standard error, without its message', async () => {
  const port = await freePort();
  const given = { ...env, FAILS_BY: 'an error', LOG_LEVEL: 'silent', METRICS_PORT: String(port) };
  await using program = launchProgram('api', given);
  await until(() =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  program.signal('SIGUSR2');
  expect(await program.exited).toEqual({ code: 1, signal: null });
  expect(program.stdout()).toBe('');
  expect(program.stderr()).toMatch(/^Unhandled error: \{"type":"TypeError".*\}\n$/);
  expect(program.stderr()).not.toContain(SECRET);
});

test('a start that fails for an unexpected reason says so in one line, without the message of the error', async () => {
  await using program = launchProgram('api', env);
  expect(await program.exited).toEqual({ code: 1, signal: null });
  expect(program.stderr()).toMatch(
    /^The start failed for an unexpected reason: \{"type":"RangeError","stack":\[".*\}\n$/,
  );
  expect(program.stderr()).not.toContain(SECRET);
  expect(program.stdout()).not.toContain(SECRET);
});

test('an address of another machine ends the start, and the error names the settings to check', async () => {
  await using program = launchProgram('api', { ...env, NODE_OPTIONS: '', METRICS_HOST: '203.0.113.1' });
  expect(await program.exited).toEqual({ code: 78, signal: null });
  expect(program.stderr()).toBe(
    'The program can not listen on the configured address (EADDRNOTAVAIL). ' +
      'Check HOST and PORT, METRICS_HOST and METRICS_PORT.\n',
  );
});
