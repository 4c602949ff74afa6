import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-models-'));
afterAll(() => rmSync(folder, { recursive: true }));

const keyFile = join(folder, 'key');
writeFileSync(keyFile, 'sk-second\n');
const brokenKeyFile = join(folder, 'broken-key');
writeFileSync(brokenKeyFile, 'sk-geheim\nsecond line');

function read(value: unknown) {
  const path = join(folder, 'models.json');
  writeFileSync(path, JSON.stringify(value));
  return readConfig('all', { OPENAI_API_KEY: 'k', MODELS_FILE: path });
}

test('models are read with their keys, in their order', () => {
  const config = read([
    {
      model: 'mistral-small-latest',
      baseUrl: 'https://api.mistral.ai/v1',
      keyFile,
      headers: ['X-Team: a b'],
      body: { temperature: 0 },
      tokensParameter: 'max_tokens',
      responseFormat: 'json_object',
      streams: false,
    },
    { model: 'llama3.2', baseUrl: 'http://127.0.0.1:11434/v1' },
  ]);
  expect(config.furtherModels).toEqual([
    {
      model: 'mistral-small-latest',
      apiKey: 'sk-second',
      baseUrl: 'https://api.mistral.ai/v1',
      headers: { 'x-team': 'a b' },
      fields: { temperature: 0 },
      pinned: { tokensParameter: 'max_tokens', format: 'json_object', streams: false },
    },
    expect.objectContaining({ model: 'llama3.2', apiKey: undefined, fields: {}, pinned: {} }),
  ]);
  expect(config.modelFallbackAfterMs).toBe(60_000);
  expect(readConfig('all', {}).furtherModels).toEqual([]);
});

const ONE = { model: 'one', keyFile };

test.each([
  ['an object', ONE, 'that is not a list'],
  ['an entry without a model', [{ keyFile }], 'in which 0 / model'],
  ['an entry without an address and a key', [ONE, { model: 'two' }], 'in which 1 has neither baseUrl nor keyFile'],
  ['an address without a scheme', [{ model: 'one', baseUrl: 'api.mistral.ai' }], 'in which 0 / baseUrl is not a URL'],
  ['a key in two lines', [{ model: 'one', keyFile: brokenKeyFile }], 'in which 0 / keyFile must be printable ASCII'],
  [
    'a missing key',
    [{ model: 'one', keyFile: join(folder, 'no') }],
    'in which 0 / keyFile names a file that can not be',
  ],
  ['a field of the program', [{ ...ONE, body: { model: 'x' } }], 'in which 0 / body must not have model'],
  ['a header of the program', [{ ...ONE, headers: ['host: x'] }], 'in which 0 / headers must not have host'],
  ['another format', [{ ...ONE, responseFormat: 'xml' }], 'in which 0 / responseFormat must be one of'],
  ['a key within', [{ ...ONE, key: 'sk-geheim' }], 'in which 0 is not an object with model'],
  ['too many models', Array.from({ length: 11 }, () => ONE), 'that has more than 10 models'],
])('a file with %s is refused by the name of its setting', (_, value, why) => {
  expect(() => read(value)).toThrow(`MODELS_FILE names a file ${why}`);
  expect(() => read(value)).not.toThrow('geheim');
});

test('further models without a first one are refused', () => {
  const path = join(folder, 'some.json');
  writeFileSync(path, JSON.stringify([ONE]));
  for (const env of [{}, { DEMO_MODEL: '1' }])
    expect(() => readConfig('all', { ...env, MODELS_FILE: path })).toThrow('MODELS_FILE is of no use without');
});
