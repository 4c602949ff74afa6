import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';

const read = (name: string): string => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const namesIn = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, name = '']) => name).toSorted();

const example = read('.env.example');
const settings = namesIn(read('src/config.ts'), /^ {2}([A-Z][A-Z_]+): /gm);

test('.env.example names every setting once, and no other', () => {
  expect(namesIn(example, /^# ([A-Z_]+)=/gm)).toEqual(settings);
});

test('the values in .env.example are the defaults', () => {
  const {
    DATABASE_URL: _database,
    NATS_URL: _broker,
    ...given
  } = parseEnv(example.replaceAll(/^# (?=[A-Z_]+=)/gm, ''));
  expect(Object.keys(given)).toHaveLength(settings.length - 2);
  expect(readConfig('all', given)).toEqual(readConfig('all', {}));
});

test('docker-compose.yml hands on only names that are settings', () => {
  const own = new Set([...settings, 'POSTGRES_USER', 'POSTGRES_PASSWORD', 'POSTGRES_DB']);
  const handedOn = namesIn(read('docker-compose.yml'), /^ +([A-Z][A-Z_]+): /gm);
  expect(handedOn.filter((name) => !own.has(name))).toEqual([]);
});
