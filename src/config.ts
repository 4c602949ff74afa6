import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import './config/interpreted-schemas.ts';
import { readDatabaseUrl } from './config/database-url.ts';
import { readEnvironmentFile } from './config/environment-file.ts';
import { readPem, readText } from './config/files.ts';
import { furtherModels } from './config/further-models.ts';
import { pricesFile, type ModelPrice } from './config/model-prices.ts';
import {
  baseUrl,
  bodyFields,
  definedIn,
  doubleFields,
  fieldsOf,
  headerLines,
  headerValue,
  modelName,
  reasoningEffort,
  RESPONSE_FORMATS,
  seed,
  temperature,
  TOKENS_PARAMETERS,
} from './config/model-settings.ts';
import { readNatsUrl } from './config/nats-url.ts';
import { readProxy } from './config/proxy.ts';
import { meantSetting } from './config/setting-names.ts';
import { StartError } from './own-error.ts';

export type { ModelPrice } from './config/model-prices.ts';

export type Role = 'all' | 'api' | 'worker' | 'migrate';

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d+$/, 'is not a whole number')
    .transform(Number)
    .refine((n) => n >= least && n <= most, `must be from ${least} to ${most}`);
const integer = (least: number, most: number, fallback: number) => wholeNumber(least, most).default(fallback);
const flag = z.enum(['0', '1'], 'must be 0 or 1').transform((value) => value === '1');
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** Only the origin of the address is used, so a path would be dropped without a word. */
const publicUrl = z.string().superRefine((text, context) => {
  const parsed = URL.parse(text);
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol) || parsed.hostname === '')
    context.addIssue('is not a URL that starts with http:// or https://');
  else if (parsed.username !== '' || parsed.password !== '') context.addIssue('must not carry credentials');
  else if (parsed.pathname !== '/' || /[?#]/.test(text))
    context.addIssue('must be scheme, host and port only: the program is at the root of its address');
});

const databaseUrl = z.string().superRefine((text, context) => {
  const read = readDatabaseUrl(text);
  for (const problem of 'problems' in read ? read.problems : []) context.addIssue(problem);
});

const natsUrl = z.string().superRefine((text, context) => {
  const read = readNatsUrl(text);
  if ('problem' in read) context.addIssue(read.problem);
});

/** The content of a file; the setting is its path. */
const fileOf = (read: (path: string) => { text: string } | { problem: string }) =>
  z.string().transform((path, context): string => {
    const found = read(path);
    if ('text' in found) return found.text;
    context.addIssue(`names a file that ${found.problem}`);
    return z.NEVER;
  });
const certificateFile = fileOf((path) => readPem(path, 'certificate'));
const keyFile = fileOf((path) => readPem(path, 'key'));

/** Checks each entry of a list; a wrong one would otherwise fail much later, in the middle of a request. */
const listOf = (isEntry: (entry: string) => boolean, what: string) =>
  list.refine((entries) => entries.every(isEntry), `must be a list of ${what}, with commas`).default([]);

function isAddressRange(entry: string): boolean {
  const [address = '', prefix] = entry.split('/');
  const bits = isIP(address) === 6 ? 128 : 32;
  return isIP(address) !== 0 && (prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= bits));
}

/** Scheme, host and port only, as browsers send it in the header `Origin`. */
const isOrigin = (entry: string): boolean => URL.parse(entry)?.origin === entry;

const OPERATOR_TOKEN = /^op_[\w-]{24,}$/;
const OPERATOR_TOKEN_FORM = 'begin with op_ and have at least 24 further letters, digits, - or _';

const MINUTE_MS = 60_000;

