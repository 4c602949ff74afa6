import { describe, expect, test, vi } from 'vitest';
import { reply, status } from '../../support/model-behaviours.ts';
import { kinds, openWorld, request } from './asking.ts';

describe.each(kinds)('a call %s', (_, kind) => {
  test('asks for a reply that is not compressed', async () => {
    await using world = await openWorld();
    await world.model.ask(request(kind));
    expect(world.server.calls[0]?.headers['accept-encoding']).toBe('identity');
  });

  test('tells the provider its time-out', async () => {
    await using world = await openWorld(700_000);
    await world.model.ask(request(kind));
    expect(world.server.calls[0]?.headers['x-stainless-timeout']).toBe('700');
  });

  test('carries the headers that were configured', async () => {
    const headers = { 'api-key': 'azure', 'x-team': 'a b' };
    await using world = await openWorld(5_000, { organization: 'org-1', project: 'proj-1', headers });
    await world.model.ask(request(kind));
    expect(world.server.calls[0]?.headers).toMatchObject({
      ...headers,
      'openai-organization': 'org-1',
      'openai-project': 'proj-1',
      authorization: 'Bearer sk-test',
    });
  });

  test('has no authorization without a key, unless a header was configured', async () => {
    for (const [headers, expected] of [
      [{}, undefined],
      [{ 'api-key': 'azure' }, undefined],
      [{ authorization: 'Basic YTpi' }, 'Basic YTpi'],
    ] as const) {
      await using world = await openWorld(5_000, { apiKey: undefined, headers });
      await world.model.ask(request(kind));
      expect(world.server.calls[0]?.headers.authorization).toBe(expected);
      expect(world.server.calls[0]?.headers).toMatchObject(headers);
    }
  });

  test('has the fields that were configured beside those of the program', async () => {
    await using world = await openWorld(5_000, { fields: { temperature: 0, seed: 7, provider: { order: ['a'] } } });
    await world.model.ask(request(kind));
    expect(world.server.calls[0]?.body).toMatchObject({
      temperature: 0,
      seed: 7,
      provider: { order: ['a'] },
      model: 'asked-for',
    });
  });

  test('carries the trace only if that was configured, and it is one', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    for (const [sendsTraceparent, given, expected] of [
      [true, traceparent, traceparent],
      [true, 'forged\u2192', undefined],
      [true, undefined, undefined],
      [false, traceparent, undefined],
    ] as const) {
      await using world = await openWorld(5_000, { sendsTraceparent });
      await world.model.ask(request({ ...kind, traceparent: given }));
      expect(world.server.calls[0]?.headers['traceparent']).toBe(expected);
    }
  });

  test('takes nothing from the environment, and prints nothing', async () => {
    const printed = (['debug', 'info', 'log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
    for (const name of ['BASE_URL', 'ORG_ID', 'PROJECT_ID', 'ADMIN_KEY', 'API_KEY', 'WEBHOOK_SECRET'])
      vi.stubEnv(`OPENAI_${name}`, 'from-the-environment');
    vi.stubEnv('OPENAI_LOG', 'debug');
    try {
      await using world = await openWorld();
      world.server.script([reply(), status(500)]);
      await world.model.ask(request(kind));
      await expect(world.model.ask(request(kind))).rejects.toMatchObject({ name: 'RetryLater' });
      for (const { headers } of world.server.calls)
        expect(JSON.stringify(headers)).not.toMatch(/from-the-environment|openai-(organization|project)/);
      for (const method of printed) expect(method).not.toHaveBeenCalled();
    } finally {
      vi.unstubAllEnvs();
      vi.restoreAllMocks();
    }
  });
});
