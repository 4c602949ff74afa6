import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { openModel, type Model, type ModelOptions, type ModelRequest } from '../../../src/adapters/model.ts';
import type { Behaviour } from '../../support/model-behaviours.ts';
import { startModel, type Model as ScriptedModel } from '../../support/model.ts';

export async function openWorld(timeoutMs = 5_000, options: Partial<ModelOptions> = {}) {
  const server: ScriptedModel = await startModel();
  const model: Model = openModel({
    apiKey: 'sk-test',
    baseUrl: server.url,
    model: 'asked-for',
    timeoutMs,
    tokensMax: 16_000,
    ...options,
  });
  return {
    server,
    model,
    async [Symbol.asyncDispose]() {
      await model.close();
      await server.close();
    },
  };
}

export const request = (given: Partial<ModelRequest> = {}): ModelRequest => ({
  messages: [{ role: 'user', content: 'Hello' }],
  schema: { type: 'object', properties: { summary: { type: 'string' } } },
  reducedSchema: { type: 'object' },
  idempotencyKey: `${randomUUID()}:1.1:1:0`,
  length: 'usual',
  signal: new AbortController().signal,
  ...given,
});

export async function failure(
  behaviour: Behaviour,
  given: { timeoutMs?: number; request?: Partial<ModelRequest> } = {},
) {
  await using world = await openWorld(given.timeoutMs);
  world.server.script([behaviour]);
  const error = await world.model.ask(request(given.request)).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(world.server.calls).toHaveLength(1);
  return error as Error & { code?: string; delayMs?: number };
}

/** Both kinds of call, for tests of their common behaviour. */
export const kinds: [string, Partial<ModelRequest>][] = [
  ['in one piece', {}],
  ['streamed', { onText: () => {} }],
];

/** A piece of a streamed reply. */
export const delta = (content: unknown, finish: string | null = null) => ({
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});