const MODEL_DEFAULT = 'gpt-4.1-mini';
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const environment = z.object({
  PORT: integer(0, 65_535, 3005),
  HOST: z.string().default('127.0.0.1'),
  METRICS_HOST: z.string().default('127.0.0.1'),
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  DATABASE_URL: databaseUrl.optional(),
  DATABASE_POOL_MAX: integer(2, 200, 10),
  NATS_URL: natsUrl.optional(),
  NATS_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9_-]{0,30}$/, 'must be a short lower-case word')
    .default('assay'),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  NATS_TOKEN: z.string().optional(),
  NATS_CREDS_FILE: z.string().optional(),
  NATS_NKEY_FILE: fileOf(readText).optional(),
  NATS_CA_FILE: certificateFile.optional(),
  NATS_CERT_FILE: certificateFile.optional(),
  NATS_KEY_FILE: keyFile.optional(),
  NATS_JETSTREAM_DOMAIN: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be the name of a JetStream domain')
    .optional(),
  NATS_REPLICAS: wholeNumber(1, 5).optional(),
  NATS_WORK_MB: wholeNumber(1, 1_000_000).optional(),
  NATS_EVENTS_MB: wholeNumber(1, 1_000_000).optional(),
  NATS_DEAD_MB: wholeNumber(1, 1_000_000).optional(),
  OPENAI_API_KEY: headerValue.optional(),
  OPENAI_BASE_URL: baseUrl.optional(),
  OPENAI_MODEL: modelName.default(MODEL_DEFAULT),
  OPENAI_ORG_ID: headerValue.optional(),
  OPENAI_PROJECT_ID: headerValue.optional(),
  OPENAI_CUSTOM_HEADERS: headerLines.optional(),
  OPENAI_TEMPERATURE: temperature.optional(),
  OPENAI_SEED: seed.optional(),
  OPENAI_REASONING_EFFORT: reasoningEffort.optional(),
  OPENAI_BODY: bodyFields.optional(),
  MODELS_FILE: furtherModels.optional(),
  MODEL_FALLBACK_AFTER_MS: integer(0, 24 * 60 * MINUTE_MS, MINUTE_MS),
  MODEL_PRICES_FILE: pricesFile.optional(),
  MODEL_TRACEPARENT: flag.default(false),
  HTTPS_PROXY: z.string().optional(),
  NO_PROXY: z.string().optional(),
  DEMO_MODEL: flag.optional(),
  AI_TIMEOUT_MS: integer(1_000, 15 * MINUTE_MS, MINUTE_MS),
  MODEL_TOKENS_MAX: integer(1_000, 1_000_000, 16_000),
  MODEL_TOKENS_PARAMETER: z.enum(TOKENS_PARAMETERS, `must be ${TOKENS_PARAMETERS.join(' or ')}`).optional(),
  MODEL_RESPONSE_FORMAT: z.enum(RESPONSE_FORMATS, `must be one of ${RESPONSE_FORMATS.join(', ')}`).optional(),
  MODEL_STREAMS: flag.optional(),
  WORKER_CONCURRENCY: integer(1, 256, 5),
  MAX_ATTEMPTS: integer(1, 100, 5),
  LEASE_MS: integer(3_000, 10 * MINUTE_MS, 15_000),
  MAX_QUEUE_DEPTH: integer(1, 10_000_000, 10_000),
  SUBMITS_PER_MINUTE: integer(0, 1_000_000, 30),
  SUBMITS_PER_MINUTE_PER_ADDRESS: wholeNumber(0, 1_000_000).optional(),
  MAX_OPEN_PER_SESSION: wholeNumber(0, 1_000_000).optional(),
  MAX_OPEN_PER_ADDRESS: wholeNumber(0, 1_000_000).optional(),
  DAILY_ASSESSMENTS_PER_ADDRESS: wholeNumber(0, 100_000_000).optional(),
  DAILY_MODEL_CALLS: integer(0, 1_000_000_000, 0),
  DAILY_TOKENS: integer(0, 1_000_000_000_000, 0),
  SESSIONS_PER_MINUTE: integer(0, 1_000_000, 120),
  QUERY_COST_PER_MINUTE: wholeNumber(0, 1_000_000_000).optional(),
  MAX_SOCKETS_PER_SESSION: integer(0, 100_000, 10),
  MAX_SOCKETS_PER_ADDRESS: wholeNumber(0, 1_000_000).optional(),
  SESSION_TTL_DAYS: integer(1, 3_650, 30),
  PUBLIC_URL: publicUrl.optional(),
  ALLOWED_ORIGINS: listOf(isOrigin, 'origins such as https://app.example'),
  TRUSTED_PROXIES: listOf(isAddressRange, 'IP addresses or CIDR ranges'),
  GRAPHIQL: flag.optional(),
  SERVICE_WORKER: flag.default(true),
  OPERATOR_TOKEN: z.string().regex(OPERATOR_TOKEN, `must ${OPERATOR_TOKEN_FORM}`).optional(),
  OPERATOR_TOKENS: listOf(
    (entry) => /^[a-z][a-z0-9_-]{0,30}=/.test(entry) && OPERATOR_TOKEN.test(entry.slice(entry.indexOf('=') + 1)),
    `name=token; a token must ${OPERATOR_TOKEN_FORM}`,
  ),
  SHUTDOWN_GRACE_MS: integer(0, 15 * MINUTE_MS, 25_000),
  DRAIN_DELAY_MS: integer(0, 5 * MINUTE_MS, 0),
  TEXTS_DIR: z.string().optional(),
  DATA_DIR: z.string().min(1).default('.assay'),
  QUESTIONNAIRES_DIR: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
});

