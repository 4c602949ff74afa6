import { expect, test } from 'vitest';
import { meantSetting } from '../../src/config/setting-names.ts';
import { readFileSync } from 'node:fs';

const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
const SETTINGS = [...text.matchAll(/^# ([A-Z_]+)=/gm)].map(([, name = '']) => name);

test.each([
  ['TRUSTED_PROXY', 'TRUSTED_PROXIES'],
  ['PROXIES_TRUSTED', 'TRUSTED_PROXIES'],
  ['SESSION_TTL', 'SESSION_TTL_DAYS'],
  ['SESSION_TTL_HOURS', 'SESSION_TTL_DAYS'],
  ['SHUTDOWN_GRACE', 'SHUTDOWN_GRACE_MS'],
  ['SHUTDOWN_GRACE_SECONDS', 'SHUTDOWN_GRACE_MS'],
  ['AI_TIMEOUT', 'AI_TIMEOUT_MS'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['LEVEL_LOG', 'LOG_LEVEL'],
  ['log_level', 'LOG_LEVEL'],
  ['DATABASEURL', 'DATABASE_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['DATABASE_URLS', 'DATABASE_URL'],
  ['DATABASE_POOL', 'DATABASE_POOL_MAX'],
  ['OPENAI_KEY', 'OPENAI_API_KEY'],
  ['OPENAI_URL', 'OPENAI_BASE_URL'],
  ['NATS_PASS', 'NATS_PASSWORD'],
  ['NATS_USERNAME', 'NATS_USER'],
  ['NATS_CREDS', 'NATS_CREDS_FILE'],
  ['NATS_CA', 'NATS_CA_FILE'],
  ['NATS_PASSWORD_FILE', 'NATS_PASSWORD'],
  ['OPENAI_API_KEY_FILE', 'OPENAI_API_KEY'],
  ['WORKER_CONCURENCY', 'WORKER_CONCURRENCY'],
  ['ALLOWED_ORIGIN', 'ALLOWED_ORIGINS'],
  ['SOCKETS_PER_SESSION', 'MAX_SOCKETS_PER_SESSION'],
])('%s was meant for %s', (name, setting) => {
  expect(meantSetting(name, SETTINGS)).toBe(setting);
});

test('the name of a family of settings is told by one of them', () => {
  expect(meantSetting('MAX_SOCKETS', SETTINGS)).toMatch(/^MAX_SOCKETS_PER_/);
});

const FOREIGN = `
  HOME PATH HOSTNAME HOSTS LOGNAME SHLVL NODE_ENV NODE_OPTIONS npm_config_loglevel NATS_PORT NATS_SERVICE_HOST
  NATS_SERVICE_PORT NATS_SERVICE_PORT_CLIENT NATS_PORT_4222_TCP NATS_PORT_4222_TCP_ADDR DATABASE_PORT
  DATABASE_SERVICE_HOST METRICS_SERVICE_HOST KUBERNETES_SERVICE_HOST KUBERNETES_PORT_443_TCP_PROTO POSTGRES_PASSWORD
  POSTGRES_PORT POSTGRES_URL PGSSLMODE PGHOST PGAPPNAME OTEL_SERVICE_NAME OTEL_LOG_LEVEL OTEL_EXPORTER_OTLP_ENDPOINT
  OPENAI_LOG OPENAI_API_BASE OPENAI_API_TYPE OPENAI_API_VERSION OPENAI_ORGANIZATION AZURE_OPENAI_API_KEY API_KEY
  HTTP_PROXY http_proxy https_proxy no_proxy ALL_PROXY BASE_URL DEBUG CI TZ GITHUB_TOKEN AWS_SESSION_TOKEN
`;

test.each(FOREIGN.trim().split(/\s+/))('%s is left to the program that it belongs to', (name) => {
  expect(meantSetting(name, SETTINGS)).toBeUndefined();
});

test('a setting is no slip of another one', () => {
  expect(SETTINGS.filter((name) => meantSetting(name, SETTINGS) !== undefined)).toEqual([]);
});
