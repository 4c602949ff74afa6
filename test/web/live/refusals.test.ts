import { describe, expect, test } from 'vitest';
import { until } from '../../support/wait.ts';
import { assessment, UPDATED, Visit } from './visit.ts';

describe.each(['error', 'next'] as const)('a refusal by the message `%s`', (as) => {
  test.each([
    ['NOT_FOUND', 'GRAPHQL'],
    ['INTERNAL_SERVER_ERROR', 'GRAPHQL'],
    ['UNAUTHENTICATED', 'SESSION_ENDED'],
  ])('with %s is reported once as %s, and not retried', async (code, reported) => {
    await using visit = await Visit.start();
    visit.server.refusals.push({ as, code });
    const log = visit.follow();
    await until(() => log.errors.length > 0);
    visit.environment.advance(60_000);
    expect(log.errors).toMatchObject([{ code: reported, message: code, errors: [{ extensions: { code } }] }]);
    expect(visit.server.feeds).toEqual([]);
  });

  test('with SERVICE_UNAVAILABLE is retried, after waits that grow', async () => {
    await using visit = await Visit.start();
    for (let times = 0; times < 3; times += 1) visit.server.refusals.push({ as, code: 'SERVICE_UNAVAILABLE' });
    const log = visit.follow();
    for (const waitMs of [500, 1_000, 2_000]) {
      await until(() => visit.environment.pending()[0] === waitMs, { label: `a wait of ${waitMs} ms` });
      visit.environment.advance(waitMs);
    }
    (await visit.feed(1)).push(assessment(3, 'COMPLETED'));
    await until(() => log.ends.length === 1);
    expect(log.errors).toEqual([]);
  });

  test('with RATE_LIMITED is retried after the wait that the server asks for', async () => {
    await using visit = await Visit.start();
    visit.server.refusals.push({ as, code: 'RATE_LIMITED', retryAfterSeconds: 7 });
    visit.follow();
    await until(() => visit.environment.pending()[0] === 7_000, { timeoutMs: 500 });
    visit.environment.advance(6_999);
    expect(visit.environment.pending()[0]).toBe(1);
    visit.environment.advance(1);
    await visit.feed(1);
  });
});

test('an error of any other subscription is reported, not retried', async () => {
  await using visit = await Visit.start();
  visit.server.refusals.push({ as: 'error', code: 'SERVICE_UNAVAILABLE' });
  const calls: unknown[] = [];
  const sink = { next: () => calls.push('next'), complete: () => calls.push('complete') };
  visit.live.subscribe({ query: UPDATED, variables: { id: 'a' } }, { ...sink, error: (error) => calls.push(error) });
  await until(() => calls.length > 0);
  visit.environment.advance(60_000);
  expect(calls).toMatchObject([{ code: 'GRAPHQL', errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] }]);
});