export type Config = ReturnType<typeof readConfig>;

/**
 * Reads a file `.env` in the working directory. A variable that the environment has already keeps its value.
 * @throws StartError if the file can't be used as a whole
 */
export function loadEnvironmentFile(): void {
  for (const [name, value] of Object.entries(readEnvironmentFile())) process.env[name] ??= value;
}

/**
 * Reads and checks the environment. Nothing else in the program reads it.
 * @throws StartError with every problem, each by the name of its setting, without its value, which can be a secret
 */
export function readConfig(role: Role, env: NodeJS.ProcessEnv = process.env) {
  // An empty variable counts as unset: `FOO=` in an env file or in compose means "the default".
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  problems.push(
    ...misspelled(given),
    ...contradictions(role, given),
    ...doubleOperators(given),
    ...brokerProblems(given),
    ...(parsed.success ? doubleFields(parsed.data) : []),
  );
  const proxy = callsProvider(role, given) ? readProxy(given) : undefined;
  if (proxy !== undefined && 'problem' in proxy) problems.push(proxy.problem);
  if (!parsed.success || problems.length > 0) throw new StartError('The environment can not be used:', { problems });
  const value = parsed.data;
  const embedded = value.DATABASE_URL === undefined;
  const publicOrigin = value.PUBLIC_URL === undefined ? undefined : new URL(value.PUBLIC_URL).origin;
  return Object.freeze({
    role,
    embedded,
    host: value.HOST,
    port: value.PORT,
    metricsHost: value.METRICS_HOST,
    metricsPort: value.METRICS_PORT ?? (role === 'worker' ? 9465 : 9464),
    databaseUrl: value.DATABASE_URL,
    databasePoolMax: value.DATABASE_POOL_MAX,
    natsPrefix: value.NATS_PREFIX,
    natsCredsFile: value.NATS_CREDS_FILE,
    ...broker(value),
    natsDomain: value.NATS_JETSTREAM_DOMAIN,
    natsReplicas: value.NATS_REPLICAS,
    natsStreamMb: {
      work: value.NATS_WORK_MB,
      events: value.NATS_EVENTS_MB,
      dead: value.NATS_DEAD_MB,
    },
    openaiApiKey: value.OPENAI_API_KEY,
    openaiBaseUrl: value.OPENAI_BASE_URL,
    openaiModel: value.OPENAI_MODEL,
    openaiOrganization: value.OPENAI_ORG_ID,
    openaiProject: value.OPENAI_PROJECT_ID,
    openaiHeaders: value.OPENAI_CUSTOM_HEADERS,
    modelFields: fieldsOf(value),
    modelProxy: proxy !== undefined && 'url' in proxy ? proxy : undefined,
    modelTokensMax: value.MODEL_TOKENS_MAX,
    modelPinned: definedIn({
      tokensParameter: value.MODEL_TOKENS_PARAMETER,
      format: value.MODEL_RESPONSE_FORMAT,
      streams: value.MODEL_STREAMS,
    }),
    furtherModels: value.MODELS_FILE ?? [],
    modelFallbackAfterMs: value.MODEL_FALLBACK_AFTER_MS,
    modelPrices: value.MODEL_PRICES_FILE ?? new Map<string, ModelPrice>(),
    modelTraceparent: value.MODEL_TRACEPARENT,
    /** A server of one's own needs no key. */
    demoModel: value.OPENAI_API_KEY === undefined && value.OPENAI_BASE_URL === undefined,
    aiTimeoutMs: value.AI_TIMEOUT_MS,
    workerConcurrency: value.WORKER_CONCURRENCY,
    maxAttempts: value.MAX_ATTEMPTS,
    leaseMs: value.LEASE_MS,
    maxQueueDepth: value.MAX_QUEUE_DEPTH,
    submitsPerMinute: value.SUBMITS_PER_MINUTE,
    submitsPerMinutePerAddress: value.SUBMITS_PER_MINUTE_PER_ADDRESS ?? 4 * value.SUBMITS_PER_MINUTE,
    openPerSessionMax: value.MAX_OPEN_PER_SESSION ?? 2 * value.SUBMITS_PER_MINUTE,
    openPerAddressMax: value.MAX_OPEN_PER_ADDRESS ?? 10 * value.SUBMITS_PER_MINUTE,
    dailyAssessmentsPerAddress: value.DAILY_ASSESSMENTS_PER_ADDRESS ?? 40 * value.SUBMITS_PER_MINUTE,
    dailyModelCalls: value.DAILY_MODEL_CALLS,
    dailyTokens: value.DAILY_TOKENS,
    sessionsPerMinute: value.SESSIONS_PER_MINUTE,
    queryCostPerMinute: value.QUERY_COST_PER_MINUTE ?? 20_000 * value.SUBMITS_PER_MINUTE,
    socketsPerSessionMax: value.MAX_SOCKETS_PER_SESSION,
    socketsPerAddressMax: value.MAX_SOCKETS_PER_ADDRESS ?? 50 * value.MAX_SOCKETS_PER_SESSION,
    sessionTtlMs: value.SESSION_TTL_DAYS * 24 * 60 * MINUTE_MS,
    publicUrl: publicOrigin,
    secureCookies: publicOrigin?.startsWith('https:') ?? false,
    allowedOrigins: new Set([...value.ALLOWED_ORIGINS, ...(publicOrigin === undefined ? [] : [publicOrigin])]),
    trustedProxies: value.TRUSTED_PROXIES,
    graphiql: value.GRAPHIQL ?? embedded,
    serviceWorker: value.SERVICE_WORKER,
    operatorTokens: operatorTokensOf(value.OPERATOR_TOKEN, value.OPERATOR_TOKENS),
    shutdownGraceMs: value.SHUTDOWN_GRACE_MS,
    drainDelayMs: value.DRAIN_DELAY_MS,
    textsDir: value.TEXTS_DIR,
    dataDir: value.DATA_DIR,
    questionnairesDir: questionnairesDirOf(value.QUESTIONNAIRES_DIR),
    logLevel: value.LOG_LEVEL,
  });
}

