import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createLive } from '../../../web/src/live/index.ts';
import { FakeEnvironment } from './fake-environment.ts';

const folder = new URL('../../../web/src/live/', import.meta.url);

test('the folder can be copied: it imports graphql-ws, its own files, and nothing else', () => {
  const sources = globSync('**/*.{ts,tsx}', { cwd: folder }).map((path) => readFileSync(new URL(path, folder), 'utf8'));
  const imported = sources.flatMap((source) =>
    [...source.matchAll(/(?:from|import)\s*\(?'([^']+)'/g)].map(([, name]) => name),
  );
  expect(imported.length).toBeGreaterThan(20);
  expect(new Set(imported.filter((name) => !/^\.\/[\w-]+\.ts$/.test(name ?? '')))).toEqual(new Set(['graphql-ws']));
});

test('an invalid address is refused at once', () => {
  expect(() => createLive({ url: 'http://', environment: new FakeEnvironment() })).toThrow(TypeError);
});

test('a relative address without a page is refused by the first subscription, which leaves no timer behind', () => {
  const environment = new FakeEnvironment();
  const live = createLive({ url: '/graphql', environment });
  const sink = { next: () => {}, complete: () => {}, error: () => {} };
  expect(() => live.subscribe({ query: 'subscription { recommendationCompleted { id } }' }, sink)).toThrow(TypeError);
  expect(environment.pending()).toEqual([]);
});
