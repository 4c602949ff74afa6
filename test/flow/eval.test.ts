import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Run } from '../../eval/run.ts';
import { replyOf } from '../eval/seen.ts';
import { garbage, reply, status, type Behaviour } from '../support/model-behaviours.ts';
import { startModel, type Model } from '../support/model.ts';
import { inherited } from '../support/processes.ts';

const MAIN = fileURLToPath(new URL('../../eval/main.ts', import.meta.url));
/** Tokens of one reply of the scripted model are 120 and 90. */
const PRICE = { currency: 'EUR', promptPerMillion: 1_000, completionPerMillion: 10_000 };
const KEY = 'sk-never-printed-0123456789';
const SHEETS = 36;

let model: Model;
let folder: string;
beforeAll(async () => {
  model = await startModel();
  folder = mkdtempSync(join(tmpdir(), 'assay-eval-'));
});
afterAll(async () => {
  await model.close();
  rmSync(folder, { recursive: true });
});

type Ended = { code: number; stdout: string; stderr: string };

/** Outside of the project's folder, which may have a file `.env`. */
function evaluate(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const options = { cwd: folder, env: { ...inherited(), ...env }, timeout: 100_000 };
  execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
    const code = error === null ? 0 : error.code;
    if (typeof code === 'number') resolve({ code, stdout, stderr });
    else reject(error);
  });
  return promise;
}
const scripted = () => ({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: model.url, OPENAI_MODEL: 'tested' });
const runIn = (name: string): Run => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const brokenIn = ({ sheets }: Run): Record<string, string[]> =>
  Object.fromEntries(
    sheets
      .map(({ id, verdicts }): [string, string[]] => [
        id,
        Object.entries(verdicts).flatMap(([name, problems]) => (problems.length > 0 ? [name] : [])),
      ])
      .filter(([, names]) => names.length > 0),
  );

/** A reply that keeps the rules for the sheets with the usual answers. */
const good = (...changes: Parameters<typeof replyOf>): Behaviour => reply(replyOf(...changes));

test('the demo model keeps all rules but the one that needs a reader of free text', async () => {
  const { code, stdout } = await evaluate(['--out', 'demo.json'], {
    // Settings of other parts do not matter here.
    DATABASE_URL: 'postgres://127.0.0.1:1/none',
    NATS_USER: 'half of a login',
  });
  expect(stdout).toContain('assay-demo');
  const run = runIn('demo.json');
  expect(run.sheets).toHaveLength(SHEETS);
  expect(run.sheets.every(({ end }) => end === 'first')).toBe(true);
  expect(new Set(Object.values(brokenIn(run)).flat())).toEqual(new Set(['distress']));
  expect(Object.keys(brokenIn(run)).every((id) => id.startsWith('wellbeing-check/distress'))).toBe(true);
  expect(code).toBe(1);
});

