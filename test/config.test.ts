import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readConfig, type Role } from '../src/config.ts';
import { StartError } from '../src/own-error.ts';

const SERVERS = { DATABASE_URL: 'postgresql://u:geheim@h/d', NATS_URL: 'nats://h:4222' };

function problemsOf(role: Role, env: Record<string, string>): readonly string[] {
  try {
    readConfig(role, env);
  } catch (error) {
    if (error instanceof StartError) return error.problems;
    throw error;
  }
  return [];
}

test('without settings the program is embedded, with the demo model and GraphiQL', () => {
  const config = readConfig('all', {});
  expect(config).toMatchObject({ embedded: true, demoModel: true, graphiql: true, port: 3005, host: '127.0.0.1' });
  expect(Object.isFrozen(config)).toBe(true);
});

test('every problem is reported at once, by name and never with its value', () => {
  const env = {
    ...SERVERS,
    PORT: 'abc',
    METRICS_PORT: '70000',
    AI_TIMEOUT_MS: '0',
    WORKER_CONCURRENCY: '-1',
    PUBLIC_URL: 'file:///etc/passwd',
    GRAPHIQL: 'yes-please',
    LOG_LEVEL: 'loud',
    NATS_PREFIX: 'Not Allowed',
  };
  const problems = problemsOf('worker', env);
  for (const name of Object.keys(env).filter((key) => !(key in SERVERS)))
    expect(problems.filter((problem) => problem.startsWith(`${name} `))).toHaveLength(1);
  expect(problems.some((problem) => problem.startsWith('OPENAI_API_KEY is missing'))).toBe(true);
  const text = problems.join('\n');
  for (const value of ['abc', '70000', '/etc/passwd', 'yes-please', 'loud', 'Not Allowed', 'geheim'])
    expect(text).not.toContain(value);
});

test.each([
  ['one server alone', 'all', { DATABASE_URL: SERVERS.DATABASE_URL }, ['NATS_URL', 'OPENAI_API_KEY']],
  ['the other alone', 'all', { NATS_URL: SERVERS.NATS_URL }, ['DATABASE_URL']],
  ['an api without servers', 'api', {}, ['DATABASE_URL', 'NATS_URL']],
  ['a worker without servers and key', 'worker', {}, ['DATABASE_URL', 'NATS_URL', 'OPENAI_API_KEY']],
  ['own servers without a key', 'all', SERVERS, ['OPENAI_API_KEY']],
  ['migrate without a database', 'migrate', {}, ['DATABASE_URL']],
] as const)('%s is refused, with the missing settings', (_case, role, env, missing) => {
  expect(problemsOf(role, env).map((problem) => problem.split(' ')[0])).toEqual(missing);
});

test('migrate without a database is told what publishes into the embedded one', () => {
  expect(problemsOf('migrate', {})).toEqual([
    'DATABASE_URL is missing: the role "migrate" has no embedded database. "npm start" migrates its embedded one, and publishes the questionnaires',
  ]);
});

test.each([
  ['an api needs no key', 'api', SERVERS],
  ['DEMO_MODEL=1 stands in for a key', 'worker', { ...SERVERS, DEMO_MODEL: '1' }],
  ['an empty value is an unset one', 'worker', { ...SERVERS, OPENAI_API_KEY: 'k', PORT: '', GRAPHIQL: '' }],
] as const)('%s', (_case, role, env) => {
  expect(problemsOf(role, env)).toEqual([]);
});

test('a misspelt setting is reported, and names of other programs are ignored', () => {
  expect(problemsOf('all', { WORKER_CONCURENCY: '3' })).toEqual([
    'WORKER_CONCURENCY is not a setting: did you mean WORKER_CONCURRENCY?',
  ]);
  expect(problemsOf('all', { HOME: '/root', NODE_ENV: 'production', NATS_PORT: 'x', OPENAI_ORG_ID: 'x' })).toEqual([]);
});

test('the broker is told apart from its credentials, which may stand in one place', () => {
  const read = (env: Record<string, string>) => readConfig('api', { ...SERVERS, ...env });
  expect(read({ NATS_URL: 'tls://u:p@h:4222,tls://g' })).toMatchObject({
    natsUrl: 'h:4222,g',
    natsUser: 'u',
    natsPassword: 'p',
    natsTls: { ca: undefined, cert: undefined, key: undefined },
  });
  expect(read({ NATS_USER: 'u', NATS_PASSWORD: 'p' })).toMatchObject({ natsUser: 'u', natsTls: undefined });
  const token = { NATS_URL: 'nats://t@h' };
  for (const [name, words] of [
    ['NATS_TOKEN', 'NATS_TOKEN'],
    ['NATS_USER', 'NATS_USER and NATS_PASSWORD'],
    ['NATS_CREDS_FILE', 'NATS_CREDS_FILE'],
  ] as const)
    expect(problemsOf('api', { ...SERVERS, ...token, [name]: 'x' })).toEqual([
      `NATS_URL has several logins: give one of credentials in NATS_URL, ${words}`,
    ]);
  expect(problemsOf('api', { ...SERVERS, NATS_PASSWORD: 'x' })).toEqual([
    'NATS_USER is missing: NATS_PASSWORD is of no use without it',
  ]);
});

