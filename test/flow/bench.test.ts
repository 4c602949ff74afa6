import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, inject, test } from 'vitest';
import type { Report } from '../../bench/report.ts';

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url));
const SMALL = ['--reps', '1', '--jobs', '50', '--warm-up', '10', '--json'];

test('the benchmark runs from end to end, finds nothing lost, pushed twice or paid twice, and ends with 0', async () => {
  // On the servers of the test run, since starting others would take most of the time.
  const env = { ...process.env, DATABASE_URL: inject('databaseUrl'), NATS_URL: inject('natsUrl') };
  const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'drain', ...SMALL], { env, timeout: 100_000 });
  const report: Report = JSON.parse(stdout);
  expect(report.faults).toEqual({ lost: 0, duplicates: 0, paidTwice: 0, refused: 0 });
  const figures = Object.fromEntries(
    report.scenarios.flatMap(({ figures: of }) => of).map(({ key, median }) => [key, median]),
  );
  expect(figures['jobsPerSecond']).toBeGreaterThan(0);
  expect(figures['submitsPerSecond']).toBeGreaterThan(0);
});
