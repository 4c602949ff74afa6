import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** `npm run test:chaos -- --seed 7 --minutes 10` */
const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, minutes: { type: 'string', default: '2' } },
});
const { status } = spawnSync('vitest', ['run', '--project', 'chaos', '--reporter', 'verbose'], {
  stdio: 'inherit',
  env: { ...process.env, CHAOS_SEED: values.seed, CHAOS_MINUTES: values.minutes },
});
process.exit(status ?? 1);