test('budgets of the model are off by default, and the limits of an address follow those of a session', () => {
  const limits = ({ dailyModelCalls, dailyTokens, dailyAssessmentsPerAddress }: ReturnType<typeof readConfig>) => [
    dailyModelCalls,
    dailyTokens,
    dailyAssessmentsPerAddress,
  ];
  expect(limits(readConfig('all', {}))).toEqual([0, 0, 1_200]);
  expect(limits(readConfig('all', { SUBMITS_PER_MINUTE: '0' }))).toEqual([0, 0, 0]);
  expect(limits(readConfig('all', { SUBMITS_PER_MINUTE: '0', DAILY_ASSESSMENTS_PER_ADDRESS: '7' }))).toEqual([0, 0, 7]);
});

test('api and worker have different default ports for metrics', () => {
  const env = { ...SERVERS, OPENAI_API_KEY: 'k' };
  expect([readConfig('api', env).metricsPort, readConfig('worker', env).metricsPort]).toEqual([9464, 9465]);
});

test('NODE_ENV makes no difference', () => {
  expect(readConfig('all', { NODE_ENV: 'production' })).toEqual(readConfig('all', {}));
});

test('a public https address makes cookies secure and its origin allowed', () => {
  const config = readConfig('api', { ...SERVERS, PUBLIC_URL: 'https://assay.example/' });
  expect(config.secureCookies).toBe(true);
  expect([...config.allowedOrigins]).toEqual(['https://assay.example']);
});

test.each([
  ['TRUSTED_PROXIES', 'not-an-address'],
  ['TRUSTED_PROXIES', '10.0.0.0/99'],
  ['ALLOWED_ORIGINS', 'example.org'],
  ['ALLOWED_ORIGINS', 'https://example.org/path'],
  ['OPENAI_BASE_URL', 'https://user:pw@provider.example/v1'],
  ['OPENAI_BASE_URL', 'https://user@provider.example/v1'],
  ['OPENAI_BASE_URL', 'https://:pw@provider.example/v1'],
  ['OPENAI_BASE_URL', 'https://provider.example/v1#part'],
  ['OPENAI_BASE_URL', 'https://provider.example/\nv1'],
  ['OPENAI_BASE_URL', 'https://provider.example/v 1'],
  ['OPENAI_BASE_URL', 'https://provider.example/\u200bv1'],
  ['OPENAI_BASE_URL', 'https://?'],
  ['OPENAI_API_KEY', 'sk-1\nsk-2'],
  ['OPENAI_API_KEY', 'sk-1 sk-2'],
  ['OPENAI_API_KEY', 'sk-→'],
  ['OPENAI_API_KEY', 'sk-\u200b'],
  ['OPENAI_API_KEY', 'sk-é'],
  ['OPENAI_API_KEY', 'sk-\x7f'],
  ['OPENAI_API_KEY', ' \n'],
  ['OPENAI_ORG_ID', 'org\n1'],
  ['OPENAI_PROJECT_ID', 'proj é'],
  ['OPENAI_MODEL', 'gpt\n4'],
  ['OPENAI_MODEL', 'gpt\u200b4'],
  ['OPENAI_MODEL', '  '],
  ['OPENAI_MODEL', 'x'.repeat(201)],
  ['OPENAI_TEMPERATURE', '2.1'],
  ['OPENAI_TEMPERATURE', '-1'],
  ['OPENAI_TEMPERATURE', '0,5'],
  ['OPENAI_SEED', '1.5'],
  ['OPENAI_SEED', '9007199254740993'],
  ['OPENAI_REASONING_EFFORT', 'very high'],
  ['OPENAI_BODY', '["sk-body"]'],
  ['OPENAI_BODY', '{"top_p": sk-body}'],
  ['OPENAI_BODY', `{"a": "${'x'.repeat(16_384)}"}`],
  ['MODEL_TOKENS_MAX', '999'],
  ['MODEL_TOKENS_PARAMETER', 'most_tokens'],
  ['MODEL_RESPONSE_FORMAT', 'xml'],
  ['MODEL_STREAMS', 'yes'],
  ['OPENAI_CUSTOM_HEADERS', 'no header'],
  ['OPENAI_CUSTOM_HEADERS', 'x-empty:'],
  ['OPENAI_CUSTOM_HEADERS', 'a name: b'],
  ['OPENAI_CUSTOM_HEADERS', 'x-a: b\u0001'],
  ['OPENAI_CUSTOM_HEADERS', 'x-a: é'],
  ['OPENAI_CUSTOM_HEADERS', 'x-a: b\nno header'],
  ['OPENAI_CUSTOM_HEADERS', 'x-a: b\nX-A: c'],
  ['OPENAI_CUSTOM_HEADERS', 'Idempotency-Key: mine'],
  ['OPENAI_CUSTOM_HEADERS', 'accept-encoding: gzip'],
  ['OPENAI_CUSTOM_HEADERS', 'Content-Length: 1'],
  ['NATS_URL', 'http://h:4222'],
  ['NATS_URL', 'tls://h:4222,nats://g:4222'],
  ['NATS_URL', 'tls://127.0.0.1:4222'],
  ['NATS_CA_FILE', '/no/such/file'],
  ['NATS_NKEY_FILE', '/no/such/file'],
  ['DATABASE_URL', 'postgres://h/d?schema=app'],
  ['DATABASE_URL', 'postgres://h/d?sslmode=verify-full&sslrootcert=/no/such/file'],
  ['PUBLIC_URL', 'https://assay.example/some/path'],
  ['PUBLIC_URL', 'https://:pw@assay.example'],
  ['PUBLIC_URL', 'https://assay.example/?a=b'],
  ['PUBLIC_URL', 'ftp://assay.example'],
  ['NATS_JETSTREAM_DOMAIN', 'a.b'],
  ['NATS_REPLICAS', '6'],
  ['NATS_REPLICAS', '0'],
  ['NATS_WORK_MB', '-1'],
])('%s=%j is refused at the start and not at the first request', (name, value) => {
  const problems = problemsOf('worker', { ...SERVERS, OPENAI_API_KEY: 'k', [name]: value });
  expect(problems.map((problem) => problem.split(' ')[0])).toEqual([name]);
  expect(problems.join()).not.toContain(value);
});

