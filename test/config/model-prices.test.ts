import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { StartError } from '../../src/own-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'assay-prices-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): ReturnType<typeof readConfig>['modelPrices'] {
  const path = join(folder, 'prices.json');
  writeFileSync(path, text);
  return readConfig('all', { MODEL_PRICES_FILE: path }).modelPrices;
}

const ONE = { currency: 'USD', promptPerMillion: 1, completionPerMillion: 2 };

test('the sample has prices, and a prompt in the cache costs as another one where the file does not say', () => {
  const path = new URL('../../deploy/model-prices.json', import.meta.url).pathname;
  const { modelPrices } = readConfig('all', { MODEL_PRICES_FILE: path });
  expect(Object.fromEntries(modelPrices)).toEqual({
    'gpt-4.1-mini': { currency: 'USD', prompt: 0.4, cachedPrompt: 0.1, completion: 1.6 },
    'mistral-small-latest': { currency: 'USD', prompt: 0.1, cachedPrompt: 0.1, completion: 0.3 },
  });
  expect(readConfig('all', {}).modelPrices.size).toBe(0);
});

const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`m${index}`, ONE]));

test.each([
  ['no JSON', '{"gpt-4.1": ', 'that is not an object'],
  ['a list', '[]', 'that is not an object'],
  ['a price that is a number', '{"gpt-4.1": 1}', 'in which gpt-4.1 is not an object with currency'],
  ['a price without a part', '{"gpt-4.1": {"currency": "USD"}}', 'in which gpt-4.1 / promptPerMillion is not a number'],
  [
    'a negative price',
    JSON.stringify({ a: { ...ONE, promptPerMillion: -1 } }),
    'in which a / promptPerMillion is not a number',
  ],
  [
    'a price in words',
    JSON.stringify({ a: { ...ONE, promptPerMillion: '1' } }),
    'in which a / promptPerMillion is not a number',
  ],
  [
    'another currency',
    JSON.stringify({ a: { ...ONE, currency: 'dollars' } }),
    'in which a / currency is not a currency',
  ],
  ['another member', JSON.stringify({ a: { ...ONE, prompt: 1 } }), 'in which a is not an object with currency'],
  ['too many models', JSON.stringify(many), 'that has more than 200 models'],
  ['nothing', '', 'that is empty'],
])('a file of prices with %s is refused by the name of its setting', (_, text, why) => {
  expect(() => read(text)).toThrow(StartError);
  expect(() => read(text)).toThrow(`MODEL_PRICES_FILE names a file ${why}`);
});

test('a file of prices that is missing is refused', () => {
  const given = { MODEL_PRICES_FILE: join(folder, 'missing.json') };
  expect(() => readConfig('all', given)).toThrow('MODEL_PRICES_FILE names a file that can not be read (ENOENT)');
});