/** The folder of the questionnaires, for commands that need no other setting. */
export const readQuestionnairesDir = (env: NodeJS.ProcessEnv = process.env): string =>
  questionnairesDirOf(env['QUESTIONNAIRES_DIR'] === '' ? undefined : env['QUESTIONNAIRES_DIR']);

/** The folder of the operator's texts, for the same commands; undefined: those that come with the program. */
export const readTextsDir = (env: NodeJS.ProcessEnv = process.env): string | undefined =>
  env['TEXTS_DIR'] === '' ? undefined : env['TEXTS_DIR'];

const questionnairesDirOf = (given: string | undefined): string =>
  given === undefined ? join(import.meta.dirname, '../questionnaires') : resolve(given);

const MIGRATED_BY_START = '. "npm start" migrates its embedded one, and publishes the questionnaires';

/** Problems of settings in combination. */
function contradictions(role: Role, given: Record<string, string | undefined>): string[] {
  const { DATABASE_URL, NATS_URL } = given;
  const problems: string[] = [];
  if (role === 'all' && (DATABASE_URL === undefined) !== (NATS_URL === undefined))
    problems.push(
      `${DATABASE_URL === undefined ? 'DATABASE_URL' : 'NATS_URL'} is missing: give both (own servers) or neither (embedded)`,
    );
  if (role !== 'all' && DATABASE_URL === undefined)
    problems.push(
      `DATABASE_URL is missing: the role "${role}" has no embedded database${role === 'migrate' ? MIGRATED_BY_START : ''}`,
    );
  if ((role === 'api' || role === 'worker') && NATS_URL === undefined)
    problems.push(`NATS_URL is missing: the role "${role}" has no embedded broker`);
  problems.push(...modelProblems(role, given));
  return problems;
}

const callsProvider = (role: Role, { OPENAI_API_KEY, OPENAI_BASE_URL }: Record<string, string | undefined>): boolean =>
  (role === 'worker' || role === 'all') && (OPENAI_API_KEY ?? OPENAI_BASE_URL) !== undefined;

/** Without a provider the demo model answers, if it was asked for or if nothing else was. */
function modelProblems(role: Role, given: Record<string, string | undefined>): string[] {
  const isEmbedded = given['DATABASE_URL'] === undefined;
  const { OPENAI_MODEL, MODELS_FILE, DEMO_MODEL } = given;
  if (callsProvider(role, given) || (role !== 'worker' && role !== 'all')) return [];
  const problems: string[] = [];
  if (MODELS_FILE !== undefined)
    problems.push(
      'MODELS_FILE is of no use without a first model: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server without keys',
    );
  if (DEMO_MODEL === '1') return problems;
  if (role === 'worker' || !isEmbedded || DEMO_MODEL === '0')
    problems.push(
      'OPENAI_API_KEY is missing: set it, or OPENAI_BASE_URL for a server without keys, or DEMO_MODEL=1 to answer with the built-in demo model',
    );
  else if (OPENAI_MODEL !== undefined && OPENAI_MODEL !== MODEL_DEFAULT)
    problems.push(
      'OPENAI_MODEL is of no use without OPENAI_API_KEY or OPENAI_BASE_URL: set one of them, or DEMO_MODEL=1 to answer with the built-in demo model',
    );
  return problems;
}