test('settings that are sent to the model lose the white space around them', () => {
  const config = readConfig('worker', {
    ...SERVERS,
    OPENAI_API_KEY: ' sk-1\r\n',
    OPENAI_BASE_URL: 'https://provider.example/v1?api-version=1\n',
    OPENAI_MODEL: 'Qwen 2.5 (7B)\n',
    OPENAI_ORG_ID: 'org-1\n',
    OPENAI_CUSTOM_HEADERS: 'API-Key: k: 1\r\n\n x-team :a b \n__proto__: c\n',
  });
  expect(config).toMatchObject({
    openaiApiKey: 'sk-1',
    openaiBaseUrl: 'https://provider.example/v1?api-version=1',
    openaiModel: 'Qwen 2.5 (7B)',
    openaiOrganization: 'org-1',
    openaiProject: undefined,
  });
  expect(Object.entries(config.openaiHeaders ?? {})).toEqual([
    ['api-key', 'k: 1'],
    ['x-team', 'a b'],
    ['__proto__', 'c'],
  ]);
});

test('the schema of the settings never calls the constructor Function', () => {
  const program = `
    let made = 0;
    globalThis.Function = class { constructor() { made++; } };
    const { readConfig } = await import(${JSON.stringify(new URL('../src/config.ts', import.meta.url).href)});
    readConfig('all', {});
    process.stdout.write(String(made));
  `;
  const flags = ['--input-type=module', '--eval', program];
  expect(execFileSync(process.execPath, flags, { encoding: 'utf8' })).toBe('0');
});

test('fields of the request that the program or another setting sets are refused by name', () => {
  const own = [
    'model',
    'messages',
    'stream',
    'stream_options',
    'response_format',
    'max_tokens',
    'max_completion_tokens',
    'n',
  ];
  const body = JSON.stringify(Object.fromEntries(['top_p', ...own].map((name) => [name, 1])));
  expect(problemsOf('all', { OPENAI_API_KEY: 'k', OPENAI_BODY: body })).toEqual(
    own.map((name) => `OPENAI_BODY must not have ${name}, which the program sets itself`),
  );
  const twice = {
    OPENAI_API_KEY: 'k',
    OPENAI_TEMPERATURE: '0',
    OPENAI_SEED: '1',
    OPENAI_BODY: '{"temperature":1,"reasoning_effort":"low"}',
  };
  expect(problemsOf('all', twice)).toEqual([
    'OPENAI_BODY has temperature, which OPENAI_TEMPERATURE sets: keep one of them',
  ]);
});

