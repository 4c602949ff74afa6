import { parseArgs } from 'node:util';

/** Amount of load, and the form of the report. */
export type Options = {
  scenarios: string[];
  reps: number;
  seconds: number;
  inFlight: number;
  jobs: number;
  concurrency: number;
  rate: number;
  sockets: number;
  rows: number;
  warmUp: number;
  /** Whether submits have an idempotency key. */
  keys: boolean;
  /** Further settings of api and worker, by name. */
  settings: Record<string, string>;
  /** Options of Node for api and worker. */
  nodeOptions: string[];
  json: boolean;
};

type Bound = { least: number; most: number; fallback: number; meaning: string };

/** Every number has bounds: a typo must not fill a disk or run for hours. */
const NUMBERS = {
  reps: { least: 1, most: 50, fallback: 2, meaning: 'repetitions; the medians are shown' },
  seconds: { least: 1, most: 300, fallback: 5, meaning: 'of load: throughput, push' },
  'in-flight': { least: 1, most: 256, fallback: 32, meaning: 'submits at a time: throughput, drain, rows' },
  jobs: { least: 1, most: 100_000, fallback: 3_000, meaning: 'assessments: drain, rows' },
  concurrency: { least: 1, most: 256, fallback: 32, meaning: 'WORKER_CONCURRENCY: drain, rows' },
  rate: { least: 1, most: 2_000, fallback: 50, meaning: 'submits a second: push' },
  sockets: { least: 1, most: 20_000, fallback: 2_000, meaning: 'sockets, with one subscription each: idle' },
  rows: { least: 1, most: 2_000_000, fallback: 50_000, meaning: 'ended assessments that are stored already: rows' },
  'warm-up': { least: 0, most: 10_000, fallback: 300, meaning: 'assessments before each measured part' },
} as const satisfies Record<string, Bound>;

type NumberName = keyof typeof NUMBERS;

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/**
 * The options of the command line; undefined if it asks for help.
 * @throws UsageError
 */
export function readOptions(args: string[], known: readonly string[], byDefault: readonly string[]) {
  const { values, positionals } = parse(args);
  if (values.help === true) return undefined;
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`no such scenario: ${unknown.join(', ')}; there are ${known.join(', ')}`);
  const number = (name: NumberName): number => readNumber(name, values[name]);
  return {
    scenarios: positionals.length > 0 ? [...new Set(positionals)] : [...byDefault],
    reps: number('reps'),
    seconds: number('seconds'),
    inFlight: number('in-flight'),
    jobs: number('jobs'),
    concurrency: number('concurrency'),
    rate: number('rate'),
    sockets: number('sockets'),
    rows: number('rows'),
    warmUp: number('warm-up'),
    keys: values['without-keys'] !== true,
    settings: Object.fromEntries((values.set ?? []).map(readSetting)),
    nodeOptions: (values['node-options'] ?? '').split(' ').filter((option) => option !== ''),
    json: values.json === true,
  } satisfies Options;
}

function parse(args: string[]) {
  const text = { type: 'string' } as const;
  const numbers = Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, text])) as Record<
    NumberName,
    typeof text
  >;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...numbers,
        set: { type: 'string', multiple: true },
        'node-options': text,
        'without-keys': { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function readNumber(name: NumberName, text: string | undefined): number {
  const { least, most, fallback } = NUMBERS[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new UsageError(`--${name} must be a whole number from ${least} to ${most}`);
  return value;
}

function readSetting(text: string): [string, string] {
  const [, name, value] = /^([A-Z_]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new UsageError(`--set must be NAME=value, not ${text}`);
  return [name, value];
}

export function help(scenarios: readonly { name: string; about: string; byDefault: boolean }[]): string {
  const row = (name: string, text: string): string => `  ${name.padEnd(24)}${text}`;
  return [
    'npm run bench -- [scenario …] [options]',
    '',
    'Starts PostgreSQL, NATS, api and worker on 127.0.0.1 and measures them; DATABASE_URL and NATS_URL name other servers.',
    'Ends with 1 if anything was lost, pushed twice, paid for twice or refused. See docs/PERFORMANCE.md.',
    '',
    'Scenarios (* only if named):',
    ...scenarios.map(({ name, about, byDefault }) => row(byDefault ? name : `${name} *`, about)),
    '',
    'Options:',
    ...Object.entries(NUMBERS).map(([name, { fallback, meaning }]) =>
      row(`--${name} <n>`, `${meaning} (${fallback.toLocaleString('en')})`),
    ),
    row('--set NAME=value', 'a setting of api and worker; may be repeated'),
    row('--node-options=<text>', 'options of Node for api and worker, with spaces between'),
    row('--without-keys', 'submits without an idempotency key, so that the api looks for no earlier submit'),
    row('--json', 'the figures as JSON on stdout'),
  ].join('\n');
}
