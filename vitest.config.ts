import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { SWITCH } from './src/code-from-text.ts';

/** Tests below these folders talk to the run's own PostgreSQL and nats-server. */
const WITH_SERVERS = ['adapters', 'delivery', 'flow', 'inputs', 'server'].map((room) => `test/${room}/**/*.test.ts`);
/** The program as processes, with everything around it being broken: minutes, so apart from the rest (`npm run test:faults`). */
const FAULTS = ['test/faults/**/*.test.ts'];
/** Few of them also run in `npm test`. */
const QUICK_FAULTS = ['test/faults/crashes.test.ts'];
/**
 * They stop, fill and restore servers of their own, or measure memory: half a minute each, so with the faults
 * (`npm run test:faults`).
 */
const SLOW = [
  'test/adapters/broker/room.test.ts',
  'test/flow/embedded-broker.test.ts',
  'test/flow/fail-over.test.ts',
  'test/flow/restore.test.ts',
  'test/server/cached-documents.test.ts',
  'test/server/hostile-memory.test.ts',
  'test/server/idle-memory.test.ts',
];
const CHAOS = ['test/chaos/**/*.test.ts'];
/** Every model provider that is known, and a real engine: minutes (`npm run test:models`). */
const MODELS = ['test/models/**/*.test.ts'];
const IN_BROWSER = ['test/browser/**/*.test.ts'];
/** Measures the page on a slow phone: needs an idle machine (`npm run test:web`). */
const MEASURED = ['test/page/**/*.test.ts'];
/** Tests that ask ajv, which makes code from text. */
const ORACLE = ['test/**/*.oracle.test.ts'];
const SERVERS = ['./test/support/servers.ts'];
/** As the program runs: no text can become code. */
const execArgv = [SWITCH];

export default defineConfig({
  // Vitest hands these to Node too. Without `module-sync`, or with `development`, graphql is loaded twice ("Cannot use …
  // from another module or realm"); with `import`, a CommonJS package's `require` gets an ES module ("not a constructor").
  ssr: { resolve: { conditions: ['node', 'module-sync'] } },
  test: {
    pool: 'forks',
    maxWorkers: 3,
    // The files of a worker share its modules: a fifth of the time was to load them anew for each. So a test leaves
    // nothing behind, neither timers nor settings.
    isolate: false,
    // Node keeps what it compiled: a process that a test starts is ready in half the time.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node') },
    // A bound and no expectation: on a loaded machine the embedded database alone takes half a minute to start.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          execArgv,
          include: ['test/**/*.test.ts'],
          exclude: [...WITH_SERVERS, ...FAULTS, ...CHAOS, ...MODELS, ...IN_BROWSER, ...MEASURED, ...ORACLE],
          // Another order at each run: a test that needs an earlier one fails. Repeat a failure with `--sequence.seed`.
          sequence: { shuffle: true },
          // The words of results, which the page loads before the modules that show them.
          setupFiles: './test/support/result-texts.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          execArgv,
          include: WITH_SERVERS,
          exclude: [...ORACLE, ...SLOW],
          globalSetup: SERVERS,
        },
      },
      { extends: true, test: { name: 'slow', execArgv, include: SLOW, globalSetup: SERVERS, testTimeout: 180_000 } },
      {
        extends: true,
        test: { name: 'models', execArgv, include: MODELS, globalSetup: SERVERS, testTimeout: 180_000 },
      },
      { extends: true, test: { name: 'oracle', include: ORACLE } },
      {
        extends: true,
        test: {
          name: 'browser',
          execArgv,
          include: IN_BROWSER,
          globalSetup: [...SERVERS, './test/support/chromium.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'web',
          execArgv,
          include: MEASURED,
          globalSetup: [...SERVERS, './test/support/chromium.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'faults', execArgv, include: FAULTS, testTimeout: 180_000 },
      },
      {
        extends: true,
        test: { name: 'quick faults', execArgv, include: QUICK_FAULTS },
      },
      { extends: true, test: { name: 'chaos', execArgv, include: CHAOS } },
    ],
  },
});
