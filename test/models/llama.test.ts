import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp } from '../support/app.ts';
import { installEngine } from '../support/llama/engine.ts';
import { startLlama, type Llama } from '../support/llama/llama.ts';
import { tally } from '../support/providers/judge.ts';
import { ended } from '../support/providers/on-provider.ts';

/** A long reply of a busy machine. */
const WITHIN_MS = 160_000;

let missing: string | undefined;
let llama: Llama | undefined;

beforeAll(async () => {
  const engine = await installEngine();
  if ('missing' in engine) {
    ({ missing } = engine);
    console.warn(missing);
  } else llama = await startLlama(engine.folder);
});

afterAll(() => llama?.[Symbol.asyncDispose]());

/** Skips the test where the engine can't be installed. */
function running(skip: (note: string) => never): Llama {
  return llama ?? skip(missing ?? 'llama.cpp did not start');
}

test('llama.cpp keeps to a schema that the model has never seen', async ({ skip }) => {
  const { baseUrl } = running(skip);
  const schema = { type: 'object', properties: { mood: { enum: ['good', 'bad'] } }, required: ['mood'] };
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({
      messages: [{ role: 'user', content: 'How are you?' }],
      response_format: { type: 'json_schema', json_schema: { name: 'mood', strict: true, schema } },
    }),
  });
  const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
  const { mood } = JSON.parse(choices[0]?.message.content ?? '') as { mood: string };
  expect(['good', 'bad']).toContain(mood);
});

test('a plain and a watched assessment complete on llama.cpp, whose grammar is the schema', async ({ skip }) => {
  const { baseUrl, calls } = running(skip);
  const before = (await calls()).length;
  await using app = await startApp({
    env: { OPENAI_BASE_URL: baseUrl, AI_TIMEOUT_MS: '150000', WORKER_CONCURRENCY: '1' },
  });
  const client = await app.client();
  const ids = [await client.submit(), await client.submit({ watch: true })];
  expect(tally(await ended(app, ids, WITHIN_MS))).toBe('2 completed');
  const made = (await calls()).slice(before);
  for (const streamed of [false, true])
    expect(made.some(({ stream, finish }) => stream === streamed && finish === 'stop')).toBe(true);
  expect(new Set(made.map(({ format }) => format))).toEqual(new Set(['json_schema']));
});
