import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { ENGINE_FLAGS } from '../../src/app/engine.ts';

test.each(ENGINE_FLAGS)('this Node knows the flag %s', (flag) => {
  // Node refuses to start with one that it does not know.
  expect(execFileSync(process.execPath, [flag, '--print', '"started"'], { encoding: 'utf8' })).toBe('started\n');
});
