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

/** The image sets them, or the file itself does. */
const FIXED = ['HOST', 'PORT', 'METRICS_HOST', 'METRICS_PORT', 'DATABASE_URL', 'NATS_URL', 'DATA_DIR'];
/** Read by one role only; src/app/ has a file for each role. */
const OF_API = [
  'SUBMITS_PER_MINUTE',
  'SUBMITS_PER_MINUTE_PER_ADDRESS',
  'MAX_OPEN_PER_SESSION',
  'MAX_OPEN_PER_ADDRESS',
  'DAILY_ASSESSMENTS_PER_ADDRESS',
  'SESSIONS_PER_MINUTE',
  'QUERY_COST_PER_MINUTE',
  'MAX_SOCKETS_PER_SESSION',
  'MAX_SOCKETS_PER_ADDRESS',
  'SESSION_TTL_DAYS',
  'PUBLIC_URL',
  'ALLOWED_ORIGINS',
  'TRUSTED_PROXIES',
  'GRAPHIQL',
  'SERVICE_WORKER',
  'OPERATOR_TOKEN',
  'OPERATOR_TOKENS',
  'DRAIN_DELAY_MS',
];
const OF_WORKER = [
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'OPENAI_MODEL',
  'OPENAI_ORG_ID',
  'OPENAI_PROJECT_ID',
  'OPENAI_CUSTOM_HEADERS',
  'OPENAI_TEMPERATURE',
  'OPENAI_SEED',
  'OPENAI_REASONING_EFFORT',
  'OPENAI_BODY',
  'MODEL_TOKENS_PARAMETER',
  'MODEL_RESPONSE_FORMAT',
  'MODEL_STREAMS',
  'MODELS_FILE',
  'MODEL_FALLBACK_AFTER_MS',
  'MODEL_PRICES_FILE',
  'MODEL_TRACEPARENT',
  'HTTPS_PROXY',
  'NO_PROXY',
  'DEMO_MODEL',
  'AI_TIMEOUT_MS',
  'MODEL_TOKENS_MAX',
  'WORKER_CONCURRENCY',
  'MAX_ATTEMPTS',
];

/** The settings in the environment of a service, with those that all services share. */
function handedOnTo(service: string): string[] {
  const text = read('docker-compose.yml');
  const [, shared = ''] = /^x-environment: .*\n((?: +.*\n)+)/m.exec(text) ?? [];
  const [, own = ''] = new RegExp(`^ {2}${service}:\\n((?: {3,}.*\\n)+)`, 'm').exec(text) ?? [];
  expect(own).toContain('*environment');
  return namesIn(shared + own, /^ +([A-Z][A-Z_]+): /gm);
}

test.each([
  ['api', OF_WORKER],
  ['worker', OF_API],
])('docker-compose.yml hands each setting to the %s that reads it', (service, ofOther) => {
  const isRead = (name: string): boolean => !FIXED.includes(name) && !ofOther.includes(name);
  const handedOn = handedOnTo(service);
  expect(handedOn.filter((name) => !FIXED.includes(name))).toEqual(settings.filter(isRead));
  expect(handedOn).toEqual(expect.arrayContaining(['DATABASE_URL', 'NATS_URL']));
});

test('settings that only one role is said to read appear in no file of the other role', () => {
  const config = read('src/config.ts');
  const keysOf = (name: string): string[] =>
    [...config.matchAll(new RegExp(`^ {4}(\\w+): [^\\n]*\\bvalue\\.${name}\\b`, 'gm'))].map(([, key = '']) => key);
  const filesOf = { api: read('src/app/api.ts'), worker: read('src/app/worker.ts') };
  const shared = read('src/app/open.ts') + read('src/app/health.ts');
  const mentions = (text: string, name: string): boolean =>
    keysOf(name).some((key) => new RegExp(`\\bconfig\\.${key}\\b`).test(text));
  expect(OF_API.filter((name) => mentions(filesOf.worker + shared, name))).toEqual([]);
  expect(OF_WORKER.filter((name) => mentions(filesOf.api + shared, name))).toEqual([]);
});

test("the image's metrics can be scraped, and its health check asks the port that every role has", () => {
  const dockerfile = read('Dockerfile');
  expect(dockerfile).toMatch(/^ENV .*METRICS_HOST=0\.0\.0\.0 METRICS_PORT=9464$/m);
  expect(dockerfile).toMatch(/HEALTHCHECK [^]*\(process\.env\.METRICS_PORT \|\| 9464\) \+ '\/healthz'/);
});
