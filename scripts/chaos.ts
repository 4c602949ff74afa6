import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const USAGE = 'npm run test:chaos -- [--seed 7] [--minutes 10] [--single]';

function parse() {
  try {
    return parseArgs({
      options: {
        seed: { type: 'string', default: '1' },
        minutes: { type: 'string', default: '2' },
        single: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\nUsage: ${USAGE}\n`);
    return process.exit(2);
  }
}

const { seed, minutes, single } = parse();
const { status } = spawnSync(
  'vitest',
  ['run', '--project', 'chaos', '--reporter', 'verbose', '--disable-console-intercept'],
  {
    stdio: 'inherit',
    env: { ...process.env, CHAOS_SEED: seed, CHAOS_MINUTES: minutes, CHAOS_SINGLE: single ? '1' : '' },
  },
);
process.exit(status ?? 1);
