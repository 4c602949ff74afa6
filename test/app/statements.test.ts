import { expect, test } from 'vitest';
import type { Statement } from '../../src/adapters/database.ts';
import { watchStatements } from '../../src/app/statements.ts';
import type { Role } from '../../src/config.ts';
import { createLog } from '../../src/log.ts';
import { createMetrics } from '../../src/metrics.ts';

function watched(role: Role = 'api') {
  const lines: Record<string, unknown>[] = [];
  const log = createLog('info', role, { write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[number]) });
  const metrics = createMetrics();
  const time = { ms: 0 };
  const statements = watchStatements({ role, metrics, log, clock: () => time.ms });
  const end = (operation: string, failure?: Statement['failure'], writes = true): void =>
    statements.observe({ operation, seconds: 0.001, writes, ...(failure === undefined ? {} : { failure }) });
  return {
    ...statements,
    lines,
    metrics,
    time,
    succeed: (operation: string) => end(operation),
    refuse: (operation: string, sqlState: string, of: 'server' | 'statement' | 'data' | 'again' = 'server') =>
      end(operation, { sqlState, of }),
    failToRead: (sqlState: string) => end('read', { sqlState, of: 'server' }, false),
  };
}

test.each([
  ['25006', 'read-only'],
  ['53100', 'full'],
  ['53200', 'unavailable'],
  ['53300', 'unavailable'],
  ['58030', 'unavailable'],
])('a write refused with %s counts as %s until the same operation succeeds', (sqlState, state) => {
  const { refuse, succeed, state: now } = watched();
  expect(now()).toBe('ok');
  refuse('submit', sqlState);
  expect(now()).toBe(state);
  succeed('start-session');
  expect(now()).toBe(state);
  succeed('submit');
  expect(now()).toBe('ok');
});

test('a small write disproves that the database is read-only at once, and that it is full only after 10 s', () => {
  const { refuse, checked, state, time } = watched();
  refuse('submit', '25006');
  checked();
  expect(state()).toBe('ok');
  refuse('submit', '53100');
  time.ms = 9_999;
  checked();
  expect(state()).toBe('full');
  time.ms = 10_000;
  checked();
  expect(state()).toBe('ok');
});

test('a statement that the server refuses as such makes a worker unready, but never an api', () => {
  for (const [role, expected] of [
    ['worker', 'refusing'],
    ['all', 'refusing'],
    ['api', 'ok'],
  ] as const) {
    const { refuse, state } = watched(role);
    refuse('claim', '42703', 'statement');
    expect([role, state()]).toEqual([role, expected]);
  }
});

test('neither reads, nor wrong data, nor statements that are repeated change the state', () => {
  const { refuse, failToRead, state, lines } = watched('worker');
  failToRead('53100');
  refuse('submit', '22021', 'data');
  refuse('submit', '40P01', 'again');
  expect(state()).toBe('ok');
  expect(lines.map(({ sqlState }) => sqlState)).toEqual(['53100']);
});

test('the log has one line for each SQLSTATE and minute, with the count of the refusals since the last one', () => {
  const { refuse, lines, time } = watched();
  for (let count = 0; count < 5; count++) refuse('submit', '53100');
  refuse('submit', '42501', 'statement');
  time.ms = 59_999;
  refuse('submit', '53100');
  time.ms = 60_000;
  refuse('start-session', '53100');
  expect(lines).toMatchObject([
    { level: 'warn', sqlState: '53100', operation: 'submit', count: 1, msg: expect.stringContaining('disk is full') },
    { level: 'error', sqlState: '42501', count: 1, msg: expect.stringContaining('lacks a right') },
    { level: 'warn', sqlState: '53100', operation: 'start-session', count: 6 },
  ]);
});

test('each failed statement is counted by the class of its SQLSTATE', async () => {
  const { refuse, failToRead, observe, metrics } = watched();
  refuse('submit', '53100');
  refuse('submit', '22021', 'data');
  failToRead('F0000');
  observe({ operation: 'claim', seconds: 1, writes: true, failure: { sqlState: undefined, of: 'server' } });
  const { values } = await metrics.databaseErrors.get();
  const counted = values.filter(({ value }) => value > 0).map(({ labels }) => Object.values(labels).join(' '));
  expect(counted.toSorted()).toEqual(['read other', 'write 22', 'write 53', 'write none']);
});