test('settings of the request are fields of its body, and pinned ones are apart', () => {
  const env = {
    OPENAI_API_KEY: 'k',
    OPENAI_TEMPERATURE: '0.2',
    OPENAI_SEED: '-7',
    OPENAI_REASONING_EFFORT: 'low',
    OPENAI_BODY: '{"top_p":0.9,"__proto__":{"a":1}}',
    MODEL_STREAMS: '0',
    MODEL_TOKENS_PARAMETER: 'max_tokens',
  };
  const { modelFields, modelPinned } = readConfig('all', env);
  expect(JSON.stringify(modelFields)).toBe(
    '{"top_p":0.9,"__proto__":{"a":1},"temperature":0.2,"seed":-7,"reasoning_effort":"low"}',
  );
  expect(modelPinned).toEqual({ tokensParameter: 'max_tokens', streams: false });
  expect(readConfig('all', {})).toMatchObject({ modelFields: {}, modelPinned: {}, modelTokensMax: 16_000 });
});

const OLLAMA = { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1', OPENAI_MODEL: 'llama3.2' };

test('a server without keys is no demo model', () => {
  for (const role of ['all', 'worker'] as const)
    for (const env of [OLLAMA, { ...OLLAMA, DEMO_MODEL: '1' }])
      expect(readConfig(role, { ...SERVERS, ...env })).toMatchObject({ demoModel: false, openaiApiKey: undefined });
  expect(readConfig('all', OLLAMA).demoModel).toBe(false);
});

test('the demo model answers only where nothing says that another one should', () => {
  const { OPENAI_MODEL } = OLLAMA;
  expect(problemsOf('all', { OPENAI_MODEL })).toEqual([expect.stringMatching(/^OPENAI_MODEL is of no use without/)]);
  expect(problemsOf('all', { DEMO_MODEL: '0' })).toEqual([expect.stringMatching(/^OPENAI_API_KEY is missing/)]);
  expect(problemsOf('worker', { ...SERVERS, OPENAI_MODEL })).toEqual([
    expect.stringMatching(/^OPENAI_API_KEY is missing/),
  ]);
  expect(readConfig('all', { OPENAI_MODEL, DEMO_MODEL: '1' }).demoModel).toBe(true);
  expect(problemsOf('api', { ...SERVERS, OPENAI_MODEL })).toEqual([]);
});

test('a proxy is read for calls of a provider, under names in lower case first', () => {
  const proxyOf = (env: Record<string, string>) => readConfig('all', { OPENAI_API_KEY: 'k', ...env }).modelProxy;
  expect(proxyOf({})).toBeUndefined();
  expect(proxyOf({ HTTPS_PROXY: 'http://proxy:3128' })).toEqual({ url: 'http://proxy:3128/', except: '' });
  expect(proxyOf({ HTTPS_PROXY: 'http://a:1', https_proxy: 'b:2', NO_PROXY: 'c', no_proxy: 'd' })).toEqual({
    url: 'http://b:2/',
    except: 'd',
  });
  expect(readConfig('all', { HTTPS_PROXY: 'http://proxy:3128' }).modelProxy).toBeUndefined();
});

test.each(['socks5://geheim:1080', 'http://geheim:3128/path', 'http://user:geheim%zz@host:3128', 'http://'])(
  'the proxy %j is refused by name, where it would be used',
  (HTTPS_PROXY) => {
    const problems = problemsOf('all', { OPENAI_API_KEY: 'k', HTTPS_PROXY });
    expect(problems.map((problem) => problem.split(' ')[0])).toEqual(['HTTPS_PROXY']);
    expect(problems.join()).not.toContain('geheim');
    expect(problemsOf('api', { ...SERVERS, OPENAI_API_KEY: 'k', HTTPS_PROXY })).toEqual([]);
    expect(problemsOf('all', { HTTPS_PROXY })).toEqual([]);
  },
);

test('operators have tokens by name, and a name stands for one token', () => {
  const [alice, bob] = [`op_${'a'.repeat(24)}`, `op_${'b'.repeat(24)}`];
  const read = (env: Record<string, string>) => readConfig('all', env).operatorTokens;
  expect([...read({ OPERATOR_TOKENS: ` alice=${alice}, bob=${bob},` })]).toEqual([
    ['alice', alice],
    ['bob', bob],
  ]);
  expect([...read({ OPERATOR_TOKEN: alice, OPERATOR_TOKENS: `bob=${bob}` })]).toEqual([
    ['operator', alice],
    ['bob', bob],
  ]);
  for (const wrong of [
    `alice=${alice},alice=${bob}`,
    'alice',
    `=${alice}`,
    'alice=op_short',
    `Alice=${alice}`,
    alice,
  ]) {
    expect(() => read({ OPERATOR_TOKENS: wrong })).toThrow(/OPERATOR_TOKENS/);
    expect(() => read({ OPERATOR_TOKENS: wrong })).not.toThrow(new RegExp(alice));
  }
  expect(() => read({ OPERATOR_TOKEN: alice, OPERATOR_TOKENS: `operator=${bob}` })).toThrow(/a name twice/);
});