type Values = z.output<typeof environment>;

/** How to reach the broker. Encrypted, if an address says tls:// or a file for TLS is given. */
function broker(value: Values) {
  const read = value.NATS_URL === undefined ? undefined : readNatsUrl(value.NATS_URL);
  const url = read === undefined || 'problem' in read ? undefined : read;
  const files = { ca: value.NATS_CA_FILE, cert: value.NATS_CERT_FILE, key: value.NATS_KEY_FILE };
  const isEncrypted = url?.tls === true || Object.values(files).some((file) => file !== undefined);
  return {
    /** Hosts with ports, separated by commas. */
    natsUrl: url?.servers.join(','),
    natsUser: value.NATS_USER ?? url?.user,
    natsPassword: value.NATS_PASSWORD ?? url?.password,
    natsToken: value.NATS_TOKEN ?? url?.token,
    natsSeed: value.NATS_NKEY_FILE,
    natsTls: isEncrypted ? files : undefined,
  };
}

const TLS_FILES = ['NATS_CA_FILE', 'NATS_CERT_FILE', 'NATS_KEY_FILE'];

/** Two ways to log in, of which the client would drop one; halves of a pair. */
function brokerProblems(given: Record<string, string | undefined>): string[] {
  const { NATS_URL, NATS_USER, NATS_PASSWORD, NATS_TOKEN, NATS_CREDS_FILE, NATS_NKEY_FILE } = given;
  const url = NATS_URL === undefined ? undefined : readNatsUrl(NATS_URL);
  const inUrl = url !== undefined && 'servers' in url && (url.user ?? url.token) !== undefined;
  const ways = [
    inUrl ? 'credentials in NATS_URL' : undefined,
    (NATS_USER ?? NATS_PASSWORD) ? 'NATS_USER and NATS_PASSWORD' : undefined,
    NATS_TOKEN === undefined ? undefined : 'NATS_TOKEN',
    NATS_CREDS_FILE === undefined ? undefined : 'NATS_CREDS_FILE',
    NATS_NKEY_FILE === undefined ? undefined : 'NATS_NKEY_FILE',
  ].filter((way) => way !== undefined);
  const problems = ways.length > 1 ? [`NATS_URL has several logins: give one of ${ways.join(', ')}`] : [];
  if (NATS_PASSWORD !== undefined && NATS_USER === undefined)
    problems.push('NATS_USER is missing: NATS_PASSWORD is of no use without it');
  const demandsTls =
    url !== undefined && 'servers' in url && (url.tls || TLS_FILES.some((name) => given[name] !== undefined));
  if (demandsTls && url.hasNumber)
    problems.push(
      'NATS_URL has an IP address, for which no certificate can be checked: give the name in the certificate',
    );
  if ((given['NATS_CERT_FILE'] === undefined) !== (given['NATS_KEY_FILE'] === undefined))
    problems.push(
      `${given['NATS_CERT_FILE'] === undefined ? 'NATS_CERT_FILE' : 'NATS_KEY_FILE'} is missing: give certificate and key together`,
    );
  return problems;
}

/** Names that were meant for a setting: the default would silently stay in force. */
function misspelled(given: Record<string, string | undefined>): string[] {
  const known = Object.keys(environment.shape);
  return Object.keys(given).flatMap((name) => {
    const meant = meantSetting(name, known);
    return meant === undefined ? [] : [`${name} is not a setting: did you mean ${meant}?`];
  });
}

/** The token of each operator by name. The single token of `OPERATOR_TOKEN` has the name "operator". */
function operatorTokensOf(single: string | undefined, entries: readonly string[]): ReadonlyMap<string, string> {
  const named = entries.map((entry): [string, string] => [operatorOf(entry), entry.slice(entry.indexOf('=') + 1)]);
  return new Map(single === undefined ? named : [['operator', single], ...named]);
}

const operatorOf = (entry: string): string => entry.slice(0, entry.indexOf('=')).trim();

function doubleOperators(given: Record<string, string | undefined>): string[] {
  const names = (given['OPERATOR_TOKENS'] ?? '')
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map(operatorOf);
  const all = given['OPERATOR_TOKEN'] === undefined ? names : ['operator', ...names];
  return new Set(all).size === all.length
    ? []
    : ['OPERATOR_TOKENS has a name twice ("operator" is the name of the one in OPERATOR_TOKEN)'];
}