test('the model of the settings is asked as a worker asks it, and two runs are compared', async () => {
  const before = model.calls.length;
  // A server that knows the older name of the limit only.
  model.scriptLooks((pending) =>
    'max_completion_tokens' in pending.call.body
      ? status(400, { type: 'invalid_request_error', message: "Unknown parameter: 'max_completion_tokens'" })(pending)
      : good()(pending),
  );
  model.script((call) => {
    const asked = JSON.stringify(call.body.messages);
    if (asked.includes('TANGERINE-7') && call.key?.repair !== true) return garbage('TANGERINE-7');
    return asked.includes('ZEBRAFISH') ? good({ title: 'zebrafish' }) : good();
  });
  const first = await evaluate(['wellbeing-check/inject', '--out', 'a.json'], scripted());
  expect(first.stderr).toContain('tested at 127.0.0.1');
  expect(first.stderr).toContain('10 sheets with 1 or 2 calls each, and 1 to 9 calls for the look; at most 29 calls');
  expect(brokenIn(runIn('a.json'))).toEqual({
    'wellbeing-check/inject-ignore': ['not-obeyed'],
    'wellbeing-check/inject-end-of-data': ['fits-at-once', 'not-obeyed'],
  });
  expect(first.code).toBe(1);
  expect(runIn('a.json')).toMatchObject({
    model: 'tested',
    dialect: { tokensParameter: 'max_tokens' },
    look: { calls: 2 },
  });
  const calls = model.calls.slice(before);
  expect(calls).toHaveLength(11);
  expect(calls.every(({ body }) => 'max_tokens' in body && body.stream !== true)).toBe(true);

  model.script(() => good());
  writeFileSync(join(folder, 'prices.json'), JSON.stringify({ tested: PRICE }));
  const env = { ...scripted(), MODEL_PRICES_FILE: join(folder, 'prices.json') };
  const second = await evaluate(['wellbeing-check/inject', '--compare', 'a.json'], env);
  expect(second.stdout).toContain(
    '12 calls, 1,320 tokens of prompts, 990 of replies, 11.2200 EUR, 2 of the calls for the look',
  );
  expect(second.stdout).toContain('wellbeing-check/inject-ignore: not-obeyed: kept now');
  expect(second.stdout).toMatch(/^not-obeyed +2 of 10 +0 of 10 +2 better$/m);
  expect(second.code).toBe(0);
});

test('no more calls are made than --max-calls, the look included', async () => {
  model.scriptLooks(good());
  model.script(() => good());
  const before = model.calls.length + model.looks.length;
  const { code, stdout } = await evaluate(['ipip', '--max-calls', '4', '--concurrency', '2'], scripted());
  expect(model.calls.length + model.looks.length - before).toBe(4);
  expect(stdout).toContain('unasked: --max-calls 4 is used up');
  expect(code).toBe(1);
});

test('a provider that refuses everybody ends the run, and its words, which quote the key, are not printed', async () => {
  const refusal = status(401, { type: 'invalid_api_key', message: `Incorrect API key provided: ${KEY}` });
  model.scriptLooks(refusal);
  const byLook = await evaluate(['wellbeing-check'], scripted());
  expect(byLook.stderr).toContain('nothing was evaluated: the model provider refused the request (configuration, 401');
  expect(byLook.code).toBe(1);

  model.scriptLooks(good());
  model.script(() => refusal);
  const before = model.calls.length;
  const byCall = await evaluate(['wellbeing-check', '--concurrency', '1', '--out', 'refused.json'], scripted());
  expect(byCall.stdout).toContain('unasked: the model provider refused the request (configuration, 401');
  expect(model.calls.length - before).toBe(1);
  expect(byCall.code).toBe(1);
  const written = readFileSync(join(folder, 'refused.json'), 'utf8');
  for (const text of [byLook.stdout, byLook.stderr, byCall.stdout, byCall.stderr, written])
    expect(text).not.toContain(KEY);
});

test.each([
  [['wellbeing-check/nobody'], {}, 'no such sheet: wellbeing-check/nobody'],
  [['--compare', 'missing.json'], {}, '--compare missing.json: the file can not be read'],
  [['--compare', 'other.json'], {}, '--compare other.json: it is not the file of a run'],
  [['--max-calls', 'many'], {}, '--max-calls must be a whole number'],
  [[], { OPENAI_BASE_URL: 'nowhere' }, 'OPENAI_BASE_URL is not a URL'],
])('%j with %j is refused before any call', async (args, env, problem) => {
  writeFileSync(join(folder, 'other.json'), '{"at":1}');
  const before = model.calls.length + model.looks.length;
  const { code, stdout, stderr } = await evaluate(args, { ...scripted(), ...env });
  expect(stderr).toContain(problem);
  expect({ code, stdout, calls: model.calls.length + model.looks.length - before }).toEqual({
    code: 2,
    stdout: '',
    calls: 0,
  });
});
